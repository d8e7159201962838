import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { keyOf, makeArtifact } from "./artifact.ts";
import { command } from "./command.ts";
import type { Lab } from "./lab.ts";
import versions from "./versions.json" with { type: "json" };

type Packages = Readonly<Record<string, string>>;

const nativeArchitecture = "amd64";

/** The unpacked packages of this machine's own architecture: a tree like that of `/`, which nothing is installed from. */
export function debianRoot(lab: Pick<Lab, "folders">): string {
  return rootFolder(lab, nativeArchitecture, versions.debian.native);
}

/** The unpacked podman and what only it needs. */
export function podmanRoot(lab: Pick<Lab, "folders">): string {
  return rootFolder(lab, `${nativeArchitecture}-podman`, versions.debian.podman);
}

/** The unpacked OpenSSH and what only it needs. */
export function sshRoot(lab: Pick<Lab, "folders">): string {
  return rootFolder(lab, `${nativeArchitecture}-ssh`, versions.debian.ssh);
}

/** The unpacked rootlesskit, with newuidmap and newgidmap. */
export function rootlessRoot(lab: Pick<Lab, "folders">): string {
  return rootFolder(lab, `${nativeArchitecture}-rootless`, versions.debian.rootless);
}

/** The unpacked git with the libraries of its HTTP client. */
export function gitRoot(lab: Pick<Lab, "folders">): string {
  return rootFolder(lab, `${nativeArchitecture}-git`, versions.debian.git);
}

/** The unpacked busybox of a Debian architecture. */
export function busyboxRoot(lab: Pick<Lab, "folders">, architecture: string): string {
  return architecture === nativeArchitecture
    ? debianRoot(lab)
    : rootFolder(lab, architecture, versions.debian.foreign);
}

/** What a program out of `debianRoot` needs to find its libraries and its companions. */
export function debianEnvironment(lab: Lab): NodeJS.ProcessEnv {
  const root = debianRoot(lab);
  const libraries = join(root, "usr/lib/x86_64-linux-gnu");
  return {
    ...lab.env,
    PATH: [join(root, "usr/sbin"), join(root, "usr/bin"), lab.env["PATH"], "/usr/sbin", "/sbin"].join(":"),
    // Not the lab's libc: libc6 is unpacked for images, and the host's own is the one its loader fits.
    LD_LIBRARY_PATH: libraries,
    XTABLES_LIBDIR: join(libraries, "xtables"),
  };
}

export function unpackDebian(lab: Lab): Promise<boolean> {
  const finish = async (root: string): Promise<void> => {
    // What the packages' install scripts do with update-alternatives.
    for (const name of ["iptables", "ip6tables"]) {
      for (const suffix of ["", "-save", "-restore"]) {
        await symlink("xtables-nft-multi", join(root, "usr/sbin", name + suffix));
      }
    }
    // So that one folder has every library but libc.
    const libdevmapper = "libdevmapper.so.1.02.1";
    await symlink(
      join("../../../lib/x86_64-linux-gnu", libdevmapper),
      join(root, "usr/lib/x86_64-linux-gnu", libdevmapper),
    );
  };
  return unpack(lab, nativeArchitecture, versions.debian.native, { finish });
}

export function unpackPodman(lab: Lab): Promise<boolean> {
  return unpack(lab, nativeArchitecture, versions.debian.podman, { root: podmanRoot(lab) });
}

export function unpackSsh(lab: Lab): Promise<boolean> {
  return unpack(lab, nativeArchitecture, versions.debian.ssh, { root: sshRoot(lab) });
}

export function unpackRootless(lab: Lab): Promise<boolean> {
  return unpack(lab, nativeArchitecture, versions.debian.rootless, { root: rootlessRoot(lab) });
}

export function unpackGit(lab: Lab): Promise<boolean> {
  return unpack(lab, nativeArchitecture, versions.debian.git, { root: gitRoot(lab) });
}

export async function unpackBusybox(lab: Lab, architectures: readonly string[]): Promise<boolean> {
  const foreign = architectures.filter((architecture) => architecture !== nativeArchitecture);
  const made = await Promise.all(
    foreign.map((architecture) => unpack(lab, architecture, versions.debian.foreign)),
  );
  return made.includes(true);
}

function rootFolder(lab: Pick<Lab, "folders">, architecture: string, packages: Packages): string {
  return join(lab.folders.cache, "debian", `${architecture}-${keyOf([versions.debian.suite, packages])}`);
}

function unpack(
  lab: Lab,
  architecture: string,
  packages: Packages,
  options: { readonly root?: string; readonly finish?: (root: string) => Promise<void> } = {},
): Promise<boolean> {
  const { finish, root: place = rootFolder(lab, architecture, packages) } = options;
  return makeArtifact(place, async (root) => {
    const apt = join(root, ".apt");
    const archives = join(apt, "debs");
    await Promise.all(
      ["state/lists/partial", "cache/archives/partial", "sources", "debs"].map((folder) =>
        mkdir(join(apt, folder), { recursive: true }),
      ),
    );
    await Promise.all([
      writeFile(join(apt, "state/status"), ""),
      writeSources(join(apt, "sources")),
      writeFile(join(apt, "apt.conf"), await aptConfiguration(apt, architecture)),
    ]);
    const options = {
      env: { ...lab.env, APT_CONFIG: join(apt, "apt.conf") },
      cwd: archives,
      signal: lab.signal,
    };
    await command("apt-get", ["-qq", "update"], options);
    const wanted = Object.entries(packages).map(([name, version]) => `${name}=${version}`);
    await command("apt-get", ["-qq", "download", ...wanted], options);
    for (const archive of await readdir(archives)) {
      await command("dpkg-deb", ["-x", join(archives, archive), root], options);
    }
    await rm(apt, { recursive: true });
    await finish?.(root);
  });
}

/** An apt that reads and writes nothing of the host's but its package sources, keys, credentials and proxy. */
async function aptConfiguration(apt: string, architecture: string): Promise<string> {
  const host = await command("apt-config", ["dump", "--format", "%F %v;%n"], {});
  const acquire = [...host.matchAll(/^(Acquire::\S+) (.+);$/gm)]
    .filter(([, name, value]) => value !== "" && !name?.startsWith("Acquire::Languages"))
    .map(([, name, value]) => `${name} "${value}";`);
  const own = {
    "Dir::State": join(apt, "state"),
    "Dir::State::status": join(apt, "state/status"),
    "Dir::Cache": join(apt, "cache"),
    "Dir::Etc::main": "/dev/null",
    "Dir::Etc::parts": "/dev/null",
    "Dir::Etc::preferences": "/dev/null",
    "Dir::Etc::preferencesparts": "/dev/null",
    "Dir::Etc::sourcelist": "/dev/null",
    "Dir::Etc::sourceparts": join(apt, "sources"),
    "Acquire::Languages": "none",
    "Acquire::Retries": "3",
    "APT::Architecture": architecture,
    "APT::Architectures": architecture,
    // The folders are ours; apt's own user may not be able to reach them.
    "APT::Sandbox::User": "root",
  };
  return [...acquire, ...Object.entries(own).map(([name, value]) => `${name} "${value}";`), ""].join("\n");
}

/**
 * The host's own entries for the pinned suite and nothing else: other vendors' lists need not answer, and the updates and
 * security suites change while the lab's pins do not.
 */
async function writeSources(folder: string): Promise<void> {
  const etc = "/etc/apt";
  const parts = existsSync(join(etc, "sources.list.d")) ? await readdir(join(etc, "sources.list.d")) : [];
  const files = ["sources.list", ...parts.toSorted().map((name) => join("sources.list.d", name))];
  const lines: string[] = [];
  const stanzas: string[] = [];
  for (const file of files.filter((name) => existsSync(join(etc, name)))) {
    const text = await readFile(join(etc, file), "utf8");
    if (file.endsWith(".list")) lines.push(...suiteLines(text));
    if (file.endsWith(".sources")) stanzas.push(...suiteStanzas(text));
  }
  if (lines.length + stanzas.length === 0) {
    throw new Error(
      `apt has no source for Debian ${versions.debian.suite} main: the lab needs a Debian ${versions.debian.suite} host`,
    );
  }
  await writeFile(join(folder, "lab.list"), `${lines.join("\n")}\n`);
  await writeFile(join(folder, "lab.sources"), `${stanzas.join("\n\n")}\n`);
}

function suiteLines(text: string): string[] {
  return [...text.matchAll(/^\s*(deb\s+(?:\[[^\]]*\]\s+)?\S+)\s+(\S+)\s+(.*)$/gm)].flatMap(
    ([, source, suite, components]) =>
      suite === versions.debian.suite && components?.split(/\s+/).includes("main")
        ? [`${source} ${suite} main`]
        : [],
  );
}

function suiteStanzas(text: string): string[] {
  const stanzas = text.replaceAll(/^#.*\n/gm, "").split(/\n\s*\n/);
  return stanzas.flatMap((stanza) => {
    const field = (name: string): string[] =>
      new RegExp(`^${name}:(.*)$`, "im").exec(stanza)?.[1]?.trim().split(/\s+/) ?? [];
    const fits =
      field("Types").includes("deb") &&
      field("Suites").includes(versions.debian.suite) &&
      field("Components").includes("main") &&
      !field("Enabled").includes("no");
    if (!fits) return [];
    return stanza
      .trim()
      .replace(/^Types:.*$/im, "Types: deb")
      .replace(/^Suites:.*$/im, `Suites: ${versions.debian.suite}`)
      .replace(/^Components:.*$/im, "Components: main")
      .replace(/^Architectures:.*\n/im, "");
  });
}

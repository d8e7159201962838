import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { command } from "./command.ts";
import { debianRoot, podmanRoot, unpackPodman } from "./debian.ts";
import { provideRuntime } from "./engine.ts";
import type { Lab } from "./lab.ts";
import { registryAddress } from "./registry.ts";

// What root's podman knows of blobs, and the network plugins of addresses, is there whatever they are told.
const sharedFolders = ["/var/lib/containers", "/var/lib/cni"];
const limit = 16_384;

/** The folder with the program, for PATH. */
export function podmanFolder(lab: Pick<Lab, "folders">): string {
  return join(lab.folders.run, "podman/bin");
}

export function hasPodman(lab: Pick<Lab, "folders">): boolean {
  return existsSync(join(podmanFolder(lab), "podman"));
}

/** Debian's podman with its storage, settings and locks in the lab, apart from one that the host may have. */
export async function providePodman(lab: Lab): Promise<boolean> {
  const unpacked = await unpackPodman(lab);
  const folder = join(lab.folders.run, "podman");
  const root = podmanRoot(lab);
  const home = join(folder, "home");
  const settings = join(home, ".config/containers");
  await mkdir(settings, { recursive: true });
  const record = recordFile(lab);
  if (!existsSync(record)) {
    await writeFile(record, JSON.stringify(sharedFolders.filter((each) => !existsSync(each))));
  }
  const files = {
    "containers.conf": await engineSettings(lab, folder),
    "storage.conf": [
      "[storage]",
      `driver = "overlay"`,
      `graphroot = "${folder}/storage"`,
      `runroot = "${folder}/run"`,
      "",
    ].join("\n"),
    "registries.conf": registries(registryAddress(lab)),
    "policy.json": await readFile(join(root, "etc/containers/policy.json"), "utf8"),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(settings, name), text);
  const program = join(podmanFolder(lab), "podman");
  const fresh = !existsSync(program);
  await mkdir(podmanFolder(lab), { recursive: true });
  const libraries = [root, debianRoot(lab)].map((each) => join(each, "usr/lib/x86_64-linux-gnu"));
  const environment = `#!/bin/sh
export HOME='${home}' LD_LIBRARY_PATH='${libraries.join(":")}'
export PATH="$PATH:${debianRoot(lab)}/usr/sbin" XTABLES_LIBDIR='${libraries[1]}/xtables'
export CONTAINERS_CONF='${settings}/containers.conf' CONTAINERS_STORAGE_CONF='${settings}/storage.conf'
export CONTAINERS_REGISTRIES_CONF='${settings}/registries.conf'
`;
  for (const name of ["podman", "skopeo"]) {
    const wrapper = join(podmanFolder(lab), name);
    await writeFile(wrapper, `${environment}exec '${root}/usr/bin/${name}' "$@"\n`);
    await chmod(wrapper, 0o755);
  }
  return unpacked || fresh;
}

/** Its containers and what is mounted for them go; its files are the lab's. */
export async function removePodman(lab: Lab): Promise<void> {
  if (!hasPodman(lab)) return;
  await command(join(podmanFolder(lab), "podman"), ["rm", "--all", "--force", "--volumes"]);
  const made = JSON.parse(await readFile(recordFile(lab), "utf8")) as readonly string[];
  for (const folder of made) await rm(folder, { recursive: true, force: true });
}

function recordFile(lab: Pick<Lab, "folders">): string {
  return join(lab.folders.run, "podman/made.json");
}

async function engineSettings(lab: Lab, folder: string): Promise<string> {
  const root = podmanRoot(lab);
  const plugins = join(folder, "plugins");
  await mkdir(plugins, { recursive: true });
  for (const name of await readdir(join(root, "usr/lib/cni"))) {
    if (!existsSync(join(plugins, name))) await symlink(join(root, "usr/lib/cni", name), join(plugins, name));
  }
  return [
    "[engine]",
    `cgroup_manager = "cgroupfs"`,
    `events_logger = "file"`,
    `lock_type = "file"`,
    `runtime = "lab"`,
    `conmon_path = ["${root}/usr/bin/conmon"]`,
    `tmp_dir = "${folder}/tmp"`,
    `static_dir = "${folder}/static"`,
    `volume_path = "${folder}/volumes"`,
    `image_copy_tmp_dir = "storage"`,
    "[engine.runtimes]",
    `lab = ["${await provideRuntime(lab, join(lab.folders.run, "docker"))}"]`,
    "[containers]",
    `seccomp_profile = "${root}/usr/share/containers/seccomp.json"`,
    // It would ask for a million of each, which a machine without CAP_SYS_RESOURCE does not grant.
    `default_ulimits = [${(await limits()).map((text) => `"${text}"`).join(", ")}]`,
    "[network]",
    `network_backend = "cni"`,
    `cni_plugin_dirs = ["${plugins}"]`,
    `network_config_dir = "${folder}/net"`,
    "",
  ].join("\n");
}

async function limits(): Promise<string[]> {
  const text = await readFile("/proc/self/limits", "utf8");
  const hard = (name: string): number => {
    const found = Number(new RegExp(`^Max ${name}\\s+\\S+\\s+(\\d+)`, "m").exec(text)?.[1] ?? limit);
    return Math.min(found, limit);
  };
  return [
    ["nofile", hard("open files")],
    ["nproc", hard("processes")],
  ].map(([name, count]) => `${name}=${count}:${count}`);
}

/** https://github.com/containers/image/blob/main/docs/containers-registries.conf.5.md */
function registries(address: string): string {
  return [
    `unqualified-search-registries = ["docker.io"]`,
    "[[registry]]",
    `location = "docker.io"`,
    "[[registry.mirror]]",
    `location = "${address}"`,
    "insecure = true",
    "[[registry]]",
    `location = "${address}"`,
    "insecure = true",
    "",
  ].join("\n");
}

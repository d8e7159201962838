import { existsSync } from "node:fs";
import { readFile, rename } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { keyOf, keyOfFolder, makeArtifact } from "./artifact.ts";
import { command } from "./command.ts";
import type { Lab } from "./lab.ts";
import versions from "./versions.json" with { type: "json" };

const buildkitModule = "github.com/moby/buildkit";
const buildkitPackages = ["cmd/buildctl", "cmd/buildkitd", "frontend/dockerfile/cmd/dockerfile-frontend"].map(
  (name) => `${buildkitModule}/${name}`,
);
const buildkitSource = join(import.meta.dirname, "buildkit");
const buildxModule = "github.com/docker/buildx";
const buildxSource = join(import.meta.dirname, "buildx");
const registryToolsSource = join(import.meta.dirname, "registry-tools");
const registryTools = [
  "github.com/google/go-containerregistry/cmd/crane",
  "github.com/regclient/regclient/cmd/regctl",
  "github.com/distribution/distribution/v3/cmd/registry",
];
const programsSource = join(import.meta.dirname, "programs");
const qemuVersion = /\d[\d.]*(?=\+)/.exec(versions.debian.native["qemu-user-static"])?.[0] ?? "unknown";

/** The folder of buildctl, buildkitd and dockerfile-frontend. */
export async function buildkitFolder(lab: Lab): Promise<string> {
  const key = keyOf([versions.buildkit, await keyOfFolder(buildkitSource)]);
  return join(lab.folders.cache, "buildkit", `${versions.buildkit}-${key}`);
}

/** Downloads what BuildKit is built from, which can go on while something else is built. */
export async function downloadBuildkit(lab: Lab): Promise<boolean> {
  await checkPin(buildkitSource, buildkitModule, versions.buildkit);
  if (existsSync(await buildkitFolder(lab))) return false;
  await go(lab, buildkitSource, ["list", "-deps", ...buildkitPackages]);
  return true;
}

async function checkPin(source: string, module: string, version: string): Promise<void> {
  const text = await readFile(join(source, "go.mod"), "utf8");
  const pinned = new RegExp(`^\\s*${module} (\\S+)`, "m").exec(text)?.[1];
  if (pinned !== version) {
    throw new Error(`${module} is ${version} in versions.json but ${pinned} in ${source}/go.mod`);
  }
}

export async function buildBuildkit(lab: Lab): Promise<boolean> {
  return makeArtifact(await buildkitFolder(lab), (folder) =>
    // Clients compare versions, and "unknown" is less than any.
    build(lab, buildkitSource, folder, buildkitPackages, {
      [`${buildkitModule}/version.Version`]: versions.buildkit,
    }),
  );
}

/** The folder of docker-buildx, a plugin of the docker command. */
export async function buildxFolder(lab: Pick<Lab, "folders">): Promise<string> {
  const key = keyOf([versions.buildx, await keyOfFolder(buildxSource)]);
  return join(lab.folders.cache, "buildx", `${versions.buildx}-${key}`);
}

export async function buildBuildx(lab: Lab): Promise<boolean> {
  await checkPin(buildxSource, buildxModule, versions.buildx);
  return makeArtifact(await buildxFolder(lab), async (folder) => {
    await build(lab, buildxSource, folder, [`${buildxModule}/cmd/buildx`], {
      [`${buildxModule}/version.Version`]: versions.buildx,
      [`${buildxModule}/version.Package`]: buildxModule,
    });
    await rename(join(folder, "buildx"), join(folder, "docker-buildx"));
  });
}

/** The folder of crane, regctl and distribution 3's registry. */
export async function registryToolsFolder(lab: Pick<Lab, "folders">): Promise<string> {
  return join(lab.folders.cache, "registry-tools", await keyOfFolder(registryToolsSource));
}

export async function buildRegistryTools(lab: Lab): Promise<boolean> {
  return makeArtifact(await registryToolsFolder(lab), (folder) =>
    build(lab, registryToolsSource, folder, registryTools, {}),
  );
}

/** The folder of the lab's own programs. */
export async function programsFolder(lab: Lab): Promise<string> {
  return join(lab.folders.cache, "programs", keyOf([qemuVersion, await keyOfFolder(programsSource)]));
}

export async function buildPrograms(lab: Lab): Promise<boolean> {
  const packages = ["./linuxkit-binfmt", "./release-server", "./runc", "./tonistiigi-binfmt"];
  return makeArtifact(await programsFolder(lab), (folder) =>
    build(lab, programsSource, folder, packages, { "main.version": "lab", "main.qemu": qemuVersion }),
  );
}

function build(
  lab: Lab,
  source: string,
  folder: string,
  packages: readonly string[],
  strings: Readonly<Record<string, string>>,
): Promise<string> {
  const set = Object.entries(strings).map(([name, value]) => `-X ${name}=${value}`);
  return go(lab, source, [
    "build",
    "-ldflags",
    ["-s", "-w", ...set].join(" "),
    "-o",
    `${folder}/`,
    ...packages,
  ]);
}

/** Runs go with caches that go away with the lab's. */
function go(lab: Lab, source: string, args: readonly string[]): Promise<string> {
  const env = {
    ...lab.env,
    CGO_ENABLED: "0",
    GOCACHE: join(lab.folders.cache, "go/build"),
    GOMODCACHE: join(lab.folders.cache, "go/modules"),
    GOFLAGS: "-trimpath -buildvcs=false -modcacherw",
    GOWORK: "off",
  };
  return command(findGo(lab), args, { cwd: source, env, signal: lab.signal });
}

function findGo(lab: Lab): string {
  const folders = [...(lab.env["PATH"] ?? "").split(delimiter), "/usr/local/go/bin"];
  const go = folders.map((folder) => join(folder, "go")).find((file) => existsSync(file));
  if (go === undefined) throw new Error("Go was found neither on PATH nor in /usr/local/go: install it");
  return go;
}

import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bringUp, takeDown } from "./components.ts";
import { isDaemonAlive } from "./daemon.ts";
import { debianRoot, rootlessRoot, sshRoot } from "./debian.ts";
import { isEngineUp } from "./engine.ts";
import { labFolders } from "./folders.ts";
import type { Folders } from "./folders.ts";
import { buildxFolder, registryToolsFolder } from "./go.ts";
import { imageReference } from "./images.ts";
import { lock } from "./lock.ts";
import { assignPorts } from "./port.ts";
import type { Ports } from "./port.ts";
import { hasPodman, podmanFolder } from "./podman.ts";
import { readPassword, registryAddress, registryAuthAddress, registryUser } from "./registry.ts";
import { releasesUrl } from "./releases.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export type Log = (line: string) => void;

/** What `lab:env` exports: the lab's addresses, and the inputs that make multiarch use them. */
export type LabEnv = Readonly<Record<LabVariable, string> & Partial<Record<ExtraVariable, string>>>;

export type ExtraVariable = "LAB_PODMAN" | "LAB_SSH" | "LAB_ROOTLESS" | "LAB_BUILDX" | "LAB_REGISTRY_TOOLS";

/** What only some tests need. */
export type Extra = "podman" | "ssh" | "rootless" | "buildx" | "registry-tools";

export type LabVariable =
  | "LAB_REGISTRY"
  | "LAB_REGISTRY_AUTH"
  | "LAB_REGISTRY_USER"
  | "LAB_REGISTRY_PASSWORD"
  | "LAB_RELEASES"
  | "LAB_BUILDKIT_IMAGE"
  | "LAB_BINFMT_IMAGE"
  | "LAB_BINFMT_IMAGE_TONISTIIGI"
  | "LAB_BASE_IMAGE"
  | "MULTIARCH_BUILDKIT_IMAGE"
  | "MULTIARCH_BINFMT_IMAGE"
  | "MULTIARCH_DOWNLOAD_MIRROR"
  | "MULTIARCH_DAEMON_NETWORK"
  | "MULTIARCH_BUILDKITD_CONFIG"
  | "PATH";

/** What the components of the lab work with. */
export interface Lab {
  readonly folders: Folders;
  readonly ports: Ports;
  readonly env: Environment;
  readonly log: Log;
  readonly signal?: AbortSignal | undefined;
}

export interface LabOptions {
  readonly env?: Environment;
  readonly log?: Log;
  readonly signal?: AbortSignal;
}

export interface LabUpOptions extends LabOptions {
  /**
   * `podman`, whose folder for PATH is then `LAB_PODMAN`; `ssh` and `rootless`, unpacked in `LAB_SSH` and `LAB_ROOTLESS`;
   * `buildx`, whose folder of plugins for the docker command is then `LAB_BUILDX`; `registry-tools`, whose folder, with
   * other programs for registries and another registry in it, is then `LAB_REGISTRY_TOOLS`.
   */
  readonly extras?: readonly Extra[];
}

export interface LabDownOptions extends LabOptions {
  /** Removes the cache too, so that the next lab is built from nothing. */
  readonly purge?: boolean;
}

/** Brings up what of the lab is not up. */
export async function labUp(options: LabUpOptions = {}): Promise<LabEnv> {
  const { env = process.env, extras = [], log = () => {}, signal } = options;
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(`the lab is for linux/amd64 hosts, this one is ${process.platform}/${process.arch}`);
  }
  const folders = labFolders(env);
  await using _ = await lock(lockFile(folders), log);
  const lab: Lab = { folders, ports: await assignPorts(folders), env, log, signal };
  await bringUp(lab, extras);
  await writeDockerLink(lab);
  const state = { ...(await describe(lab)), MULTIARCH_BUILDKITD_CONFIG: await writeBuildkitdConfig(lab) };
  await writeFile(`${stateFile(folders)}.new`, JSON.stringify(state), { mode: 0o600 });
  await rename(`${stateFile(folders)}.new`, stateFile(folders));
  return withPath(lab, state);
}

/** Stops the lab and puts the host back as it was; what was downloaded and built stays. */
export async function labDown(options: LabDownOptions = {}): Promise<void> {
  const { env = process.env, log = () => {}, signal, purge = false } = options;
  const folders = labFolders(env);
  if (!existsSync(folders.home)) return;
  await using _ = await lock(lockFile(folders), log);
  const lab: Lab = { folders, ports: await assignPorts(folders), env, log, signal };
  await rm(stateFile(folders), { force: true });
  await takeDown(lab);
  await rm(folders.run, { recursive: true, force: true });
  if (purge) await rm(folders.home, { recursive: true, force: true });
}

/** The exports of the lab that is up; an error when it is not. */
export async function labEnv(options: Pick<LabOptions, "env"> = {}): Promise<LabEnv> {
  const { env = process.env } = options;
  const folders = labFolders(env);
  const advice = "run npm run lab:up first";
  if (!existsSync(stateFile(folders))) throw new Error(`the lab is not up: ${advice}`);
  const state = JSON.parse(await readFile(stateFile(folders), "utf8")) as Omit<LabEnv, "PATH">;
  for (const name of ["registry", "registry-auth", "releases"]) {
    if (!(await isDaemonAlive({ folders }, name)))
      throw new Error(`the lab is not up, ${name} has ended: ${advice}`);
  }
  if (!(await isEngineUp({ folders, env }))) {
    throw new Error(`the lab is not up, no Docker Engine answers: ${advice}`);
  }
  return withPath({ folders, env }, state);
}

async function describe(lab: Lab): Promise<Omit<LabEnv, "PATH" | "MULTIARCH_BUILDKITD_CONFIG">> {
  const releases = releasesUrl(lab);
  const buildx = await buildxFolder(lab);
  const registryTools = await registryToolsFolder(lab);
  const buildkit = imageReference(lab, "buildkit");
  const binfmt = imageReference(lab, "linuxkitBinfmt");
  return {
    LAB_REGISTRY: registryAddress(lab),
    LAB_REGISTRY_AUTH: registryAuthAddress(lab),
    LAB_REGISTRY_USER: registryUser,
    LAB_REGISTRY_PASSWORD: (await readPassword(lab)) ?? "",
    LAB_RELEASES: releases,
    LAB_BUILDKIT_IMAGE: buildkit,
    LAB_BINFMT_IMAGE: binfmt,
    LAB_BINFMT_IMAGE_TONISTIIGI: imageReference(lab, "tonistiigiBinfmt"),
    LAB_BASE_IMAGE: imageReference(lab, "busybox"),
    MULTIARCH_BUILDKIT_IMAGE: buildkit,
    MULTIARCH_BINFMT_IMAGE: binfmt,
    MULTIARCH_DOWNLOAD_MIRROR: releases,
    // The registries are on the host's loopback.
    MULTIARCH_DAEMON_NETWORK: "host",
    ...(hasPodman(lab) ? { LAB_PODMAN: podmanFolder(lab) } : {}),
    ...(existsSync(sshRoot(lab)) ? { LAB_SSH: sshRoot(lab) } : {}),
    ...(existsSync(rootlessRoot(lab)) ? { LAB_ROOTLESS: rootlessRoot(lab) } : {}),
    ...(existsSync(buildx) ? { LAB_BUILDX: buildx } : {}),
    ...(existsSync(registryTools) ? { LAB_REGISTRY_TOOLS: registryTools } : {}),
  };
}

/** https://docs.docker.com/build/buildkit/toml-configuration/ */
async function writeBuildkitdConfig(lab: Lab): Promise<string> {
  const file = join(lab.folders.run, "buildkitd.toml");
  const plain = [registryAddress(lab), registryAuthAddress(lab)].map(
    (address) => `[registry."${address}"]\n  http = true\n`,
  );
  const mirrored = `[registry."docker.io"]\n  mirrors = ["${registryAddress(lab)}"]\n`;
  await writeFile(file, [mirrored, ...plain].join("\n"));
  return file;
}

async function writeDockerLink(lab: Lab): Promise<void> {
  const link = join(binFolder(lab), "docker");
  await mkdir(binFolder(lab), { recursive: true });
  await rm(link, { force: true });
  await symlink(join(debianRoot(lab), "usr/bin/docker"), link);
}

/** The host's own docker, where there is one, goes before the lab's. */
function withPath(lab: Pick<Lab, "folders" | "env">, state: Omit<LabEnv, "PATH">): LabEnv {
  const folders = (lab.env["PATH"] ?? "").split(":").filter((folder) => folder !== binFolder(lab));
  return { ...state, PATH: [...folders, binFolder(lab)].join(":") };
}

function binFolder(lab: Pick<Lab, "folders">): string {
  return join(lab.folders.run, "bin");
}

function stateFile(folders: Folders): string {
  return join(folders.run, "lab.json");
}

function lockFile(folders: Folders): string {
  return join(folders.home, "lock");
}

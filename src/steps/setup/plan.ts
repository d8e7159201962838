import { resolve } from "node:path";
import type { DaemonContainer } from "../../buildkit/drivers/docker-container.ts";
import {
  containerAddress,
  createCommands,
  removeCommand,
  startCommand,
} from "../../buildkit/drivers/docker-container.ts";
import type { ReleaseAsset } from "../../buildkit/release.ts";
import { releaseAsset } from "../../buildkit/release.ts";
import { binfmtFamily, defaultBinfmtImage, registerCommand } from "../../emulation/binfmt-image.ts";
import { foreignArchitectures, isRegistered, linuxkitArchitectures } from "../../emulation/emulator.ts";
import { WorkError } from "../../errors.ts";
import type { Command } from "../../exec.ts";
import { formatCommand } from "../../exec.ts";
import type { Inputs } from "../../inputs/field.ts";
import type { Platform } from "../../oci/platform.ts";
import { formatPlatform } from "../../oci/platform.ts";
import type { setupInputs } from "./inputs.ts";
import type { SetupFacts } from "./probe.ts";

export interface SetupPlan {
  /** What the daemon must be able to build in the end. */
  readonly platforms: readonly Platform[];
  /** The container run that registers emulators; undefined when nothing needs it. */
  readonly register: { readonly image: string; readonly command: Command } | undefined;
  readonly daemon: DaemonContainer;
  /** How the daemon's container is made; undefined when an earlier setup of this job started the same. */
  readonly create: readonly Command[] | undefined;
  readonly address: string;
  readonly buildctl: {
    readonly version: string;
    readonly arch: string;
    /** Undefined where the release has no build for this machine. */
    readonly asset: ReleaseAsset | undefined;
    /** Whether the daemon's own buildctl would run here. */
    readonly fitsContainer: boolean;
  };
}

export function planSetup(inputs: Inputs<typeof setupInputs>, facts: SetupFacts): SetupPlan {
  const { docker, earlier, host, state } = facts;
  const name = `multiarch-${state.job}`;
  const version = inputs.buildkitVersion;
  const daemon = {
    name,
    image: inputs.buildkitImage || `docker.io/moby/buildkit:${version}${imageDigests[version] ?? ""}`,
    job: state.job,
    ...(inputs.network === "" ? {} : { network: inputs.network }),
    flags: inputs.buildkitdFlags,
    ...(inputs.buildkitdConfig === "" ? {} : { config: resolve(facts.cwd, inputs.buildkitdConfig) }),
  };
  return {
    platforms: inputs.platforms,
    register: planRegistration(inputs, facts),
    daemon,
    create: planCreation(daemon, earlier),
    address: containerAddress(name),
    buildctl: {
      version,
      arch: host.arch,
      asset: releaseAsset({ version, ...host, mirror: inputs.downloadMirror }),
      fitsContainer: host.platform === "linux" && goArchitecture(host.arch) === docker.architecture,
    },
  };
}

function planCreation(
  daemon: DaemonContainer,
  earlier: SetupFacts["earlier"],
): readonly Command[] | undefined {
  if (earlier === undefined) return createCommands(daemon);
  const same = earlier.running && earlier.image === daemon.image;
  return same ? undefined : [removeCommand(daemon.name), ...createCommands(daemon)];
}

/** Known releases are pinned: what the tag pointed at when it was added here. */
const imageDigests: Readonly<Record<string, string>> = {
  "v0.32.2": "@sha256:28a898719c18a33f4e8000685287fa36fd0dd9560c6440227d3a732d79bb41d8",
};

function planRegistration(
  inputs: Inputs<typeof setupInputs>,
  { docker, binfmt, state }: SetupFacts,
): SetupPlan["register"] {
  const image = inputs.binfmtImage || defaultBinfmtImage(docker.architecture);
  const foreign = foreignArchitectures(inputs.platforms, docker.architecture);
  const wanted = inputs.platforms.length === 0 ? linuxkitArchitectures : foreign;
  const missing = wanted.filter(
    (architecture) => architecture !== docker.architecture && !isRegistered(architecture, binfmt ?? []),
  );
  if (inputs.emulation === "none" && foreign.length > 0 && (binfmt === undefined || missing.length > 0)) {
    const affected = inputs.platforms.filter(({ architecture }) => missing.includes(architecture));
    throw new WorkError(
      `emulation is none, but ${affected.map(formatPlatform).join(" and ")} can't run on ` +
        `this linux/${docker.architecture} machine without it`,
      { fix: "use emulation auto, or leave these platforms to a machine that runs them" },
    );
  }
  const needed = inputs.emulation === "binfmt" || (inputs.emulation === "auto" && missing.length > 0);
  if (!needed) return undefined;
  if (binfmtFamily(image) === "linuxkit" && docker.architecture !== "amd64") {
    throw new WorkError(`${image} runs on amd64 machines only, and this one is ${docker.architecture}`, {
      fix: "leave binfmt-image out, or name a tonistiigi/binfmt image",
    });
  }
  const architectures = inputs.platforms.length === 0 ? [] : foreign;
  return { image, command: registerCommand({ image, architectures, job: state.job }) };
}

function goArchitecture(arch: string): string {
  return { x64: "amd64", ia32: "386" }[arch] ?? arch;
}

export function describeSetup(plan: SetupPlan): readonly string[] {
  const { register, create, daemon, buildctl } = plan;
  return [
    ...(register === undefined
      ? ["# no emulator needs to be registered"]
      : [formatCommand(register.command)]),
    ...(create === undefined
      ? ["# the daemon of an earlier setup is used"]
      : [...create, startCommand(daemon.name)].map(formatCommand)),
    buildctl.asset === undefined
      ? "# buildctl is copied out of the container"
      : `# buildctl ${buildctl.version} from the tool cache or ${buildctl.asset.url}`,
    `export BUILDKIT_HOST=${plan.address}`,
  ];
}

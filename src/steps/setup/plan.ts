import type { DriverName } from "../../buildkit/drivers/driver.ts";
import { releaseAsset } from "../../buildkit/release.ts";
import { binfmtFamily, defaultBinfmtImage, registerCommand } from "../../emulation/binfmt-image.ts";
import { foreignArchitectures, isRegistered, linuxkitArchitectures } from "../../emulation/emulator.ts";
import { WorkError } from "../../errors.ts";
import type { Command } from "../../exec.ts";
import { formatCommand } from "../../exec.ts";
import type { Inputs } from "../../inputs/field.ts";
import type { Platform } from "../../oci/platform.ts";
import { formatPlatform } from "../../oci/platform.ts";
import type { Owner } from "../../owner.ts";
import type { RegistryTrust } from "../../registry/trust.ts";
import { jobFolder } from "../../state.ts";
import { resolveRegistries } from "../fields.ts";
import type { setupInputs } from "./inputs.ts";
import type { DaemonPlan } from "./plan-daemon.ts";
import { describeDaemon, planDaemon } from "./plan-daemon.ts";
import type { SetupFacts } from "./probe.ts";
import type { BuildctlPlan } from "./provide-buildctl.ts";

export interface SetupPlan {
  readonly driver: DriverName;
  /** Why this driver. */
  readonly why: string;
  /** What the daemon must be able to build in the end. */
  readonly platforms: readonly Platform[];
  /** The container run that registers emulators; undefined when nothing needs it. */
  readonly register: { readonly image: string; readonly command: Command } | undefined;
  readonly daemon: DaemonPlan;
  readonly registries: readonly RegistryTrust[];
  /** This process, which the daemon belongs to until the setup is done, and what it belongs to then. */
  readonly owners: { readonly starting: Owner; readonly running: Owner | undefined };
  readonly now: number;
  /** The job's own folder. */
  readonly folder: string;
  readonly buildctl: BuildctlPlan;
  /** Registries that have copies of the images. */
  readonly mirrors: readonly string[];
}

export function planSetup(inputs: Inputs<typeof setupInputs>, facts: SetupFacts): SetupPlan {
  const { architecture, choice, host, state, statePath } = facts;
  const version = inputs.buildkitVersion;
  const folder = jobFolder(statePath, state.job);
  const image = inputs.buildkitImage || `docker.io/moby/buildkit:${version}${imageDigests[version] ?? ""}`;
  return {
    driver: choice.driver,
    why: choice.why,
    platforms: inputs.platforms,
    register: planRegistration(inputs, facts),
    daemon: planDaemon(inputs, facts, { folder, image }),
    registries: resolveRegistries(inputs.registries, facts.cwd),
    owners: { starting: facts.owner, running: inputs.cleanup ? facts.jobOwner : undefined },
    now: facts.now,
    folder,
    buildctl: {
      version,
      arch: host.arch,
      asset: releaseAsset({ version, ...host, mirror: inputs.downloadMirror }),
      sha256: inputs.buildctlSha256,
      allowUnverified: inputs.allowUnverified,
      ownPath: inputs.buildctlPath,
      fitsContainer: host.platform === "linux" && host.goArch === architecture,
    },
    mirrors: inputs.imageMirrors,
  };
}

/** Known releases are pinned: what the tag pointed at when it was added here. */
const imageDigests: Readonly<Record<string, string>> = {
  "v0.32.2": "@sha256:28a898719c18a33f4e8000685287fa36fd0dd9560c6440227d3a732d79bb41d8",
};

function planRegistration(
  inputs: Inputs<typeof setupInputs>,
  { architecture, binfmt, choice, state }: SetupFacts,
): SetupPlan["register"] {
  if (choice.engine === undefined) return undefined;
  const image = inputs.binfmtImage || defaultBinfmtImage(architecture);
  const foreign = foreignArchitectures(inputs.platforms, architecture);
  const wanted = inputs.platforms.length === 0 ? linuxkitArchitectures : foreign;
  const missing = wanted.filter((name) => name !== architecture && !isRegistered(name, binfmt ?? []));
  if (inputs.emulation === "none" && foreign.length > 0 && (binfmt === undefined || missing.length > 0)) {
    const affected = inputs.platforms.filter(({ architecture }) => missing.includes(architecture));
    throw new WorkError(
      `emulation is none, but ${affected.map(formatPlatform).join(" and ")} can't run on ` +
        `this linux/${architecture} machine without it`,
      { fix: "use emulation auto, or leave these platforms to a machine that runs them" },
    );
  }
  const needed = inputs.emulation === "binfmt" || (inputs.emulation === "auto" && missing.length > 0);
  if (!needed) return undefined;
  if (binfmtFamily(image) === "linuxkit" && architecture !== "amd64") {
    throw new WorkError(`${image} runs on amd64 machines only, and this one is ${architecture}`, {
      fix: "leave binfmt-image out, or name a tonistiigi/binfmt image",
    });
  }
  const architectures = inputs.platforms.length === 0 ? [] : foreign;
  return { image, command: registerCommand({ image, architectures, job: state.job }) };
}

export function describeSetup(plan: SetupPlan): readonly string[] {
  const { buildctl, daemon, driver, register, why } = plan;
  return [
    `# driver ${driver}: ${why}`,
    register === undefined ? "# no emulator needs to be registered" : formatCommand(register.command),
    ...describeDaemon(daemon),
    describeBuildctl(buildctl),
  ];
}

function describeBuildctl({ asset, ownPath, version }: BuildctlPlan): string {
  if (ownPath !== "") return `# buildctl is ${ownPath}`;
  return asset === undefined
    ? "# buildctl is copied out of the container"
    : `# buildctl ${version} from the tool cache or ${asset.url}`;
}

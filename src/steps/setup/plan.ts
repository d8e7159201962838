import type { DriverName } from "../../buildkit/drivers/driver.ts";
import { releaseAsset } from "../../buildkit/release.ts";
import type { EmulationFacts, EmulationPlan, EmulationRequest } from "../../emulation/plan.ts";
import { describeEmulation, planEmulation } from "../../emulation/plan.ts";
import type { Inputs } from "../../inputs/field.ts";
import type { Platform } from "../../oci/platform.ts";
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
  /** Of the daemon's machine, in Go's words. */
  readonly architecture: string;
  /** Why this driver. */
  readonly why: string;
  /** What the daemon must be able to build in the end. */
  readonly platforms: readonly Platform[];
  /** How foreign platforms will run; undefined for remote daemons, which are what they are. */
  readonly emulation: PlannedEmulation | undefined;
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

export interface PlannedEmulation {
  readonly request: EmulationRequest;
  readonly facts: EmulationFacts;
  readonly plan: EmulationPlan;
  /** Whether this machine's kernel is the one of builds. */
  readonly isLocal: boolean;
}

export function planSetup(inputs: Inputs<typeof setupInputs>, facts: SetupFacts): SetupPlan {
  const { architecture, choice, host, state, statePath } = facts;
  const version = inputs.buildkitVersion;
  const folder = jobFolder(statePath, state.job);
  const image = inputs.buildkitImage || `docker.io/moby/buildkit:${version}${imageDigests[version] ?? ""}`;
  return {
    driver: choice.driver,
    architecture,
    why: choice.why,
    platforms: inputs.platforms,
    emulation: planSetupEmulation(inputs, facts),
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

function planSetupEmulation(
  inputs: Inputs<typeof setupInputs>,
  { architecture, choice, emulation, sharesMachine, state }: SetupFacts,
): PlannedEmulation | undefined {
  if (emulation === undefined) return undefined;
  const request: EmulationRequest = {
    mode: inputs.emulation,
    platforms: inputs.platforms,
    image: inputs.binfmtImage,
    reset: inputs.reset,
    hostArchitecture: architecture,
    engine: choice.engine?.name,
    job: state.job,
  };
  return { request, facts: emulation, plan: planEmulation(request, emulation), isLocal: sharesMachine };
}

export function describeSetup(plan: SetupPlan): readonly string[] {
  const { buildctl, daemon, driver, emulation, why } = plan;
  return [
    `# driver ${driver}: ${why}`,
    ...(emulation === undefined ? [] : describeEmulation(emulation.plan)),
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

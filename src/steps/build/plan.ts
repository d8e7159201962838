import type { Solve } from "../../buildkit/buildctl.ts";
import { solveCommand } from "../../buildkit/buildctl.ts";
import { isNative } from "../../emulation/emulator.ts";
import { WorkError } from "../../errors.ts";
import { formatCommand } from "../../exec.ts";
import type { Inputs } from "../../inputs/field.ts";
import type { Platform } from "../../oci/platform.ts";
import { formatPlatform, samePlatform } from "../../oci/platform.ts";
import type { Reference } from "../../oci/reference.ts";
import type { buildInputs } from "./inputs.ts";
import type { BuildFacts, BuildNode } from "./probe.ts";

export interface BuildPlan {
  readonly repositories: readonly Reference[];
  readonly solves: readonly PlannedSolve[];
}

export interface PlannedSolve extends Omit<Solve, "metadataFile"> {
  readonly emulated: boolean;
}

/** One solve per platform, each on the node that suits it. */
export function planBuild(inputs: Inputs<typeof buildInputs>, facts: BuildFacts): BuildPlan {
  const own = facts.nodes[0]?.workers[0];
  const platforms = inputs.platforms.length > 0 ? inputs.platforms : own === undefined ? [] : [own];
  if (platforms.length === 0) {
    throw new WorkError("the daemon's own platform is not known, because it can't be asked", {
      fix: "name the platforms",
    });
  }
  const { buildctl, context, file, registries } = facts;
  return {
    repositories: inputs.image,
    solves: platforms.map((platform) => {
      const { endpoint, workers } = chooseNode(platform, facts.nodes);
      return {
        endpoint,
        buildctl,
        context,
        file,
        platform,
        registries,
        repositories: inputs.image,
        buildArgs: inputs.buildArgs.map((argument) =>
          argument.includes("=") ? argument : `${argument}=${facts.env[argument] ?? ""}`,
        ),
        ...(inputs.target === "" ? {} : { target: inputs.target }),
        emulated: workers[0] !== undefined && !runsBySelf(platform, workers[0]),
      };
    }),
  };
}

/** The node that was named for the platform, else one that runs it by itself, else one that can run it, else the first. */
function chooseNode(platform: Platform, nodes: readonly BuildNode[]): BuildNode {
  const lists = (platforms: readonly Platform[] | undefined): boolean =>
    platforms?.some((candidate) => samePlatform(candidate, platform)) ?? false;
  const open = nodes.filter(({ endpoint }) => endpoint.platforms === undefined);
  const node =
    nodes.find(({ endpoint }) => lists(endpoint.platforms)) ??
    open.find(({ workers: [own] }) => own !== undefined && runsBySelf(platform, own)) ??
    open.find(({ workers }) => lists(workers)) ??
    open[0];
  if (node !== undefined) return node;
  throw new WorkError(`no BuildKit daemon is for ${formatPlatform(platform)}`, {
    fix: "name the platform behind one of the endpoints, or give an endpoint without platforms",
  });
}

function runsBySelf(platform: Platform, own: Platform): boolean {
  return isNative(platform.architecture, own.architecture);
}

export function describeBuild({ solves }: BuildPlan): readonly string[] {
  return solves.map((solve) => formatCommand(solveCommand({ ...solve, metadataFile: "METADATA_FILE" })));
}

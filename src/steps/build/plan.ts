import type { Solve } from "../../buildkit/buildctl.ts";
import { solveCommand } from "../../buildkit/buildctl.ts";
import { foreignArchitectures } from "../../emulation/emulator.ts";
import { WorkError } from "../../errors.ts";
import { formatCommand } from "../../exec.ts";
import type { Inputs } from "../../inputs/field.ts";
import type { Reference } from "../../oci/reference.ts";
import type { buildInputs } from "./inputs.ts";
import type { BuildFacts } from "./probe.ts";

export interface BuildPlan {
  readonly repositories: readonly Reference[];
  readonly solves: readonly PlannedSolve[];
}

export interface PlannedSolve extends Omit<Solve, "metadataFile"> {
  readonly emulated: boolean;
}

/** One solve per platform. */
export function planBuild(inputs: Inputs<typeof buildInputs>, facts: BuildFacts): BuildPlan {
  const [own] = facts.workers;
  const platforms = inputs.platforms.length > 0 ? inputs.platforms : own === undefined ? [] : [own];
  if (platforms.length === 0) {
    throw new WorkError("the daemon's own platform is not known, because it can't be asked", {
      fix: "name the platforms",
    });
  }
  const { address, buildctl, context, file } = facts;
  return {
    repositories: inputs.image,
    solves: platforms.map((platform) => ({
      address,
      buildctl,
      context,
      file,
      platform,
      repositories: inputs.image,
      buildArgs: inputs.buildArgs.map((argument) =>
        argument.includes("=") ? argument : `${argument}=${facts.env[argument] ?? ""}`,
      ),
      ...(inputs.target === "" ? {} : { target: inputs.target }),
      emulated: own !== undefined && foreignArchitectures([platform], own.architecture).length > 0,
    })),
  };
}

export function describeBuild({ solves }: BuildPlan): readonly string[] {
  return solves.map((solve) => formatCommand(solveCommand({ ...solve, metadataFile: "METADATA_FILE" })));
}

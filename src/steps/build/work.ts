import { formatPlatform } from "../../oci/platform.ts";
import type { StepWork } from "../step.ts";
import type { BuildResult } from "./execute.ts";
import { executeBuild } from "./execute.ts";
import type { buildInputs } from "./inputs.ts";
import type { BuildPlan } from "./plan.ts";
import { describeBuild, planBuild } from "./plan.ts";
import type { BuildFacts } from "./probe.ts";
import { probeBuild } from "./probe.ts";

export const buildWork: StepWork<typeof buildInputs, BuildFacts, BuildPlan, BuildResult> = {
  probe: probeBuild,
  plan: planBuild,
  describe: describeBuild,
  execute: executeBuild,
  report: ({ images }) => {
    const [only, ...others] = images;
    const single = others.length === 0 ? only : undefined;
    return {
      outputs: {
        descriptors: JSON.stringify(images.map(({ descriptor }) => descriptor)),
        ...(single === undefined ? {} : { digest: single.descriptor.digest }),
        ...(single?.configDigest === undefined ? {} : { imageid: single.configDigest }),
        metadata: JSON.stringify(
          Object.fromEntries(
            images.map(({ platform, descriptor, configDigest, seconds, steps, emulated }) => [
              formatPlatform(platform),
              {
                "containerimage.digest": descriptor.digest,
                "containerimage.config.digest": configDigest,
                seconds: Number(seconds.toFixed(3)),
                steps: steps.steps,
                cached: steps.cached,
                emulated,
              },
            ]),
          ),
        ),
      },
      variables: {},
      paths: [],
      lines: [`built ${images.length === 1 ? "1 platform" : `${images.length} platforms`}`],
    };
  },
};

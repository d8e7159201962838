import { formatPlatform } from "../../oci/platform.ts";
import type { Step } from "../step.ts";
import { checkBuild } from "./check.ts";
import type { BuildResult } from "./execute.ts";
import { executeBuild } from "./execute.ts";
import { buildInputs } from "./inputs.ts";
import type { BuildPlan } from "./plan.ts";
import { describeBuild, planBuild } from "./plan.ts";
import type { BuildFacts } from "./probe.ts";
import { probeBuild } from "./probe.ts";

export const buildStep: Step<typeof buildInputs, BuildFacts, BuildPlan, BuildResult> = {
  name: "build",
  summary: "Build each platform as a solve of its own and push it by digest; no tag moves.",
  inputs: buildInputs,
  outputs: {
    descriptors: "JSON array of the OCI descriptors pushed, each with its platform.",
    digest: "Digest of the image, when there is one platform.",
    imageid: "Digest of the image's config, when there is one platform.",
    metadata:
      "JSON object: for each platform its digest, config digest, seconds, cached steps, and whether it was emulated.",
  },
  check: checkBuild,
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

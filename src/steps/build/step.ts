import type { Step } from "../step.ts";
import { performWork } from "../step.ts";
import { buildInputs } from "./inputs.ts";

export const buildStep: Step<typeof buildInputs> = {
  name: "build",
  summary: "Build each platform as a solve of its own and push it by digest; no tag moves.",
  inputs: buildInputs,
  outputs: {
    descriptors: "JSON array of the OCI descriptors pushed, each with its platform.",
    digest: "Digest of the image, when there is one platform.",
    imageid: "Digest of the image's config, when there is one platform.",
    metadata: "BuildKit's metadata as JSON; of several platforms, an object of them by platform.",
    results:
      "JSON array, for each platform: digest, size, imageid, seconds, steps, cached steps, emulated, warnings.",
  },
  check: async (inputs, ports) => {
    const { checkBuild } = await import("./check.ts");
    return checkBuild(inputs, await ports.job.fromCi(), ports);
  },
  perform: async (inputs, ports) => {
    const { buildWork } = await import("./work.ts");
    return performWork("build", buildWork, inputs, ports);
  },
};

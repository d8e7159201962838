import type { Step } from "../step.ts";
import { performWork } from "../step.ts";
import { checkBuild } from "./check.ts";
import { buildInputs } from "./inputs.ts";

export const buildStep: Step<typeof buildInputs> = {
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
  perform: async (inputs, ports) => {
    const { buildWork } = await import("./work.ts");
    return performWork("build", buildWork, inputs, ports);
  },
};

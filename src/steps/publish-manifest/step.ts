import { missingRegistryFiles, repeatedPlatforms } from "../fields.ts";
import type { Step } from "../step.ts";
import { checkPublishTargets } from "../check-targets.ts";
import { publishInputs } from "./inputs.ts";

export const publishStep: Step<typeof publishInputs> = {
  name: "publish-manifest",
  summary: "Put one tag over the images of all platforms, once they are checked.",
  inputs: publishInputs,
  outputs: {
    digest: "Digest of the image index.",
    tags: "References of the tags that point at it, one per line.",
    index: "The JSON that was published.",
    previous: "JSON object: for each tag that existed, the digest that it pointed at before.",
  },
  check: async (inputs, { cwd }) => [
    ...repeatedPlatforms("platforms", inputs.platforms),
    ...missingRegistryFiles(inputs.registries, cwd),
    ...checkPublishTargets(inputs),
  ],
  perform: async (inputs, ports) => {
    const { performPublish } = await import("./work.ts");
    return performPublish(inputs, ports);
  },
};

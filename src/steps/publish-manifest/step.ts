import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Inputs } from "../../inputs/field.ts";
import { checkPublishTargets } from "../check-targets.ts";
import { missingRegistryFiles, repeatedPlatforms } from "../fields.ts";
import type { Step } from "../step.ts";
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
    changed: "false when the tags had these images already, so that nothing was pushed.",
    keep: "JSON array of the digests that the tags need: what a clean-up of untagged images must leave alone.",
  },
  check: async (inputs, { cwd }) => [
    ...repeatedPlatforms("platforms", inputs.platforms),
    ...missingRegistryFiles(inputs.registries, cwd),
    ...checkPublishTargets(inputs),
    ...checkImages(inputs, cwd),
  ],
  perform: async (inputs, ports) => {
    const { performPublish } = await import("./work.ts");
    return performPublish(inputs, ports);
  },
};

function checkImages(inputs: Inputs<typeof publishInputs>, cwd: string): string[] {
  const { descriptors, descriptorsFile, handoff, image, sources, tags, wait } = inputs;
  const names = [
    ...(descriptors === "" ? [] : ["descriptors"]),
    ...(descriptorsFile.length === 0 ? [] : ["descriptors-file"]),
    ...(sources.length === 0 ? [] : ["sources"]),
  ];
  const isHomeless = image.length === 0 && !tags.some(({ kind }) => kind === "reference");
  return [
    ...descriptorsFile
      .filter((file) => !existsSync(resolve(cwd, file)))
      .map((file) => `descriptors-file: there is no file ${file} (${resolve(cwd, file)})`),
    ...(handoff === "registry" && names.length > 0
      ? [`handoff: registry finds the images itself: leave out ${names.join(" and ")}`]
      : []),
    ...(wait > 0 && handoff === "none"
      ? ["wait: there is nothing to wait for without handoff: registry"]
      : []),
    ...(isHomeless && sources.some(({ kind }) => kind === "digest")
      ? ["sources: a digest alone is in which repository? Name it with image"]
      : []),
  ];
}

import { type Annotation, parseAnnotation } from "../../buildkit/annotation.ts";
import { parseDuration } from "../../inputs/duration.ts";
import type { InputTable } from "../../inputs/field.ts";
import { boolean, choice, list, text, value } from "../../inputs/field.ts";
import { isLayoutText, parseLayoutReference } from "../../oci-layout/reference.ts";
import type { Reference } from "../../oci/reference.ts";
import { parseTagSpec, splitTagList, type TagSpec } from "../../tags/spec.ts";
import { flavorList, parseRepository, platformList, registryTrustList } from "../fields.ts";
import { parseDescriptors } from "./descriptors.ts";
import { parseImageSource } from "./source.ts";

/** What decides how the index looks and when its tags move; also for who builds and publishes in one go. */
export const indexInputs = {
  format: choice({
    description: "Of the index; auto is OCI, unless all images are Docker's and nothing in it needs OCI.",
    words: ["auto", "oci", "docker"],
    fallback: "auto",
  }),
  attestations: choice({
    description:
      "Where provenance and SBOMs go: into the index, beside it as referrers of the images, or nowhere.",
    words: ["index", "referrers", "none"],
    fallback: "index",
  }),
  ifExists: choice({
    description:
      "What to do with a tag that exists: overwrite it, fail, skip it, or (same) fail unless it has the same images.",
    words: ["overwrite", "fail", "skip", "same"],
    fallback: "overwrite",
  }),
  allowMixed: boolean({
    description: "Publish images together although their labels name different revisions of the source.",
  }),
  lint: choice({
    description:
      "What to make of an index that some readers get wrong: arm without a variant, mixed formats, entries for no platform.",
    words: ["error", "warning", "none"],
    fallback: "warning",
  }),
} satisfies InputTable;

export const publishInputs = {
  image: list<Reference>({
    description:
      "Repositories that get the index and its tags, and the images where these are missing; oci:PATH is an OCI layout, " +
      "a folder or a file that ends in .tar.",
    commas: true,
    placeholder: "REGISTRY/REPOSITORY",
    item: parsePlace,
  }),
  tags: list<TagSpec>({
    description:
      "Tags to move to the new image index: names such as 1.2.3, whole references, auto, or rules such as " +
      "type=semver,pattern={{version}}.",
    commas: splitTagList,
    placeholder: "TAG|REFERENCE|RULE",
    item: (tag) =>
      isLayoutText(tag)
        ? { kind: "reference", reference: { tag: "latest", ...parseLayoutReference(tag) } }
        : parseTagSpec(tag),
  }),
  flavor: flavorList(),
  platforms: platformList(
    "Platforms that the index must have, no fewer and no more, in this order; without it, those that were built.",
  ),
  descriptors: text({
    description: "JSON array of the images' OCI descriptors: the output of build in another job.",
    placeholder: "JSON",
    defaultText: "what build pushed in this job",
    check: (json) => void parseDescriptors(json),
  }),
  descriptorsFile: list({
    description: "Files with such descriptors, one per line: what build in other jobs wrote.",
    commas: false,
    placeholder: "PATH",
    item: (path) => path,
  }),
  sources: list({
    description:
      "Images to put into the index, by anyone's builder: references in any registry, digests in the first repository of " +
      "image, or OCI layouts as oci:PATH[:TAG].",
    commas: true,
    placeholder: "REFERENCE|DIGEST|LAYOUT",
    item: parseImageSource,
  }),
  handoff: choice({
    description:
      "registry finds the images by the tags that build with the same setting left for this commit and run.",
    words: ["none", "registry"],
    fallback: "none",
  }),
  wait: value({
    description: "How long to wait for images that handoff does not find yet, such as 30m.",
    fallback: 0,
    placeholder: "TIME",
    defaultText: "not at all",
    read: parseDuration,
  }),
  annotations: list({
    description:
      "Annotations of the index, one NAME=value per line, or behind manifest-descriptor: or " +
      "manifest-descriptor[linux/arm64]: of its entries.",
    commas: false,
    placeholder: "NAME=value",
    item: parseIndexAnnotation,
  }),
  ...indexInputs,
  registries: registryTrustList(),
} satisfies InputTable;

function parsePlace(place: string): Reference {
  if (!isLayoutText(place)) return parseRepository(place);
  const layout = parseLayoutReference(place);
  if (layout.tag === undefined && layout.digest === undefined) return layout;
  throw new Error(
    `${JSON.stringify(place)} names a tag or digest: give ${layout.registry} here, and tags as tags`,
  );
}

/** buildx's syntax; what names no level is for the index, as nothing else is made here. */
function parseIndexAnnotation(given: string): readonly Annotation[] {
  const annotations = parseAnnotation(/^[^=]*:/.test(given) ? given : `index:${given}`);
  if (!annotations.some(({ level }) => level === "manifest")) return annotations;
  throw new Error(
    `${JSON.stringify(given)}: an image can't get annotations any more: give them to build, or name index: here`,
  );
}

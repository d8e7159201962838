import { WorkError } from "../../errors.ts";
import type { Inputs } from "../../inputs/field.ts";
import { isAttestation } from "../../oci/descriptor.ts";
import type { BuiltIndex } from "../../oci/image-index.ts";
import { buildIndex } from "../../oci/image-index.ts";
import type { Platform } from "../../oci/platform.ts";
import { formatPlatform } from "../../oci/platform.ts";
import { formatReference } from "../../oci/reference.ts";
import type { Target } from "../targets.ts";
import type { publishInputs } from "./inputs.ts";
import type { Child, PublishFacts } from "./probe.ts";

export interface PublishPlan {
  /** Undefined when there are no images yet, in a dry run of all steps. */
  readonly index: BuiltIndex | undefined;
  readonly images: readonly Child[];
  readonly targets: readonly Target[];
  readonly previous: PublishFacts["previous"];
}

/** Refuses a set of images that is not exactly the one wanted, and lays out the index over the others. */
export function planPublish(inputs: Inputs<typeof publishInputs>, facts: PublishFacts): PublishPlan {
  const { children, previous, targets } = facts;
  const images = children.filter(({ descriptor }) => !isAttestation(descriptor));
  if (images.length > 0) requirePlatforms(inputs.platforms, images);
  return {
    images,
    previous,
    index:
      images.length === 0
        ? undefined
        : buildIndex({ children: children.map(({ descriptor }) => descriptor), order: inputs.platforms }),
    targets,
  };
}

function requirePlatforms(required: readonly Platform[], images: readonly Child[]): void {
  if (required.length === 0) return;
  const wanted = required.map(formatPlatform);
  const there = images.flatMap(({ descriptor: { platform } }) =>
    platform ? [formatPlatform(platform)] : [],
  );
  const missing = wanted.filter((platform) => !there.includes(platform));
  const unexpected = there.filter((platform) => !wanted.includes(platform));
  if (missing.length === 0 && unexpected.length === 0) return;
  throw new WorkError(
    [
      "the images are not those that platforms names; nothing was tagged",
      ...(missing.length === 0 ? [] : [`missing: ${missing.join(", ")}`]),
      ...(unexpected.length === 0 ? [] : [`not asked for: ${unexpected.join(", ")}`]),
    ].join("\n"),
    { fix: "build the same platforms that you publish" },
  );
}

export function describePublish({ index, targets, previous }: PublishPlan): readonly string[] {
  const moves = targets.flatMap(({ tags }) =>
    tags.map(formatReference).map((tag) => `tag ${tag} (now ${previous[tag] ?? "absent"})`),
  );
  if (index === undefined) return ["# an index over the images that build makes", ...moves];
  return [
    `push ${index.mediaType} ${index.digest}:`,
    ...new TextDecoder().decode(index.bytes).split("\n"),
    ...moves,
  ];
}

import type { TargetInputs } from "./targets.ts";

/** What is missing, or belongs to no repository, of the inputs that say where to publish. */
export function checkPublishTargets(inputs: TargetInputs): string[] {
  const { image, tags } = inputs;
  return [
    ...(image.length === 0 && tags.length === 0 ? ["image is missing: the repositories to publish to"] : []),
    ...(tags.length === 0 ? ["tags is missing: the tags to move, such as 1.2.3,latest"] : []),
    ...homelessTags(inputs),
  ];
}

/** Tags that belong to no repository. */
export function homelessTags({ image, tags }: TargetInputs): string[] {
  if (image.length > 0) return [];
  const named = tags.flatMap((spec) => {
    if (spec.kind === "reference") return [];
    return spec.kind === "tag" ? [spec.tag] : [spec.kind];
  });
  const [first] = named;
  return first === undefined
    ? []
    : [`tags: ${JSON.stringify(first)} is a tag of which repository? Name it with image`];
}

import type { Annotation } from "../../buildkit/annotation.ts";
import { WorkError } from "../../errors.ts";
import type { Inputs } from "../../inputs/field.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import type { Digest } from "../../oci/digest.ts";
import type { BuiltIndex } from "../../oci/image-index.ts";
import { buildIndex } from "../../oci/image-index.ts";
import { samePlatform } from "../../oci/platform.ts";
import { formatReference } from "../../oci/reference.ts";
import { lintIndex } from "../../verify/index-lint.ts";
import type { Target } from "../targets.ts";
import { requireOneRevision, requirePlatforms } from "./check-images.ts";
import type { publishInputs } from "./inputs.ts";
import type { PublishFacts } from "./probe.ts";
import type { Child } from "./read-image.ts";
import { planMoves, type TagMove } from "./tag-moves.ts";

export interface PublishPlan {
  /** Undefined when there are no images yet, in a dry run of all steps. */
  readonly index: BuiltIndex | undefined;
  readonly images: readonly Child[];
  /** Attestations that are published beside the index, as referrers of their images. */
  readonly referrers: readonly Child[];
  readonly targets: readonly Target[];
  readonly absent: PublishFacts["absent"];
  readonly moves: readonly TagMove[];
  /** Tag reference to the digest that it points at before. */
  readonly previous: Readonly<Record<string, Digest>>;
  readonly warnings: readonly string[];
}

type PublishInputs = Inputs<typeof publishInputs>;

/** Refuses a set of images that is not exactly the one wanted, and lays out the index over the others. */
export function planPublish(inputs: PublishInputs, facts: PublishFacts): PublishPlan {
  const { absent, targets } = facts;
  const images = unique(facts.images);
  const attestations = unique(facts.attestations);
  const previous = Object.fromEntries(
    Object.entries(facts.previous).map(([tag, { digest }]) => [tag, digest]),
  );
  const common = { images, targets, absent, previous };
  if (images.length === 0 && facts.strays.length === 0) {
    const moves = targets.flatMap(({ floating, tags }) =>
      tags.map((tag): TagMove => {
        const before = facts.previous[formatReference(tag)];
        return { tag, floating: floating.includes(tag), before, action: "move" };
      }),
    );
    return { ...common, index: undefined, referrers: [], moves, warnings: [] };
  }
  requirePlatforms(inputs.platforms, images);
  if (!inputs.allowMixed) requireOneRevision(images);
  const index = layOut(inputs, facts, images, attestations);
  return {
    ...common,
    index,
    referrers: inputs.attestations === "referrers" ? attestations : [],
    moves: planMoves(targets, facts.previous, index, inputs.ifExists),
    warnings: lint(inputs, facts, index, images, attestations),
  };
}

function layOut(
  inputs: PublishInputs,
  facts: PublishFacts,
  images: readonly Child[],
  attestations: readonly Child[],
): BuiltIndex {
  const annotations = [...facts.annotations, ...inputs.annotations.flat()];
  const children = images.map(({ descriptor }) => annotate(descriptor, annotations));
  const listed = inputs.attestations === "index" ? attestations.map(({ descriptor }) => descriptor) : [];
  const isListed = ({ annotations: links }: Descriptor): boolean =>
    images.some(({ descriptor }) => descriptor.digest === links?.["vnd.docker.reference.digest"]);
  return buildIndex({
    children: [...children, ...listed.filter(isListed)],
    format: inputs.format,
    annotations: Object.fromEntries(
      annotations.filter(({ level }) => level === "index").map(({ key, value }) => [key, value]),
    ),
    order: inputs.platforms,
  });
}

/** What is there stays; one annotation for this platform wins over one for all, then the last. */
function annotate(descriptor: Descriptor, given: readonly Annotation[]): Descriptor {
  const ours = given.filter(
    ({ level, platform }) =>
      level === "manifest-descriptor" &&
      (platform === undefined ||
        (descriptor.platform !== undefined && samePlatform(platform, descriptor.platform))),
  );
  if (ours.length === 0) return descriptor;
  const ordered = ours.toSorted(
    (a, b) => Number(a.platform !== undefined) - Number(b.platform !== undefined),
  );
  const added = Object.fromEntries(ordered.map(({ key, value }) => [key, value]));
  return { ...descriptor, annotations: { ...descriptor.annotations, ...added } };
}

function lint(
  { lint: level }: PublishInputs,
  { strays }: PublishFacts,
  index: BuiltIndex,
  images: readonly Child[],
  attestations: readonly Child[],
): readonly string[] {
  if (level === "none") return [];
  const findings = lintIndex({
    images: index.manifests.flatMap((entry) => {
      const image = images.find(({ descriptor }) => descriptor.digest === entry.digest);
      return image === undefined ? [] : [{ descriptor: entry, lacksVariant: image.lacksVariant === true }];
    }),
    attestations: attestations.map(({ descriptor }) => descriptor),
    strays,
  });
  if (level === "error" && findings.length > 0) {
    throw new WorkError(`lint: nothing was tagged:\n${findings.join("\n")}`, {
      fix: "build the images so that every reader gets them right, or set lint: warning",
    });
  }
  return findings;
}

function unique(children: readonly Child[]): readonly Child[] {
  const known = new Map<string, Child>();
  for (const child of children) {
    if (!known.has(child.descriptor.digest)) known.set(child.descriptor.digest, child);
  }
  return [...known.values()];
}

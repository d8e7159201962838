import { WorkError } from "../../errors.ts";
import type { Inputs } from "../../inputs/field.ts";
import { isAttestation } from "../../oci/descriptor.ts";
import type { Digest } from "../../oci/digest.ts";
import type { BuiltIndex } from "../../oci/image-index.ts";
import { formatPlatform, normalizePlatform } from "../../oci/platform.ts";
import { formatReference, type Reference } from "../../oci/reference.ts";
import type { Target } from "../targets.ts";
import type { publishInputs } from "./inputs.ts";
import type { PublishFacts, TagFacts } from "./probe.ts";

export interface TagMove {
  readonly tag: Reference;
  /** Moves with every release, so only when the others have moved. */
  readonly floating: boolean;
  /** What it points at now. */
  readonly before: TagFacts | undefined;
  /** `keep` is right already; `skip` points at something else, and is to go on doing so. */
  readonly action: "move" | "keep" | "skip";
}

type Policy = Inputs<typeof publishInputs>["ifExists"];

/** What becomes of each tag. Throws WorkError naming all tags that are in the way. */
export function planMoves(
  targets: readonly Target[],
  previous: PublishFacts["previous"],
  index: BuiltIndex,
  policy: Policy,
): readonly TagMove[] {
  const known = targets.flatMap(({ floating, tags }) =>
    tags.map((tag) => ({
      tag,
      floating: floating.includes(tag),
      before: previous[formatReference(tag)],
    })),
  );
  const areAlike = known.every(({ before }) => before !== undefined && holdsSameImages(before, index));
  const blocked = known.filter(({ before }) => isBlocked(before, index, policy));
  if (blocked.length > 0) {
    const lines = blocked.map(({ before, tag }) => `${formatReference(tag)} → ${before?.digest ?? ""}`);
    throw new WorkError(
      policy === "fail"
        ? `if-exists: these tags exist; nothing was tagged:\n${lines.join("\n")}`
        : `if-exists: these tags have other images than ${index.digest}; nothing was tagged:\n${lines.join("\n")}`,
      { fix: "give another version, or set if-exists: overwrite" },
    );
  }
  return known.map((one) => ({ ...one, action: actionFor(one.before, index, policy, areAlike) }));
}

function isBlocked(before: TagFacts | undefined, index: BuiltIndex, policy: Policy): boolean {
  if (before === undefined) return false;
  return policy === "fail" || (policy === "same" && !holdsSameImages(before, index));
}

function actionFor(
  before: TagFacts | undefined,
  index: BuiltIndex,
  policy: Policy,
  areAlike: boolean,
): TagMove["action"] {
  if (before === undefined) return "move";
  if (before.digest === index.digest) return "keep";
  if (policy === "skip") return "skip";
  return areAlike || policy === "same" ? "keep" : "move";
}

/** Whether the tag has these very images; attestations tell of a build, so they differ where nothing else does. */
function holdsSameImages({ digest, fetched }: TagFacts, index: BuiltIndex): boolean {
  if (digest === index.digest) return true;
  const manifest = fetched?.manifest;
  return manifest?.kind === "index" && imagesOf(manifest) === imagesOf(index);
}

function imagesOf({ manifests }: Pick<BuiltIndex, "manifests">): string {
  const images = manifests.filter((entry) => !isAttestation(entry));
  return images
    .map(({ digest, platform }): `${string} ${Digest}` => {
      const name = platform === undefined ? "" : formatPlatform(normalizePlatform(platform));
      return `${name} ${digest}`;
    })
    .toSorted()
    .join("\n");
}

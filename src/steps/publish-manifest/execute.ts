import { WorkError } from "../../errors.ts";
import type { Digest } from "../../oci/digest.ts";
import type { BuiltIndex } from "../../oci/image-index.ts";
import { formatReference, type Reference, withTarget } from "../../oci/reference.ts";
import type { Ports } from "../step.ts";
import { copyChildren } from "./copy-children.ts";
import { changes } from "./describe.ts";
import { moveTags, type PublishTools } from "./move-tags.ts";
import type { PublishPlan } from "./plan.ts";
import { pushIndex } from "./push-index.ts";
import { putReferrers } from "./referrers.ts";

export interface PublishResult {
  readonly index: Pick<BuiltIndex, "bytes" | "digest">;
  /** Tag references that point at it now, or at another index with the same images. */
  readonly tags: readonly Reference[];
  readonly changed: boolean;
  /** Attestations that were put beside the index. */
  readonly referrers: readonly Digest[];
}

/** Children go to every repository, then the index by its digest, before the first tag moves. */
export async function executePublish(
  plan: PublishPlan,
  ports: Ports,
  tools: PublishTools,
): Promise<PublishResult> {
  const { absent, images, index, moves, targets, warnings } = plan;
  const { client } = tools;
  if (index === undefined) throw new WorkError("there are no images to publish");
  for (const warning of warnings) ports.log.warning(warning);
  const tags = moves.filter(({ action }) => action !== "skip").map(({ tag }) => tag);
  const moving = moves.filter(({ action }) => action === "move");
  if (!changes(plan)) return { index: indexThere(plan, index), tags, changed: false, referrers: [] };
  const repositories = targets
    .map(({ repository }) => repository)
    .filter((repository) => moving.some(({ tag }) => isIn(tag, repository)));
  const copies = repositories.flatMap((to) =>
    (absent[formatReference(to)] ?? []).map((child) => ({ child, to })),
  );
  await copyChildren(copies, client, ports.log);
  const referrers = await putReferrers(plan.referrers, images, repositories, client);
  // A single tag is the index and its move in one: it can't be there by half.
  if (moving.length > 1) {
    await Promise.all(
      repositories.map((repository) =>
        pushIndex(withTarget(repository, { digest: index.digest }), index, tools, ports),
      ),
    );
  }
  await moveTags(moving, index, tools, ports);
  return { index, tags, changed: true, referrers };
}

/** What the tags point at already. */
function indexThere({ moves }: PublishPlan, index: BuiltIndex): PublishResult["index"] {
  const fetched = moves.find(({ action }) => action === "keep")?.before?.fetched;
  return fetched === undefined ? index : { bytes: fetched.bytes, digest: fetched.descriptor.digest };
}

function isIn(tag: Reference, repository: Reference): boolean {
  return formatReference(withTarget(tag)) === formatReference(repository);
}

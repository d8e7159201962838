import { WorkError } from "../../errors.ts";
import type { BuiltIndex } from "../../oci/image-index.ts";
import type { Reference } from "../../oci/reference.ts";
import { formatReference, withTarget } from "../../oci/reference.ts";
import type { RegistryClient } from "../../registry/client.ts";
import type { Ports } from "../step.ts";
import type { PublishPlan } from "./plan.ts";

export interface PublishResult {
  readonly index: BuiltIndex;
  /** Tag references that now point at the index. */
  readonly tags: readonly Reference[];
}

/** The index goes to every repository by its digest before the first tag moves; every tag is read back. */
export async function executePublish(
  plan: PublishPlan,
  ports: Ports,
  client: RegistryClient,
): Promise<PublishResult> {
  const { index, targets } = plan;
  if (index === undefined) throw new WorkError("there are no images to publish");
  await Promise.all(
    targets.map(({ repository }) =>
      client.putManifest(withTarget(repository, { digest: index.digest }), index.bytes, index.mediaType),
    ),
  );
  const moved: Reference[] = [];
  try {
    for (const tag of targets.flatMap(({ tags }) => tags)) {
      ports.signal.throwIfAborted();
      await client.putManifest(tag, index.bytes, index.mediaType);
      moved.push(tag);
    }
    await Promise.all(moved.map((tag) => requireDigest(tag, index, client)));
  } catch (error) {
    if (moved.length > 0) {
      ports.log.warning(
        `these tags point at ${index.digest} already: ${moved.map(formatReference).join(", ")}`,
      );
    }
    throw error;
  }
  return { index, tags: moved };
}

async function requireDigest(tag: Reference, index: BuiltIndex, client: RegistryClient): Promise<void> {
  const { descriptor } = await client.getManifest(tag);
  if (descriptor.digest === index.digest) return;
  throw new WorkError(
    `${formatReference(tag)} was set to ${index.digest}, but the registry answers ${descriptor.digest}`,
    { fix: "another job published this tag at the same time: let only one of them do it" },
  );
}

import type { Digest } from "../../oci/digest.ts";
import type { Reference } from "../../oci/reference.ts";
import { formatReference, withTarget } from "../../oci/reference.ts";
import type { RegistryTrust } from "../../registry/trust.ts";
import { withRegistryClient } from "../registry-client.ts";
import type { Ports } from "../step.ts";

/** An image that was pushed by its digest, and the tags that it gets. */
export interface TaggedImage {
  readonly digest: Digest;
  readonly tags: readonly Reference[];
}

/** Puts tags on images that are in the same repositories already. */
export async function tagImages(
  images: readonly TaggedImage[],
  registries: readonly RegistryTrust[],
  ports: Ports,
): Promise<void> {
  const all = images.flatMap(({ tags }) => tags);
  const repositories = new Map(all.map((tag) => [formatReference(withTarget(tag)), withTarget(tag)]));
  await withRegistryClient({ registries, pushTo: [...repositories.values()] }, ports, async (client) => {
    await Promise.all(
      images.flatMap(({ digest, tags }) =>
        tags.map(async (tag) => {
          const { bytes, descriptor } = await client.getManifest(withTarget(tag, { digest }));
          await client.putManifest(tag, bytes, descriptor.mediaType);
          ports.log.info(`${formatReference(tag)} → ${digest}`);
        }),
      ),
    );
  });
}

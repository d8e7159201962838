import { parseManifest } from "../../oci/manifest.ts";
import { formatReference, type Reference, withTarget } from "../../oci/reference.ts";
import type { Log } from "../../host/host.ts";
import type { PublishClient } from "./given.ts";
import type { Child } from "./read-image.ts";

/** Layers that nobody may hand on, and that every client fetches from where they are (image-spec layer.md). */
const foreign = /\.foreign\.|\.nondistributable\./;

/** Brings manifests to repositories that lack them, their blobs first; several at once. */
export async function copyChildren(
  absent: readonly { readonly child: Child; readonly to: Reference }[],
  client: PublishClient,
  log: Pick<Log, "info">,
): Promise<void> {
  await Promise.all(absent.map(({ child, to }) => copyChild(child, to, client, log)));
}

async function copyChild(
  child: Child,
  to: Reference,
  client: PublishClient,
  log: Pick<Log, "info">,
): Promise<void> {
  const { digest } = child.descriptor;
  const from = withTarget(child.home, { digest });
  const fetched = child.fetched ?? (await client.getManifest(from));
  const manifest = parseManifest(fetched.bytes, formatReference(from), fetched.descriptor.mediaType);
  const blobs =
    manifest.kind === "manifest"
      ? [manifest.config, ...manifest.layers.filter(({ mediaType }) => !foreign.test(mediaType))]
      : [];
  const arrivals = await Promise.all(blobs.map((blob) => client.copyBlob(child.home, to, blob)));
  await client.putManifest(withTarget(to, { digest }), fetched.bytes, fetched.descriptor.mediaType);
  const counts = new Map<string, number>();
  for (const arrival of arrivals) counts.set(arrival, (counts.get(arrival) ?? 0) + 1);
  const how = Array.from(counts, ([arrival, count]) => `${count} ${arrival}`).join(", ");
  log.info(`copied ${formatReference(from)} to ${formatReference(to)} (blobs: ${how})`);
}

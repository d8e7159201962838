import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { marshalIndent } from "../oci/json.ts";
import { parseManifest } from "../oci/manifest.ts";
import { ociIndex } from "../oci/media-type.ts";

/** The tag under which a registry without the referrers API keeps the list of what refers to a digest (distribution-spec). */
export function referrersTag(subject: Digest): string {
  return subject.replace(":", "-");
}

/** What an index of referrers lists. Throws WorkError naming `what` when it is none. */
export function parseReferrers(bytes: Uint8Array, what: string): readonly Descriptor[] {
  const manifest = parseManifest(bytes, what, ociIndex);
  return manifest.kind === "index" ? manifest.manifests : [];
}

/** An index of referrers, of the form that the referrers API answers with. */
export function formatReferrers(referrers: readonly Descriptor[]): Uint8Array {
  const manifests = referrers.map(({ annotations, artifactType, digest, mediaType, size }) => ({
    mediaType,
    digest,
    size,
    ...(annotations === undefined ? {} : { annotations: new Map(Object.entries(annotations)) }),
    ...(artifactType === undefined ? {} : { artifactType }),
  }));
  return new TextEncoder().encode(marshalIndent({ schemaVersion: 2, mediaType: ociIndex, manifests }));
}

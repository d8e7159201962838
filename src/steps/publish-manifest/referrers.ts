import { WorkError } from "../../errors.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import type { Digest } from "../../oci/digest.ts";
import { attestationSubject } from "../../oci/descriptor.ts";
import { parseJsonObject } from "../../oci/json.ts";
import { formatReference, type Reference, withTarget } from "../../oci/reference.ts";
import type { PublishClient } from "./given.ts";
import type { Child } from "./read-image.ts";

/**
 * Puts attestations beside the index: manifests with their image as `subject` (image-spec manifest.md). One that does not
 * have it yet gets it, and with it another digest. Their blobs are in the repositories already.
 */
export async function putReferrers(
  attestations: readonly Child[],
  images: readonly Child[],
  repositories: readonly Reference[],
  client: PublishClient,
): Promise<readonly Digest[]> {
  const digests = new Set<Digest>();
  for (const attestation of attestations) {
    const { descriptor, home } = attestation;
    const about = attestationSubject(descriptor);
    const image = images.find(({ descriptor: { digest } }) => digest === about)?.descriptor;
    // What speaks of an image that is not published is of no use to anybody.
    if (image === undefined) continue;
    const from = withTarget(home, { digest: descriptor.digest });
    const fetched = attestation.fetched ?? (await client.getManifest(from));
    const bytes = withSubject(fetched.bytes, image, formatReference(from));
    // One after the other: where there is no API, they share a tag.
    for (const repository of repositories) {
      digests.add(await client.putReferrer(repository, bytes, fetched.descriptor.mediaType));
    }
  }
  return [...digests];
}

function withSubject(bytes: Uint8Array, { digest, mediaType, size }: Descriptor, what: string): Uint8Array {
  const manifest = parseJsonObject(bytes, what);
  const { subject } = manifest;
  if (typeof subject === "object" && subject !== null && "digest" in subject) {
    if (subject.digest === digest) return bytes;
    throw new WorkError(`${what} is about ${String(subject.digest)}, but its index says ${digest}`);
  }
  const artifactType = "application/vnd.docker.attestation.manifest.v1+json";
  const linked = { artifactType, ...manifest, subject: { mediaType, digest, size } };
  return new TextEncoder().encode(JSON.stringify(linked));
}

import { WorkError } from "../errors.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import { parseManifest } from "../oci/manifest.ts";
import { ociIndex } from "../oci/media-type.ts";

const nameKey = "org.opencontainers.image.ref.name";

/** What an index.json lists. Throws WorkError naming `what`. */
export function parseIndexJson(bytes: Uint8Array, what: string): readonly Descriptor[] {
  const index = parseManifest(bytes, what);
  if (index.kind === "index") return index.manifests;
  throw new WorkError(`${what} is no image index`);
}

export function formatIndexJson(manifests: readonly Descriptor[]): string {
  return `${JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests })}\n`;
}

/** The entry that a tag names. Some programs write the whole reference, or only containerd's own key. */
export function findTag(manifests: readonly Descriptor[], tag: string): Descriptor | undefined {
  const names = ({ annotations = {} }: Descriptor): readonly string[] =>
    [annotations[nameKey], annotations["io.containerd.image.name"]].filter((name) => name !== undefined);
  return (
    manifests.find((entry) => entry.annotations?.[nameKey] === tag) ??
    manifests.find((entry) => names(entry).some((name) => name.endsWith(`:${tag}`)))
  );
}

/** The list with the tag at this entry, or without the tag. */
export function moveTag(
  manifests: readonly Descriptor[],
  tag: string,
  entry: Pick<Descriptor, "mediaType" | "digest" | "size"> | undefined,
): readonly Descriptor[] {
  const before = findTag(manifests, tag);
  const others = manifests.filter((candidate) => candidate !== before);
  return entry === undefined ? others : [...others, { ...entry, annotations: { [nameKey]: tag } }];
}

import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";

export type Body = AsyncIterable<Uint8Array>;

/** An OCI layout (image-spec image-layout.md), wherever its files are. */
export interface LayoutStore {
  /** What index.json lists; nothing when there is no layout yet. */
  readonly list: () => Promise<readonly Descriptor[]>;
  readonly replaceList: (manifests: readonly Descriptor[]) => Promise<void>;
  /** Bytes of a blob; undefined when it is not there. */
  readonly size: (digest: Digest) => Promise<number | undefined>;
  readonly read: (digest: Digest) => Body;
  /** Bytes that have this digest: who calls has checked. */
  readonly write: (digest: Digest, body: Body) => Promise<void>;
  /** Makes what was written last. */
  readonly finish: () => Promise<void>;
  /** Removes what is only needed while writing. */
  readonly discard: () => Promise<void>;
}

/** `blobs/sha256/0123…` */
export function blobPath(digest: Digest): string {
  return `blobs/${digest.replace(":", "/")}`;
}

export const layoutFile = `${JSON.stringify({ imageLayoutVersion: "1.0.0" })}\n`;

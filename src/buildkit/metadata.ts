import { WorkError } from "../errors.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import { parseDescriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { isDigest } from "../oci/digest.ts";
import type { Platform } from "../oci/platform.ts";

/** What BuildKit says about a finished solve. */
export interface SolveMetadata {
  readonly descriptor: Descriptor;
  /** Digest of the image's config, which is what docker calls the image ID. */
  readonly configDigest: Digest | undefined;
}

/** Reads the file that `buildctl build --metadata-file` wrote; `platform` goes into the descriptor. */
export function parseMetadata(text: string, platform: Platform, what: string): SolveMetadata {
  let metadata: Record<string, unknown>;
  try {
    metadata = JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new WorkError(`${what}: BuildKit's metadata is not whole`, { cause: error });
  }
  const { mediaType, digest, size } = parseDescriptor(
    metadata["containerimage.descriptor"],
    `${what}: containerimage.descriptor in BuildKit's metadata`,
  );
  const config = metadata["containerimage.config.digest"];
  return {
    descriptor: { mediaType, digest, size, platform },
    configDigest: typeof config === "string" && isDigest(config) ? config : undefined,
  };
}

import { WorkError } from "../errors.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import { parseDescriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { isDigest } from "../oci/digest.ts";
import type { Platform } from "../oci/platform.ts";

/** What BuildKit says about a finished solve. */
export interface SolveMetadata {
  /** Undefined where no image was made, as with an export of files. */
  readonly descriptor: Descriptor | undefined;
  /** Digest of the image's config, which is what docker calls the image ID. */
  readonly configDigest: Digest | undefined;
  /** The whole document. */
  readonly document: Readonly<Record<string, unknown>>;
}

/** Reads the file that `buildctl build --metadata-file` wrote; `platform` goes into the descriptor. */
export function parseMetadata(text: string, platform: Platform, what: string): SolveMetadata {
  const document = readDocument(text, what);
  const config = document["containerimage.config.digest"];
  return {
    descriptor: readDescriptor(document["containerimage.descriptor"], platform, what),
    configDigest: typeof config === "string" && isDigest(config) ? config : undefined,
    document,
  };
}

function readDocument(text: string, what: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new WorkError(`${what}: BuildKit's metadata is not whole`, { cause: error });
  }
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw new WorkError(`${what}: BuildKit's metadata is no object`);
}

function readDescriptor(value: unknown, platform: Platform, what: string): Descriptor | undefined {
  if (value === undefined) return undefined;
  const name = `${what}: containerimage.descriptor in BuildKit's metadata`;
  const { mediaType, digest, size } = parseDescriptor(value, name);
  return { mediaType, digest, size, platform };
}

import { createHash } from "node:crypto";

import { InputError } from "../errors.ts";

declare const digestBrand: unique symbol;

/** `algorithm:hex` over exact bytes, as in image-spec descriptor.md. Only made by `parseDigest` and `digestOf`. */
export type Digest = string & { readonly [digestBrand]: true };

export type DigestAlgorithm = "sha256" | "sha512";

const hexLength: Readonly<Record<DigestAlgorithm, number>> = { sha256: 64, sha512: 128 };

/**
 * The registered algorithms of image-spec descriptor.md: sha256 and sha512, lower-case hex of the right length.
 * Throws InputError naming the text.
 */
export function parseDigest(text: string): Digest {
  if (!isDigest(text)) {
    throw new InputError(`not a digest: ${JSON.stringify(text)}: expected sha256: and 64 hex digits`);
  }
  return text;
}

/** Whether the text is a digest that `parseDigest` takes. */
export function isDigest(text: string): text is Digest {
  const [algorithm, hex, ...rest] = text.split(":");
  if (rest.length > 0 || hex === undefined || !isAlgorithm(algorithm)) return false;
  return hex.length === hexLength[algorithm] && /^[0-9a-f]+$/.test(hex);
}

/** The digest of exactly these bytes. */
export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = "sha256"): Digest {
  return parseDigest(`${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`);
}

/** Whether the bytes have this digest, by its own algorithm. */
export function matchesDigest(bytes: Uint8Array, digest: Digest): boolean {
  return digestOf(bytes, algorithmOf(digest)) === digest;
}

function algorithmOf(digest: Digest): DigestAlgorithm {
  return digest.startsWith("sha512:") ? "sha512" : "sha256";
}

function isAlgorithm(text: string | undefined): text is DigestAlgorithm {
  return text === "sha256" || text === "sha512";
}

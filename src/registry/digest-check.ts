import { createHash } from "node:crypto";

import type { Descriptor } from "../oci/descriptor.ts";
import { type Digest, digestOf, matchesDigest } from "../oci/digest.ts";
import { RegistryError } from "./error.ts";
import type { Log } from "./sender.ts";

/** Bytes that their digest does not name: altered on the way, or wrong where they come from. */
class AlteredError extends RegistryError {}

/** Throws when the bytes are not those that the digest names. `what` names the content. */
export function requireDigest(bytes: Uint8Array, digest: Digest, what: string): void {
  if (matchesDigest(bytes, digest)) return;
  throw altered(what, digest, digestOf(bytes), bytes.length);
}

/** The same bytes. The last of them are held back until the digest is right, so that nobody gets all of a wrong body. */
export async function* checkedBody(
  body: AsyncIterable<Uint8Array>,
  { digest, size }: Pick<Descriptor, "digest" | "size">,
  what: string,
): AsyncGenerator<Uint8Array> {
  const algorithm = digest.startsWith("sha512:") ? "sha512" : "sha256";
  const hash = createHash(algorithm);
  let length = 0;
  let held: Uint8Array | undefined;
  for await (const chunk of body) {
    if (held !== undefined) yield held;
    hash.update(chunk);
    length += chunk.length;
    held = chunk;
  }
  const found = `${algorithm}:${hash.digest("hex")}`;
  if (found !== digest || length !== size) throw altered(what, `${digest} (${size} bytes)`, found, length);
  if (held !== undefined) yield held;
}

/** What came altered is asked for once more, in case that it was on the way. */
export async function orAgain<T>(log: Log, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AlteredError)) throw error;
    log.warning(`${error.message}; asking again`);
    return work();
  }
}

function altered(what: string, expected: string, found: string, size: number): AlteredError {
  return new AlteredError(`${what}: expected ${expected}, but the registry sent ${found} (${size} bytes)`);
}

import type { ContainerEngine } from "../buildkit/drivers/container.ts";
import { InputError } from "../errors.ts";
import { formatReference, parseReference } from "../oci/reference.ts";

/** One place from which an image may come. */
export interface ImageSource {
  /** What is pulled, and then run. */
  readonly reference: string;
  /** The digest that it is pinned to. */
  readonly digest?: string;
}

/** The registry that mirrors stand for. Another one is named only by who has a copy already. */
const mirrored = "docker.io";

/** `host[:port][/path]` of a mirror of Docker Hub. */
export function parseImageMirror(text: string): string {
  const prefix = text.replace(/\/+$/, "");
  const wrong = `${JSON.stringify(text)} is not a registry such as mirror.gcr.io or 127.0.0.1:5000`;
  const [host = ""] = prefix.split("/");
  if (!/[.:]/.test(host) && host !== "localhost") throw new InputError(wrong);
  try {
    const { registry, tag, digest } = parseReference(`${prefix}/image`);
    if (registry === host && tag === undefined && digest === undefined) return prefix;
  } catch (error) {
    throw new InputError(wrong, { cause: error });
  }
  throw new InputError(wrong);
}

/**
 * Where an image may come from, in the order in which it is tried: the mirrors, and then the registry that its name says.
 * What is pinned stays pinned to the same digest everywhere.
 */
export function imageSources(
  text: string,
  mirrors: readonly string[],
  engine: ContainerEngine,
): readonly ImageSource[] {
  const reference = parseReference(text);
  const { registry, repository, tag, digest } = reference;
  const pin = digest === undefined ? {} : { digest };
  const ending = digest === undefined ? `:${tag ?? "latest"}` : `@${digest}`;
  const copies = registry === mirrored ? mirrors.map((mirror) => `${mirror}/${repository}${ending}`) : [];
  // Podman takes no tag beside a digest; Docker does, and shows it in its lists.
  const original = engine === "docker" ? formatReference(reference) : `${registry}/${repository}${ending}`;
  return [...new Set([...copies, original])].map((reference) => ({ reference, ...pin }));
}

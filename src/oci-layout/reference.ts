import { InputError } from "../errors.ts";
import { isDigest } from "../oci/digest.ts";
import type { Reference } from "../oci/reference.ts";
import { isTag } from "../tags/spec.ts";

const scheme = "oci:";

/** Whether a text names an OCI layout, as skopeo and others write it. */
export function isLayoutText(text: string): boolean {
  return text.startsWith(scheme);
}

/** The layout's path as it was given; undefined for a reference to a registry. */
export function layoutPath({ registry, repository }: Reference): string | undefined {
  return repository === "" && registry.startsWith(scheme) ? registry.slice(scheme.length) : undefined;
}

/** `oci:PATH[:TAG][@DIGEST]`, the path of a folder, or of a tar archive where it ends in `.tar`. Throws InputError naming the text. */
export function parseLayoutReference(text: string): Reference {
  const [, place = "", digest] = /^oci:(.*?)(?:@([a-z0-9]+:[0-9a-f]+))?$/s.exec(text) ?? [];
  const colon = place.lastIndexOf(":");
  const tag = place.slice(colon + 1);
  // A colon before a slash belongs to the path.
  const path = colon === -1 || !isTag(tag) ? place : place.slice(0, colon);
  if (path === "")
    throw new InputError(`not an OCI layout: ${JSON.stringify(text)}: expected oci:PATH[:TAG]`);
  if (digest !== undefined && !isDigest(digest)) {
    throw new InputError(
      `not an OCI layout: ${JSON.stringify(text)}: ${JSON.stringify(digest)} is not a digest`,
    );
  }
  return {
    registry: `${scheme}${path}`,
    repository: "",
    ...(path === place ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

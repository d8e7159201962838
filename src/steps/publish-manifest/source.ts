import { isLayoutText, parseLayoutReference } from "../../oci-layout/reference.ts";
import { type Digest, isDigest } from "../../oci/digest.ts";
import { parseReference, type Reference } from "../../oci/reference.ts";

/** An image as a person names it: anywhere, or by its digest alone in the first repository of `image`. */
export type ImageSource =
  | { readonly kind: "reference"; readonly reference: Reference }
  | { readonly kind: "digest"; readonly digest: Digest };

/** A reference, a digest, or an OCI layout. Throws InputError naming the text. */
export function parseImageSource(text: string): ImageSource {
  if (isDigest(text)) return { kind: "digest", digest: text };
  if (isLayoutText(text)) return { kind: "reference", reference: parseLayoutReference(text) };
  const reference = parseReference(text);
  const isNamed = reference.tag !== undefined || reference.digest !== undefined;
  return { kind: "reference", reference: isNamed ? reference : { ...reference, tag: "latest" } };
}

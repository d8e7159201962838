/** The document types of image-spec media-types.md and their Docker equals (distribution manifest-v2-2). */
export const ociIndex = "application/vnd.oci.image.index.v1+json";
export const ociManifest = "application/vnd.oci.image.manifest.v1+json";
export const ociConfig = "application/vnd.oci.image.config.v1+json";
export const dockerManifestList = "application/vnd.docker.distribution.manifest.list.v2+json";
export const dockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
export const dockerConfig = "application/vnd.docker.container.image.v1+json";

/** What a manifest request accepts. All four: a registry converts, or answers 404, for a type left out. */
export const manifestMediaTypes: readonly string[] = [
  ociIndex,
  dockerManifestList,
  ociManifest,
  dockerManifest,
];

export function isIndexType(mediaType: string): boolean {
  return mediaType === ociIndex || mediaType === dockerManifestList;
}

export function isDockerType(mediaType: string): boolean {
  return mediaType === dockerManifest || mediaType === dockerManifestList;
}

/** Docker's first format: signed JSON with no digestable config, refused by name. */
export function isSchema1Type(mediaType: string): boolean {
  return /^application\/vnd\.docker\.distribution\.manifest\.v1\+(?:json|prettyjws)$/.test(mediaType);
}

/** A Content-Type header without its parameters: lower case, "" for an empty or malformed header (RFC 9110, 8.3.1). */
export function parseContentType(header: string): string {
  const [type = "", ...parameters] = header.split(";");
  const mediaType = type.trim().toLowerCase();
  const wellFormed = parameters.every((parameter) =>
    /^\s*(?:[\w!#$%&'*+.^`|~-]+=(?:[\w!#$%&'*+.^`|~-]+|"(?:[^"\\]|\\.)*")\s*)?$/.test(parameter),
  );
  return wellFormed && /^[\w!#$&^.+-]+(?:\/[\w!#$&^.+-]+)?$/.test(mediaType) ? mediaType : "";
}

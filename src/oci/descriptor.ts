import { WorkError } from "../errors.ts";
import { type Digest, isDigest } from "./digest.ts";
import { type JsonObject, isJsonObject, stringMap } from "./json.ts";
import type { Platform } from "./platform.ts";

/** A content descriptor of image-spec descriptor.md. `size` is in bytes. `urls` and `data` are never followed, so not kept. */
export type Descriptor = {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly platform?: Platform;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
};

/** A descriptor out of parsed JSON. Throws WorkError naming `where` and the field that is wrong. */
export function parseDescriptor(value: unknown, where: string): Descriptor {
  if (!isJsonObject(value)) throw new WorkError(`${where}: a descriptor must be an object`);
  const { mediaType, digest, size, artifactType } = value;
  if (typeof mediaType !== "string" || !/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(mediaType)) {
    throw new WorkError(`${where}: mediaType ${JSON.stringify(mediaType)} is not a media type`);
  }
  if (typeof digest !== "string" || !isDigest(digest)) {
    throw new WorkError(`${where}: digest ${JSON.stringify(digest)} is not a sha256 or sha512 digest`);
  }
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
    throw new WorkError(`${where}: size ${JSON.stringify(size)} is not a number of bytes`);
  }
  const annotations = stringMap(value["annotations"], `${where}: annotations`);
  return {
    mediaType,
    digest,
    size,
    ...(value["platform"] === undefined || value["platform"] === null
      ? {}
      : { platform: readPlatform(value["platform"], where) }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(typeof artifactType === "string" && artifactType !== "" ? { artifactType } : {}),
  };
}

/** Whether the entry is BuildKit's attestation manifest: provenance or SBOM about another entry of the same index. */
export function isAttestation(descriptor: Descriptor): boolean {
  return descriptor.annotations?.["vnd.docker.reference.type"] === "attestation-manifest";
}

/** The digest of the image that an attestation speaks about, if it says so. */
export function attestationSubject(descriptor: Descriptor): Digest | undefined {
  const digest = descriptor.annotations?.["vnd.docker.reference.digest"];
  return isAttestation(descriptor) && digest !== undefined && isDigest(digest) ? digest : undefined;
}

/** `platform` of a descriptor or the same fields of an image config; strings are kept as they are. */
export function readPlatform(value: unknown, where: string): Platform {
  if (!isJsonObject(value)) throw new WorkError(`${where}: platform must be an object`);
  const text = (field: string): string => {
    const found = value[field] ?? "";
    if (typeof found !== "string") throw new WorkError(`${where}: platform ${field} must be a string`);
    return found;
  };
  const [variant, version] = [text("variant"), text("os.version")];
  const features = readFeatures(value, where);
  return {
    os: text("os"),
    architecture: text("architecture"),
    ...(variant === "" ? {} : { variant }),
    ...(version === "" ? {} : { "os.version": version }),
    ...(features.length === 0 ? {} : { "os.features": features }),
  };
}

function readFeatures(value: JsonObject, where: string): readonly string[] {
  const features = value["os.features"] ?? [];
  if (!Array.isArray(features) || !features.every((feature) => typeof feature === "string")) {
    throw new WorkError(`${where}: platform os.features must be a list of strings`);
  }
  return features;
}

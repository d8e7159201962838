import { WorkError } from "../errors.ts";
import { type Descriptor, parseDescriptor } from "./descriptor.ts";
import { isJsonObject, type JsonObject, parseJsonObject, stringMap } from "./json.ts";
import * as mediaTypes from "./media-type.ts";

/** What all platforms of one tag are listed in (image-spec image-index.md), or Docker's manifest list. */
export type ImageIndex = {
  readonly kind: "index";
  readonly mediaType: string;
  readonly manifests: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
  readonly subject?: Descriptor;
};

/** One platform's image (image-spec manifest.md), or Docker's image manifest v2 schema 2. */
export type ImageManifest = {
  readonly kind: "manifest";
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
  readonly subject?: Descriptor;
};

/**
 * The document in these bytes. `contentType` is what the registry called it: it must agree with the body. Throws
 * WorkError, naming `what`, for schema 1, unknown types, and bodies that could be read as either kind (CVE-2021-41190).
 */
export function parseManifest(bytes: Uint8Array, what: string, contentType = ""): ImageIndex | ImageManifest {
  const body = parseJsonObject(bytes, what);
  const mediaType = mediaTypeOf(body, what, mediaTypes.parseContentType(contentType));
  const common = {
    mediaType,
    ...optional("annotations", stringMap(body["annotations"], `${what}: annotations`)),
    ...optional("artifactType", typeof body["artifactType"] === "string" ? body["artifactType"] : undefined),
    ...optional(
      "subject",
      body["subject"] === undefined || body["subject"] === null
        ? undefined
        : parseDescriptor(body["subject"], `${what}: subject`),
    ),
  };
  if (mediaTypes.isIndexType(mediaType)) {
    return { kind: "index", ...common, manifests: descriptors(body, "manifests", what) };
  }
  return {
    kind: "manifest",
    ...common,
    config: parseDescriptor(body["config"], `${what}: config`),
    layers: descriptors(body, "layers", what),
  };
}

function mediaTypeOf(body: JsonObject, what: string, header: string): string {
  const declared = body["mediaType"];
  if (
    body["schemaVersion"] === 1 ||
    mediaTypes.isSchema1Type(header) ||
    (typeof declared === "string" && mediaTypes.isSchema1Type(declared))
  ) {
    throw new WorkError(`${what} is a Docker schema 1 manifest, which no current tool builds`, {
      fix: "build and push the image again",
    });
  }
  if (body["schemaVersion"] !== 2) throw new WorkError(`${what}: schemaVersion must be 2`);
  if (declared !== undefined && typeof declared !== "string") {
    throw new WorkError(`${what}: mediaType must be a string`);
  }
  const known = isKnown(header) ? header : "";
  // A proxy or a file server may call everything text or binary; then the body decides.
  if (known === "" && !["", "text/plain", "application/json", "application/octet-stream"].includes(header)) {
    throw new WorkError(
      `${what} has the type ${JSON.stringify(header)}, which is no manifest or image index`,
    );
  }
  if (declared !== undefined && declared !== "" && !isKnown(declared)) {
    throw new WorkError(
      `${what} has the type ${JSON.stringify(declared)}, which is no manifest or image index`,
    );
  }
  if (known !== "" && declared !== undefined && declared !== "" && declared !== known) {
    throw new WorkError(`${what}: the registry calls it ${known}, but the document calls itself ${declared}`);
  }
  const mediaType = known !== "" ? known : declared || guess(body);
  const holds = (field: string) => body[field] !== undefined && body[field] !== null;
  const contradicts = mediaTypes.isIndexType(mediaType)
    ? ["config", "layers", "fsLayers"].filter(holds)
    : ["manifests", "fsLayers"].filter(holds);
  if (contradicts.length > 0) {
    throw new WorkError(`${what} is a ${mediaType} and yet holds ${contradicts.join(" and ")}`);
  }
  return mediaType;
}

function isKnown(mediaType: string): boolean {
  return mediaTypes.manifestMediaTypes.includes(mediaType);
}

/** OCI documents may leave mediaType out. Docker's may not, but some do; those tell by their config. */
function guess(body: JsonObject): string {
  if (body["manifests"] !== undefined) return mediaTypes.ociIndex;
  const { config } = body;
  const isDocker = isJsonObject(config) && config["mediaType"] === mediaTypes.dockerConfig;
  return isDocker ? mediaTypes.dockerManifest : mediaTypes.ociManifest;
}

function descriptors(body: JsonObject, field: "manifests" | "layers", what: string): readonly Descriptor[] {
  const list = body[field];
  if (!Array.isArray(list)) throw new WorkError(`${what}: ${field} must be a list`);
  return list.map((item, position) => parseDescriptor(item, `${what}: ${field}[${position}]`));
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: V });
}

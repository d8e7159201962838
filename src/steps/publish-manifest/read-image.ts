import { WorkError } from "../../errors.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { isAttestation } from "../../oci/descriptor.ts";
import type { Digest } from "../../oci/digest.ts";
import { type ImageConfig, parseImageConfig } from "../../oci/image-config.ts";
import type { ImageIndex, ImageManifest } from "../../oci/manifest.ts";
import { isIndexType, manifestMediaTypes } from "../../oci/media-type.ts";
import { formatPlatform, normalizePlatform, type Platform, samePlatform } from "../../oci/platform.ts";
import { formatReference, type Reference, withTarget } from "../../oci/reference.ts";
import type { FetchedManifest } from "../../registry/client.ts";
import type { GivenImage, PublishClient } from "./given.ts";

/** An image or an attestation that the index is to list, and where it can be copied from. */
export interface Child {
  /** With the platform that the image's config names. */
  readonly descriptor: Descriptor;
  readonly home: Reference;
  readonly fetched?: FetchedManifest;
  /** Bytes that a pull of this image downloads, where that is known. */
  readonly imageSize?: number;
  /** Of the source, as a label or an annotation of the image names it. */
  readonly revision?: string;
  /** It is for arm, and nobody said which. */
  readonly lacksVariant?: boolean;
}

/** What was found under one name. */
export interface FoundImages {
  readonly images: readonly Child[];
  readonly attestations: readonly Child[];
  /** Entries of an index that are neither. */
  readonly strays: readonly Descriptor[];
}

const revisionKey = "org.opencontainers.image.revision";

/** The image, or what it lists when it is an index: an image with attestations, or several images. */
export async function readImage(given: GivenImage, client: PublishClient): Promise<FoundImages> {
  const { built, reference } = given;
  if (built?.configDigest !== undefined && !isIndexType(built.mediaType)) {
    const { digest, mediaType, size } = built;
    return onlyImage(await readBuilt(given, { mediaType, digest, size }, built.configDigest, client));
  }
  const fetched = given.fetched ?? (await client.getManifest(reference));
  const home = withTarget(reference);
  const { manifest } = fetched;
  const named = { ...fetched.descriptor, annotations: given.annotations ?? {} };
  if (isAttestation(named))
    return { images: [], attestations: [{ descriptor: named, home, fetched }], strays: [] };
  if (manifest.kind === "manifest") return onlyImage(await readChild(given, fetched, manifest, client));
  const readable = manifest.manifests.filter(
    (entry) => !isAttestation(entry) && isFor(entry.platform) && manifestMediaTypes.includes(entry.mediaType),
  );
  const attestations = manifest.manifests.filter(isAttestation);
  return {
    images: await Promise.all(readable.map((entry) => readEntry(entry, given, manifest, client))),
    attestations: attestations.map((descriptor) => ({ descriptor, home })),
    strays: manifest.manifests.filter((entry) => !readable.includes(entry) && !attestations.includes(entry)),
  };
}

function isFor(platform: Platform | undefined): boolean {
  return platform === undefined || platform.os !== "unknown" || platform.architecture !== "unknown";
}

/** What was said of an index of one image is said of the image. */
async function readEntry(
  entry: Descriptor,
  given: GivenImage,
  index: ImageIndex,
  client: PublishClient,
): Promise<Child> {
  const { built, reference } = given;
  const images = index.manifests.filter((candidate) => !isAttestation(candidate));
  const platform = given.platform ?? entry.platform;
  const annotations = { ...entry.annotations, ...given.annotations };
  const nested: GivenImage = {
    reference: withTarget(reference, { digest: entry.digest }),
    ...(platform === undefined ? {} : { platform }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
  if (built?.configDigest !== undefined && images.length === 1 && !isIndexType(entry.mediaType)) {
    const { digest, mediaType, size } = entry;
    return readBuilt(nested, { mediaType, digest, size }, built.configDigest, client);
  }
  const fetched = await client.getManifest(nested.reference);
  if (fetched.manifest.kind === "manifest") return readChild(nested, fetched, fetched.manifest, client);
  throw new WorkError(
    `${formatReference(reference)} lists ${entry.digest}, which is an image index again: nobody reads that deep`,
    { fix: "name the inner index as a source" },
  );
}

/**
 * BuildKit has just pushed this image, and the registry took it; what it was told the digests of is not read again. What the
 * image is for is still up to its config.
 */
async function readBuilt(
  given: GivenImage,
  descriptor: Descriptor,
  configDigest: Digest,
  client: PublishClient,
): Promise<Child> {
  const config = await readConfig(given.reference, configDigest, client);
  return describeChild(given, descriptor, config, config.labels[revisionKey]);
}

async function readChild(
  given: GivenImage,
  fetched: FetchedManifest,
  manifest: ImageManifest,
  client: PublishClient,
): Promise<Child> {
  const { annotations = {}, config: configDescriptor, layers } = manifest;
  const config = await readConfig(given.reference, configDescriptor.digest, client);
  const revision = config.labels[revisionKey] ?? annotations[revisionKey];
  const sizes = [fetched.descriptor, configDescriptor, ...layers].map(({ size }) => size);
  return {
    ...describeChild(given, fetched.descriptor, config, revision),
    fetched,
    imageSize: sizes.reduce((sum, size) => sum + size, 0),
  };
}

async function readConfig(reference: Reference, digest: Digest, client: PublishClient): Promise<ImageConfig> {
  const bytes = await client.getBlob(withTarget(reference), digest);
  return parseImageConfig(bytes, `the config of ${formatReference(reference)}`);
}

function describeChild(
  given: GivenImage,
  descriptor: Descriptor,
  config: ImageConfig,
  revision: string | undefined,
): Child {
  const { annotations, reference } = given;
  return {
    descriptor: {
      ...descriptor,
      ...(annotations === undefined ? {} : { annotations }),
      platform: platformOf(given, config),
    },
    home: withTarget(reference),
    ...(revision === undefined ? {} : { revision }),
    ...(config.lacksVariant && given.platform?.variant === undefined ? { lacksVariant: true } : {}),
  };
}

/** What the config says; what it leaves open is as it was said. Throws WorkError where the two differ. */
function platformOf({ platform: said, reference }: GivenImage, config: ImageConfig): Platform {
  const name = formatReference(reference);
  const { lacksVariant, platform: found } = config;
  if (found === undefined) {
    if (said !== undefined) return normalizePlatform(said);
    throw new WorkError(`the config of ${name} does not say for which platform it is`, {
      fix: "give its descriptor, with the platform",
    });
  }
  if (said === undefined) return found;
  const full = lacksVariant && said.variant !== undefined ? { ...found, variant: said.variant } : found;
  if (agrees(said, full)) return normalizePlatform(full);
  throw new WorkError(
    `${name} was to be for ${formatPlatform(said)}, but its config says ${formatPlatform(found)}; nothing was tagged`,
    { fix: "check the Dockerfile's FROM --platform, or build this platform again" },
  );
}

/** Whether a platform is what was asked for; versions and features of the system only count where they were named. */
export function agrees(asked: Platform, found: Platform): boolean {
  const { "os.features": features, "os.version": version, ...rest } = found;
  const compared = {
    ...rest,
    ...(asked["os.version"] === undefined || version === undefined ? {} : { "os.version": version }),
    ...(asked["os.features"] === undefined || features === undefined ? {} : { "os.features": features }),
  };
  return samePlatform(asked, compared);
}

function onlyImage(image: Child): FoundImages {
  return { images: [image], attestations: [], strays: [] };
}

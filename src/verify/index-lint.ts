import { type Descriptor, isAttestation } from "../oci/descriptor.ts";
import { isDockerType } from "../oci/media-type.ts";
import { comparePlatforms, formatPlatform, normalizePlatform, type Platform } from "../oci/platform.ts";

/** An image of an index to be, and what its config told. */
export interface LintedImage {
  readonly descriptor: Descriptor;
  /** It is for arm, and nobody said which. */
  readonly lacksVariant: boolean;
}

/** What makes readers of an index pick the wrong image, or none; one sentence each. */
export function lintIndex(index: {
  /** In the order of the index. */
  readonly images: readonly LintedImage[];
  readonly attestations: readonly Descriptor[];
  /** Entries that are for no platform and about no image. */
  readonly strays: readonly Descriptor[];
}): readonly string[] {
  const { attestations, images, strays } = index;
  const descriptors = images.map(({ descriptor }) => descriptor);
  return [
    ...sharedPlatforms(descriptors),
    ...images
      .filter(({ lacksVariant }) => lacksVariant)
      .map(
        ({ descriptor }) =>
          `${descriptor.digest} is for arm without a variant: readers take it for v7, so an ARMv6 machine passes over it`,
      ),
    ...mixedMediaTypes(descriptors),
    ...strays.map(
      ({ digest, platform }) =>
        `${digest} is for ${platform === undefined ? "no platform" : textOf(platform)} and about no image: it is left out`,
    ),
    ...orphans(attestations, descriptors),
    ...hiddenImages(descriptors),
  ];
}

function sharedPlatforms(images: readonly Descriptor[]): readonly string[] {
  const owners = new Map<string, Descriptor>();
  const places = new Map<string, Descriptor>();
  return images.flatMap((image) => {
    const platform = textOf(image.platform);
    const [owner, place] = [owners.get(platform), places.get(image.digest)];
    owners.set(platform, image);
    places.set(image.digest, image);
    if (place !== undefined && textOf(place.platform) !== platform) {
      return [`${image.digest} stands under two platforms: ${textOf(place.platform)} and ${platform}`];
    }
    return owner === undefined || owner.digest === image.digest
      ? []
      : [`two images are for ${platform}: ${owner.digest} and ${image.digest}`];
  });
}

function mixedMediaTypes(images: readonly Descriptor[]): readonly string[] {
  const docker = images.find(({ mediaType }) => isDockerType(mediaType));
  const oci = images.find(({ mediaType }) => !isDockerType(mediaType));
  return docker === undefined || oci === undefined
    ? []
    : [
        `the images have different formats, which some readers refuse: ${textOf(docker.platform)} is Docker's ` +
          `(${docker.mediaType}), ${textOf(oci.platform)} is OCI's (${oci.mediaType})`,
      ];
}

function orphans(attestations: readonly Descriptor[], images: readonly Descriptor[]): readonly string[] {
  return attestations.filter(isAttestation).flatMap(({ annotations, digest }) => {
    const subject = annotations?.["vnd.docker.reference.digest"];
    return images.some((image) => image.digest === subject)
      ? []
      : [`the attestation ${digest} is about ${subject ?? "nothing"}, which is not in the index`];
  });
}

/** Readers that take the first image that runs never come to a better one behind it (moby#37647). */
function hiddenImages(images: readonly Descriptor[]): readonly string[] {
  return images.flatMap(({ platform }, position) => {
    const hides = images.slice(0, position).find((before) => isBroader(before.platform, platform));
    return hides === undefined
      ? []
      : [
          `${textOf(hides.platform)} stands before ${textOf(platform)}: readers that take the first match never get to it`,
        ];
  });
}

function isBroader(one: Platform | undefined, other: Platform | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  const [a, b] = [normalizePlatform(one), normalizePlatform(other)];
  const isSameKind =
    a.os === b.os && a.architecture === b.architecture && a["os.version"] === b["os.version"];
  return isSameKind && a.variant !== b.variant && comparePlatforms(a, b) > 0;
}

function textOf(platform: Platform | undefined): string {
  return platform === undefined ? "no platform" : formatPlatform(normalizePlatform(platform));
}

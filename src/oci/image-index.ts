import { WorkError } from "../errors.ts";
import { attestationSubject, type Descriptor, isAttestation } from "./descriptor.ts";
import { type Digest, digestOf } from "./digest.ts";
import { type JsonValue, marshalIndent } from "./json.ts";
import { dockerManifestList, isDockerType, isIndexType, ociIndex } from "./media-type.ts";
import { comparePlatforms, formatPlatform, normalizePlatform, type Platform } from "./platform.ts";

export type IndexFormat = "auto" | "oci" | "docker";

export type IndexPlan = {
  /** Images, each with its platform, and the attestations about them, in any order. */
  readonly children: readonly Descriptor[];
  /** `auto` is OCI, unless every child is Docker's and nothing needs an OCI field. */
  readonly format?: IndexFormat;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Wanted order of platforms; those not named follow in canonical order. */
  readonly order?: readonly Platform[];
};

/** The exact bytes to push, and what names them. */
export type BuiltIndex = {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  readonly mediaType: string;
  readonly size: number;
  readonly manifests: readonly Descriptor[];
};

/**
 * The image index (image-spec image-index.md) over these children: the same children always make the same bytes.
 * Throws WorkError when there is none, when two claim one platform, or when an attestation speaks of no child.
 */
export function buildIndex(plan: IndexPlan): BuiltIndex {
  const children = withoutRepeats(plan.children);
  const images = children.filter((child) => !isAttestation(child)).map(withPlatform);
  if (images.length === 0) throw new WorkError("an image index needs at least one image");
  refuseSharedPlatforms(images);
  const ordered = images.toSorted(orderOf(plan.order ?? []));
  const manifests = [...ordered, ...attestationsOf(children, ordered)];
  const annotations = plan.annotations ?? {};
  const mediaType = mediaTypeFor(plan.format ?? "auto", manifests, annotations);
  const bytes = new TextEncoder().encode(
    marshalIndent({
      schemaVersion: 2,
      mediaType,
      manifests: manifests.map(describe),
      annotations: annotationMap(annotations),
    }),
  );
  return { bytes, digest: digestOf(bytes), mediaType, size: bytes.length, manifests };
}

function withoutRepeats(children: readonly Descriptor[]): readonly Descriptor[] {
  const kept = new Map<string, Descriptor>();
  for (const child of children) {
    const before = kept.get(child.digest);
    if (before === undefined) kept.set(child.digest, child);
    else if (platformText(before) !== platformText(child)) {
      throw new WorkError(
        `${child.digest} stands under two platforms: ${platformText(before)} and ${platformText(child)}`,
      );
    }
  }
  return [...kept.values()];
}

function withPlatform(image: Descriptor): Descriptor & { readonly platform: Platform } {
  if (isIndexType(image.mediaType)) {
    throw new WorkError(`${image.digest} is itself an image index: list its manifests instead`);
  }
  if (image.platform === undefined || image.platform.os === "" || image.platform.architecture === "") {
    throw new WorkError(`${image.digest} has no platform: its config names no os or architecture`);
  }
  return { ...image, platform: normalizePlatform(image.platform) };
}

function refuseSharedPlatforms(images: readonly Descriptor[]): void {
  const owners = new Map<string, Digest>();
  for (const image of images) {
    const platform = platformText(image);
    const owner = owners.get(platform);
    if (owner !== undefined) {
      throw new WorkError(`two images are for ${platform}: ${owner} and ${image.digest}`, {
        fix: "give one image per platform",
      });
    }
    owners.set(platform, image.digest);
  }
}

function orderOf(order: readonly Platform[]): (a: Descriptor, b: Descriptor) => number {
  const wanted = order.map((platform) => formatPlatform(normalizePlatform(platform)));
  const position = (child: Descriptor): number => {
    const found = wanted.indexOf(platformText(child));
    return found === -1 ? wanted.length : found;
  };
  return (a, b) =>
    position(a) - position(b) ||
    (a.platform === undefined || b.platform === undefined ? 0 : comparePlatforms(a.platform, b.platform));
}

/** After all images, in the order of what they speak about, because old readers stop at the first match. */
function attestationsOf(
  children: readonly Descriptor[],
  images: readonly Descriptor[],
): readonly Descriptor[] {
  const attestations = children.filter(isAttestation);
  const position = (attestation: Descriptor): number => {
    const subject = attestationSubject(attestation);
    return images.findIndex((image) => image.digest === subject);
  };
  for (const attestation of attestations) {
    if (position(attestation) === -1) {
      const subject = attestation.annotations?.["vnd.docker.reference.digest"] ?? "nothing";
      throw new WorkError(
        `attestation ${attestation.digest} is about ${subject}, which is not in this index`,
      );
    }
  }
  return attestations
    .map((attestation) => ({ ...attestation, platform: { os: "unknown", architecture: "unknown" } }))
    .toSorted((a, b) => position(a) - position(b) || (a.digest < b.digest ? -1 : 1));
}

function mediaTypeFor(
  format: IndexFormat,
  manifests: readonly Descriptor[],
  annotations: Readonly<Record<string, string>>,
): string {
  const obstacle = dockerObstacle(manifests, annotations);
  if (format === "oci" || (format === "auto" && obstacle !== undefined)) return ociIndex;
  if (obstacle !== undefined) throw new WorkError(`a Docker manifest list cannot hold ${obstacle}`);
  return dockerManifestList;
}

/** What stands in the way of Docker's manifest list, which has no fields for it and would lose it in silence. */
function dockerObstacle(
  manifests: readonly Descriptor[],
  annotations: Readonly<Record<string, string>>,
): string | undefined {
  if (Object.keys(annotations).length > 0) return "annotations";
  if (manifests.some(isAttestation)) return "attestations";
  const foreign = manifests.find((child) => !isDockerType(child.mediaType));
  if (foreign !== undefined) return `${foreign.mediaType} (${foreign.digest})`;
  const annotated = manifests.find((child) => Object.keys(child.annotations ?? {}).length > 0);
  return annotated === undefined ? undefined : `annotations of ${annotated.digest}`;
}

/** Go's field order of `specs-go/v1` Descriptor and Platform. */
function describe(child: Descriptor): JsonValue {
  const { platform } = child;
  return {
    mediaType: child.mediaType,
    digest: child.digest,
    size: child.size,
    annotations: annotationMap(child.annotations ?? {}),
    platform: platform && {
      architecture: platform.architecture,
      os: platform.os,
      "os.version": platform["os.version"],
      "os.features": platform["os.features"],
      variant: platform.variant,
    },
    artifactType: child.artifactType,
  };
}

function annotationMap(annotations: Readonly<Record<string, string>>): JsonValue | undefined {
  const entries = Object.entries(annotations);
  return entries.length === 0 ? undefined : new Map(entries);
}

function platformText(child: Descriptor): string {
  return child.platform === undefined ? "no platform" : formatPlatform(normalizePlatform(child.platform));
}

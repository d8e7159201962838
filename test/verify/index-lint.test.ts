import { describe, expect, it } from "vitest";
import type { Descriptor } from "../../src/oci/descriptor.ts";
import { parseDigest } from "../../src/oci/digest.ts";
import { dockerManifest, ociManifest } from "../../src/oci/media-type.ts";
import { parsePlatform } from "../../src/oci/platform.ts";
import { lintIndex } from "../../src/verify/index-lint.ts";

const digest = (letter: string) => parseDigest(`sha256:${letter.repeat(64)}`);

const entry = (platform: string, letter: string, more: Partial<Descriptor> = {}): Descriptor => ({
  mediaType: ociManifest,
  digest: digest(letter),
  size: 7,
  platform: parsePlatform(platform),
  ...more,
});

const about = (subject: string | undefined): Descriptor => ({
  mediaType: ociManifest,
  digest: digest("f"),
  size: 7,
  annotations: {
    "vnd.docker.reference.type": "attestation-manifest",
    ...(subject === undefined ? {} : { "vnd.docker.reference.digest": subject }),
  },
});

const lint = (images: readonly Descriptor[], more: Partial<Parameters<typeof lintIndex>[0]> = {}) =>
  lintIndex({
    images: images.map((descriptor) => ({ descriptor, lacksVariant: false })),
    attestations: [],
    strays: [],
    ...more,
  });

describe("lintIndex", () => {
  it("finds nothing wrong with a usual index", () => {
    const images = ["linux/amd64", "linux/arm/v7", "linux/arm/v6", "linux/arm64", "windows/amd64"].map(
      (platform, index) => entry(platform, "abcde"[index] ?? ""),
    );
    expect(lint(images, { attestations: [about(digest("a"))] })).toEqual([]);
  });

  it.each([
    {
      name: "two images for one platform",
      images: [entry("linux/arm64", "a"), entry("linux/arm64/v8", "b")],
      says: [`two images are for linux/arm64: ${digest("a")} and ${digest("b")}`],
    },
    {
      name: "one image under two platforms",
      images: [entry("linux/amd64", "a"), entry("linux/arm64", "a")],
      says: [`${digest("a")} stands under two platforms: linux/amd64 and linux/arm64`],
    },
    {
      name: "formats that are mixed",
      images: [entry("linux/amd64", "a"), entry("linux/arm64", "b", { mediaType: dockerManifest })],
      says: [
        "the images have different formats, which some readers refuse: " +
          `linux/arm64 is Docker's (${dockerManifest}), linux/amd64 is OCI's (${ociManifest})`,
      ],
    },
    {
      name: "a broader platform before a narrower one",
      images: [entry("linux/amd64", "a"), entry("linux/amd64/v3", "b")],
      says: ["linux/amd64 stands before linux/amd64/v3: readers that take the first match never get to it"],
    },
  ])("finds $name", ({ images, says }) => {
    expect(lint(images)).toEqual(says);
  });

  it("finds arm that does not say which", () => {
    const images = [{ descriptor: entry("linux/arm", "a"), lacksVariant: true }];
    expect(lint([], { images })).toEqual([
      `${digest("a")} is for arm without a variant: readers take it for v7, so an ARMv6 machine passes over it`,
    ]);
  });

  it.each([
    { subject: digest("e"), says: digest("e") },
    { subject: undefined, says: "nothing" },
  ])("finds an attestation about $says", ({ says, subject }) => {
    expect(lint([entry("linux/amd64", "a")], { attestations: [about(subject)] })).toEqual([
      `the attestation ${digest("f")} is about ${says}, which is not in the index`,
    ]);
  });

  it("finds entries that are for nothing", () => {
    const { platform: _, ...nameless } = entry("linux/amd64", "b");
    const unknown = entry("linux/amd64", "a", { platform: { os: "unknown", architecture: "unknown" } });
    expect(lint([], { strays: [unknown, nameless] })).toEqual([
      `${digest("a")} is for unknown/unknown and about no image: it is left out`,
      `${digest("b")} is for no platform and about no image: it is left out`,
    ]);
  });
});

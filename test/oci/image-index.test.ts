import { describe, expect, it } from "vitest";

import type { Descriptor } from "../../src/oci/descriptor.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { buildIndex } from "../../src/oci/image-index.ts";
import { marshalIndent } from "../../src/oci/json.ts";
import { parseManifest } from "../../src/oci/manifest.ts";
import { dockerManifest, dockerManifestList, ociIndex, ociManifest } from "../../src/oci/media-type.ts";
import { formatPlatform, parsePlatform } from "../../src/oci/platform.ts";

const image = (platform: string, more: Partial<Descriptor> = {}): Descriptor => ({
  mediaType: ociManifest,
  digest: digestOf(new TextEncoder().encode(platform)),
  size: 1234,
  platform: parsePlatform(platform),
  ...more,
});

const attestation = (subject: Descriptor): Descriptor => ({
  mediaType: ociManifest,
  digest: digestOf(new TextEncoder().encode(`about ${subject.digest}`)),
  size: 566,
  annotations: {
    "vnd.docker.reference.type": "attestation-manifest",
    "vnd.docker.reference.digest": subject.digest,
  },
});

const platforms = (children: readonly Descriptor[]): readonly string[] =>
  children.map(({ platform }) => (platform === undefined ? "" : formatPlatform(platform)));

describe("image index", () => {
  it("has the layout of Go's json.MarshalIndent", () => {
    const child = image("linux/arm/v7");
    const index = buildIndex({
      children: [child, attestation(child)],
      annotations: { z: "<&>", a: "\u2028" },
    });
    expect(new TextDecoder().decode(index.bytes)).toBe(`{
  "schemaVersion": 2,
  "mediaType": "application/vnd.oci.image.index.v1+json",
  "manifests": [
    {
      "mediaType": "application/vnd.oci.image.manifest.v1+json",
      "digest": "${child.digest}",
      "size": 1234,
      "platform": {
        "architecture": "arm",
        "os": "linux",
        "variant": "v7"
      }
    },
    {
      "mediaType": "application/vnd.oci.image.manifest.v1+json",
      "digest": "${attestation(child).digest}",
      "size": 566,
      "annotations": {
        "vnd.docker.reference.digest": "${child.digest}",
        "vnd.docker.reference.type": "attestation-manifest"
      },
      "platform": {
        "architecture": "unknown",
        "os": "unknown"
      }
    }
  ],
  "annotations": {
    "a": "\\u2028",
    "z": "\\u003c\\u0026\\u003e"
  }
}`);
    expect(index.size).toBe(index.bytes.length);
    expect(index.digest).toBe(digestOf(index.bytes));
  });

  it("is the same for the same children in any order", () => {
    const images = ["linux/amd64", "linux/arm64", "linux/arm/v7", "linux/arm/v6"].map((text) => image(text));
    const children = [...images, ...images.map((child) => attestation(child))];
    const first = buildIndex({ children });
    expect(buildIndex({ children: children.toReversed() }).digest).toBe(first.digest);
    expect(platforms(first.manifests)).toEqual([
      "linux/amd64",
      "linux/arm/v7",
      "linux/arm/v6",
      "linux/arm64",
      ...Array.from({ length: 4 }, () => "unknown/unknown"),
    ]);
    expect(first.manifests[5]?.annotations?.["vnd.docker.reference.digest"]).toBe(first.manifests[1]?.digest);
  });

  it("follows the order asked for, the rest after it", () => {
    const children = ["linux/amd64", "linux/arm64", "linux/s390x", "linux/386"].map((text) => image(text));
    const order = [parsePlatform("linux/s390x"), parsePlatform("linux/arm64/v8")];
    expect(platforms(buildIndex({ children, order }).manifests)).toEqual([
      "linux/s390x",
      "linux/arm64",
      "linux/386",
      "linux/amd64",
    ]);
  });

  it("reads back as what it is", () => {
    const child = image("windows(10.0.20348.1)/amd64", { annotations: { "10": "b", "9": "a" } });
    const { bytes, mediaType } = buildIndex({ children: [child] });
    expect(parseManifest(bytes, "it")).toEqual({ kind: "index", mediaType, manifests: [child] });
    expect(new TextDecoder().decode(bytes)).toMatch(/"10": "b",\s+"9": "a"/);
  });

  it("keeps one entry of a child given twice", () => {
    const child = image("linux/amd64");
    expect(buildIndex({ children: [child, child] }).manifests).toHaveLength(1);
  });

  it("stores arm64 without its default variant", () => {
    const [child] = buildIndex({ children: [image("linux/arm64/v8")] }).manifests;
    expect(child?.platform).toEqual({ os: "linux", architecture: "arm64" });
  });

  const amd64 = image("linux/amd64");
  const other = image("linux/amd64/v1", { digest: digestOf(new Uint8Array()) });
  const { platform: _, ...homeless } = amd64;
  it.each([
    { name: "no child", children: [], why: "at least one image" },
    { name: "only an attestation", children: [attestation(amd64)], why: "at least one image" },
    {
      name: "one platform twice",
      children: [amd64, other],
      why: `two images are for linux/amd64: ${amd64.digest} and ${other.digest}`,
    },
    {
      name: "one digest under two platforms",
      children: [amd64, { ...amd64, platform: parsePlatform("linux/386") }],
      why: "linux/amd64 and linux/386",
    },
    { name: "no platform", children: [homeless], why: "has no platform" },
    { name: "a nested index", children: [{ ...amd64, mediaType: ociIndex }], why: "itself an image index" },
    {
      name: "an attestation about another image",
      children: [amd64, attestation(image("linux/386"))],
      why: "which is not in this index",
    },
  ])("refuses $name", ({ children, why }) => {
    expect(() => buildIndex({ children })).toThrow(why);
  });
});

describe("index format", () => {
  const docker = image("linux/amd64", { mediaType: dockerManifest });
  const oci = image("linux/arm64");

  it.each([
    { name: "Docker children", children: [docker], format: "auto", mediaType: dockerManifestList },
    { name: "mixed children", children: [docker, oci], format: "auto", mediaType: ociIndex },
    { name: "Docker children as OCI", children: [docker], format: "oci", mediaType: ociIndex },
  ] as const)("$name: $mediaType", ({ children, format, mediaType }) => {
    expect(buildIndex({ children, format }).mediaType).toBe(mediaType);
  });

  it("is OCI when a Docker list would lose something", () => {
    expect(buildIndex({ children: [docker], annotations: { a: "b" } }).mediaType).toBe(ociIndex);
    expect(buildIndex({ children: [docker, attestation(docker)] }).mediaType).toBe(ociIndex);
  });

  it.each([
    { name: "annotations", children: [docker], annotations: { a: "b" }, why: "annotations" },
    { name: "attestations", children: [docker, attestation(docker)], annotations: {}, why: "attestations" },
    { name: "OCI children", children: [oci], annotations: {}, why: oci.digest },
  ])("Docker's refuses $name", ({ children, annotations, why }) => {
    expect(() => buildIndex({ children, annotations, format: "docker" })).toThrow(why);
  });
});

describe("marshalIndent", () => {
  it.each([
    [{}, "{}"],
    [[], "[]"],
    [{ a: [] }, '{\n  "a": []\n}'],
    [
      new Map([
        ["b", "1"],
        ["a", "2"],
      ]),
      '{\n  "a": "2",\n  "b": "1"\n}',
    ],
    [{ b: 1, a: undefined, c: "é\t" }, '{\n  "b": 1,\n  "c": "é\\t"\n}'],
  ])("%j", (value, text) => {
    expect(marshalIndent(value)).toBe(text);
  });

  it("sorts by bytes, where UTF-16 would sort otherwise", () => {
    const [low, high] = ["\uffff", "\u{10000}"];
    expect(
      marshalIndent(
        new Map([
          [high, "2"],
          [low, "1"],
        ]),
      ),
    ).toBe(`{\n  "${low}": "1",\n  "${high}": "2"\n}`);
  });
});

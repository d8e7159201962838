import { describe, expect, it } from "vitest";

import { digestOf } from "../../src/oci/digest.ts";
import { parseImageConfig } from "../../src/oci/image-config.ts";
import { parseManifest } from "../../src/oci/manifest.ts";
import {
  dockerConfig,
  dockerManifest,
  dockerManifestList,
  ociConfig,
  ociIndex,
  ociManifest,
  parseContentType,
} from "../../src/oci/media-type.ts";
import { parsePlatform } from "../../src/oci/platform.ts";

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const digest = digestOf(encode("x"));
const config = { mediaType: ociConfig, digest, size: 3 };
const manifest = { schemaVersion: 2, mediaType: ociManifest, config, layers: [] };
const child = { mediaType: ociManifest, digest, size: 3, platform: { os: "linux", architecture: "arm64" } };
const index = { schemaVersion: 2, mediaType: ociIndex, manifests: [child] };

describe("manifest", () => {
  it.each([
    { name: "an OCI index", body: index, header: ociIndex, kind: "index", mediaType: ociIndex },
    {
      name: "an index called JSON",
      body: index,
      header: "application/json",
      kind: "index",
      mediaType: ociIndex,
    },
    {
      name: "an index without mediaType",
      body: { ...index, mediaType: undefined },
      header: "",
      kind: "index",
      mediaType: ociIndex,
    },
    {
      name: "a Docker list",
      body: { ...index, mediaType: dockerManifestList },
      header: `${dockerManifestList}; charset=utf-8`,
      kind: "index",
      mediaType: dockerManifestList,
    },
    { name: "an OCI manifest", body: manifest, header: "", kind: "manifest", mediaType: ociManifest },
    {
      name: "a Docker manifest without mediaType",
      body: { ...manifest, mediaType: undefined, config: { ...config, mediaType: dockerConfig } },
      header: "",
      kind: "manifest",
      mediaType: dockerManifest,
    },
  ])("reads $name", ({ body, header, kind, mediaType }) => {
    expect(parseManifest(encode(body), "it", header)).toMatchObject({ kind, mediaType });
  });

  it("keeps platform, annotations and artifactType of children, and no urls", () => {
    const full = { ...child, annotations: { a: "b" }, artifactType: "x/y", urls: ["http://evil/"] };
    const parsed = parseManifest(encode({ ...index, manifests: [full] }), "it");
    const { urls: _, ...kept } = full;
    expect(parsed).toMatchObject({ manifests: [kept] });
    expect(parsed.kind === "index" && "urls" in (parsed.manifests[0] ?? {})).toBe(false);
  });

  it.each([
    { name: "schema 1", body: { schemaVersion: 1, fsLayers: [] }, header: "", why: "schema 1" },
    {
      name: "schema 1 by its header",
      body: manifest,
      header: "application/vnd.docker.distribution.manifest.v1+prettyjws",
      why: "schema 1",
    },
    { name: "another header", body: index, header: ociManifest, why: "calls itself" },
    { name: "an unknown type", body: { ...index, mediaType: "text/html" }, header: "", why: '"text/html"' },
    { name: "an unknown header", body: index, header: "text/html", why: '"text/html"' },
    { name: "both kinds", body: { ...index, layers: [], config }, header: "", why: "config and layers" },
    { name: "both kinds, the other way", body: { ...manifest, manifests: [] }, header: "", why: "manifests" },
    { name: "schemaVersion 3", body: { ...index, schemaVersion: 3 }, header: "", why: "schemaVersion" },
    {
      name: "a bad digest",
      body: { ...index, manifests: [{ ...child, digest: "sha256:../x" }] },
      header: "",
      why: "digest",
    },
    {
      name: "a negative size",
      body: { ...index, manifests: [{ ...child, size: -1 }] },
      header: "",
      why: "size",
    },
    { name: "a list", body: [], header: "", why: "not a JSON object" },
  ])("refuses $name", ({ body, header, why }) => {
    expect(() => parseManifest(encode(body), "r.io/a:t", header)).toThrow("r.io/a:t");
    expect(() => parseManifest(encode(body), "r.io/a:t", header)).toThrow(why);
  });

  it("refuses what is not JSON or not UTF-8", () => {
    expect(() => parseManifest(new TextEncoder().encode("{"), "it")).toThrow("not JSON");
    expect(() => parseManifest(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]), "it")).toThrow("not JSON");
  });
});

describe("image config", () => {
  it("gives the normalized platform and the labels", () => {
    const bytes = encode({
      os: "windows",
      architecture: "amd64",
      variant: "v1",
      "os.version": "10.0.20348.1",
      config: { Labels: { a: "b" } },
    });
    expect(parseImageConfig(bytes, "it")).toEqual({
      platform: { os: "windows", architecture: "amd64", "os.version": "10.0.20348.1" },
      lacksVariant: false,
      labels: { a: "b" },
    });
  });

  it("has no platform when the config names none", () => {
    const nothing = { lacksVariant: false, labels: {} };
    expect(parseImageConfig(encode({}), "it")).toEqual(nothing);
    expect(parseImageConfig(encode({ os: "linux", config: null }), "it")).toEqual(nothing);
  });

  it.each([
    { variant: undefined, platform: "linux/arm/v7", lacksVariant: true },
    { variant: "v6", platform: "linux/arm/v6", lacksVariant: false },
  ])("tells whether it says which arm: $variant", ({ lacksVariant, platform, variant }) => {
    const config = parseImageConfig(encode({ os: "linux", architecture: "arm", variant }), "it");
    expect(config).toEqual({ lacksVariant, labels: {}, platform: parsePlatform(platform) });
  });
});

describe("content type", () => {
  it.each([
    [ociIndex, ociIndex],
    ["Application/JSON ; charset=utf-8", "application/json"],
    ['application/json; charset="utf-8"', "application/json"],
    ["", ""],
    ["completely invalid", ""],
  ])("%s", (header, mediaType) => {
    expect(parseContentType(header)).toBe(mediaType);
  });
});

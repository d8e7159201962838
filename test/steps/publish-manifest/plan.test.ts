import { describe, expect, it } from "vitest";
import { parseInputs } from "../../../src/inputs/parse.ts";
import type { Descriptor } from "../../../src/oci/descriptor.ts";
import { parseDigest } from "../../../src/oci/digest.ts";
import { formatPlatform, parsePlatform } from "../../../src/oci/platform.ts";
import { dockerManifest, dockerManifestList, ociIndex, ociManifest } from "../../../src/oci/media-type.ts";
import { formatReference, parseReference } from "../../../src/oci/reference.ts";
import type { FetchedManifest } from "../../../src/registry/client.ts";
import { describePublish } from "../../../src/steps/publish-manifest/describe.ts";
import { publishInputs } from "../../../src/steps/publish-manifest/inputs.ts";
import { planPublish } from "../../../src/steps/publish-manifest/plan.ts";
import type { PublishFacts } from "../../../src/steps/publish-manifest/probe.ts";
import type { Child } from "../../../src/steps/publish-manifest/read-image.ts";
import { planTargets } from "../../../src/steps/targets.ts";

const digest = (letter: string) => parseDigest(`sha256:${letter.repeat(64)}`);
const home = parseReference("r.io/a");

function child(platform: string, letter: string, more: Partial<Child> = {}, mediaType = ociManifest): Child {
  const descriptor = { mediaType, digest: digest(letter), size: 7, platform: parsePlatform(platform) };
  return { descriptor, home, imageSize: 1000, ...more };
}

const attestationOf = (letter: string, own: string): Child => ({
  descriptor: {
    mediaType: ociManifest,
    digest: digest(own),
    size: 8,
    annotations: {
      "vnd.docker.reference.type": "attestation-manifest",
      "vnd.docker.reference.digest": digest(letter),
    },
  },
  home,
});

type Given = Readonly<Record<string, string>>;

function plan(given: Given, images: readonly Child[], facts: Partial<PublishFacts> = {}) {
  const texts = new Map(Object.entries({ image: "r.io/a,s.io/b", tags: "1.0.3,latest", ...given }));
  const { inputs, problems } = parseInputs(publishInputs, texts, {});
  expect(problems).toEqual([]);
  const { targets } = planTargets(inputs, { ci: "none", event: "unknown" }, new Date(0));
  const none = { attestations: [], strays: [], absent: {}, previous: {}, annotations: [] };
  return planPublish(inputs, { ...none, targets, images, ...facts });
}

const two = [child("linux/arm64", "a"), child("linux/amd64", "b")];

/** What a tag points at: an index over these. */
function at(letter: string, manifests: readonly Descriptor[]): PublishFacts["previous"][string] {
  const fetched: FetchedManifest = {
    bytes: new Uint8Array(),
    descriptor: { mediaType: ociIndex, digest: digest(letter), size: 1 },
    manifest: { kind: "index", mediaType: ociIndex, manifests },
  };
  return { digest: digest(letter), fetched };
}

const descriptorsOf = (children: readonly Child[]) => children.map(({ descriptor }) => descriptor);

describe("the index", () => {
  it.each([
    { given: {}, order: ["linux/amd64", "linux/arm64"] },
    { given: { platforms: "linux/arm64,linux/amd64" }, order: ["linux/arm64", "linux/amd64"] },
  ])("is ordered by platforms, or canonically: $order", ({ given, order }) => {
    const { index } = plan(given, two);
    expect(index?.manifests.map(({ platform }) => platform && formatPlatform(platform))).toEqual(order);
  });

  it("is the same for the same images, whatever their order", () => {
    expect(plan({}, two).index?.digest).toBe(plan({}, two.toReversed()).index?.digest);
  });

  it.each([
    { attestations: "index", listed: ["b", "a", "f"], beside: [] },
    { attestations: "referrers", listed: ["b", "a"], beside: ["f"] },
    { attestations: "none", listed: ["b", "a"], beside: [] },
  ])("has attestations behind the images, or not: $attestations", ({ attestations, beside, listed }) => {
    const { index, referrers } = plan({ attestations }, two, { attestations: [attestationOf("a", "f")] });
    expect(index?.manifests.map((manifest) => manifest.digest)).toEqual(listed.map(digest));
    expect(referrers.map(({ descriptor }) => descriptor.digest)).toEqual(beside.map(digest));
  });

  it.each([
    { format: "auto", types: [ociManifest, dockerManifest], mediaType: ociIndex },
    { format: "auto", types: [dockerManifest, dockerManifest], mediaType: dockerManifestList },
    { format: "oci", types: [dockerManifest, dockerManifest], mediaType: ociIndex },
    { format: "docker", types: [dockerManifest, dockerManifest], mediaType: dockerManifestList },
  ])("has the format $format over $types", ({ format, mediaType, types }) => {
    const images = types.map((type, index) =>
      child(["linux/amd64", "linux/arm64"][index] ?? "", "ab"[index] ?? "", {}, type),
    );
    expect(plan({ format }, images).index?.mediaType).toBe(mediaType);
  });

  it.each([
    { given: {}, images: two, says: `a Docker manifest list cannot hold ${ociManifest}` },
    {
      given: { annotations: "a=b" },
      images: [child("linux/amd64", "b", {}, dockerManifest)],
      says: "a Docker manifest list cannot hold annotations",
    },
  ])("is no Docker list where that would lose something: $says", ({ given, images, says }) => {
    expect(() => plan({ format: "docker", ...given }, images)).toThrow(says);
  });

  it("gets the annotations of build, and its own over them", () => {
    const { index } = plan(
      {
        annotations: [
          "title=<ours>",
          "index:k=v",
          "manifest-descriptor[linux/arm64]:only=here",
          "manifest-descriptor:only=anywhere",
        ].join("\n"),
      },
      two,
      {
        annotations: [
          { level: "index", key: "title", value: "theirs" },
          { level: "index", key: "of-build", value: "1" },
          { level: "index-descriptor", key: "elsewhere", value: "1" },
        ],
      },
    );
    const json = JSON.parse(new TextDecoder().decode(index?.bytes)) as Record<string, unknown>;
    expect(json["annotations"]).toEqual({ title: "<ours>", k: "v", "of-build": "1" });
    expect(json["manifests"]).toMatchObject([
      { digest: digest("b"), annotations: { only: "anywhere" } },
      { digest: digest("a"), annotations: { only: "here" } },
    ]);
  });

  it("keeps the version and the features of a system", () => {
    const windows = child("linux/amd64", "c");
    const platform = {
      os: "windows",
      architecture: "amd64",
      "os.version": "10.0.20348.1",
      "os.features": ["win32k"],
    };
    const { index } = plan({ platforms: "linux/arm64,linux/amd64,windows/amd64" }, [
      ...two,
      { ...windows, descriptor: { ...windows.descriptor, platform } },
    ]);
    expect(index?.manifests.at(-1)?.platform).toEqual(platform);
  });
});

describe("the required set", () => {
  it.each([
    { platforms: "linux/amd64,linux/arm64,linux/arm/v7", says: "missing: linux/arm/v7" },
    { platforms: "linux/amd64", says: `not asked for: linux/arm64 (r.io/a@${digest("a")})` },
    {
      platforms: "linux/amd64,linux/arm/v6",
      says: `missing: linux/arm/v6\nnot asked for: linux/arm64 (r.io/a@${digest("a")})`,
    },
  ])("is no other than $platforms", ({ platforms, says }) => {
    expect(() => plan({ platforms }, two)).toThrow(says);
  });

  it.each(["error", "warning", "none"])("has one image for each platform, whatever lint says: %s", (lint) => {
    expect(() => plan({ lint }, [...two, child("linux/arm64/v8", "c")])).toThrow(
      `two images are for linux/arm64/v8: ${digest("a")} and ${digest("c")}`,
    );
  });

  it("takes the same image twice for once", () => {
    expect(plan({}, [...two, ...two]).images).toHaveLength(2);
  });

  it("has images of one revision, unless they may be mixed", () => {
    const mixed = [
      child("linux/amd64", "a", { revision: "1" }),
      child("linux/arm64", "b", { revision: "2" }),
    ];
    expect(() => plan({}, mixed)).toThrow(
      "the images were built from different revisions; nothing was tagged:\nlinux/amd64: 1\nlinux/arm64: 2",
    );
    expect(plan({ "allow-mixed": "true" }, mixed).index?.manifests).toHaveLength(2);
    const silent = [child("linux/amd64", "a", { revision: "1" }), child("linux/arm64", "b")];
    expect(plan({}, silent).index?.manifests).toHaveLength(2);
  });
});

describe("lint", () => {
  const arm = [child("linux/arm", "c", { lacksVariant: true })];

  it("warns, fails or is silent", () => {
    expect(plan({}, arm).warnings).toEqual([
      expect.stringContaining(`${digest("c")} is for arm without a variant`),
    ]);
    expect(() => plan({ lint: "error" }, arm)).toThrow(
      `lint: nothing was tagged:\n${digest("c")} is for arm`,
    );
    expect(plan({ lint: "none" }, arm).warnings).toEqual([]);
  });

  it("leaves an attestation out that is about none of the images, and says so", () => {
    const { index, warnings } = plan({}, two, { attestations: [attestationOf("e", "f")] });
    expect(index?.manifests).toHaveLength(2);
    expect(warnings).toEqual([
      `the attestation ${digest("f")} is about ${digest("e")}, which is not in the index`,
    ]);
  });
});

describe("the tags", () => {
  const moves = (given: Given, previous: PublishFacts["previous"]) =>
    plan({ image: "r.io/a", ...given }, two, { previous }).moves.map(
      ({ action, tag }) => `${action} ${formatReference(tag)}`,
    );
  const same = at("9", descriptorsOf(two));
  const other = at("8", descriptorsOf([child("linux/arm64", "d"), child("linux/amd64", "b")]));
  const fewer = at("7", descriptorsOf(two.slice(1)));

  it("move in every repository, versions first", () => {
    expect(
      plan({ tags: "latest,1.0.3" }, two).moves.map(
        ({ floating, tag }) => `${formatReference(tag)} ${floating}`,
      ),
    ).toEqual(["r.io/a:1.0.3 false", "r.io/a:latest true", "s.io/b:1.0.3 false", "s.io/b:latest true"]);
  });

  it.each([
    { policy: "overwrite", first: undefined, second: other, ends: ["move", "move"] },
    { policy: "overwrite", first: same, second: other, ends: ["move", "move"] },
    { policy: "overwrite", first: same, second: same, ends: ["keep", "keep"] },
    { policy: "overwrite", first: fewer, second: fewer, ends: ["move", "move"] },
    { policy: "overwrite", first: same, second: undefined, ends: ["move", "move"] },
    { policy: "skip", first: other, second: undefined, ends: ["skip", "move"] },
    { policy: "same", first: same, second: undefined, ends: ["keep", "move"] },
    { policy: "fail", first: undefined, second: undefined, ends: ["move", "move"] },
  ])("that exist are dealt with as if-exists says: $policy, $ends", ({ ends, first, policy, second }) => {
    const previous = {
      ...(first === undefined ? {} : { "r.io/a:1.0.3": first }),
      ...(second === undefined ? {} : { "r.io/a:latest": second }),
    };
    expect(moves({ "if-exists": policy }, previous)).toEqual([
      `${ends[0]} r.io/a:1.0.3`,
      `${ends[1]} r.io/a:latest`,
    ]);
  });

  it.each([
    {
      policy: "fail",
      previous: same,
      says: `these tags exist; nothing was tagged:\nr.io/a:1.0.3 → ${digest("9")}`,
    },
    {
      policy: "same",
      previous: other,
      says: /have other images than sha256:\w+; nothing was tagged:\nr\.io\/a:1\.0\.3 → sha256:8+/,
    },
  ])("stop the publish where if-exists says so: $policy", ({ policy, previous, says }) => {
    expect(() => moves({ "if-exists": policy }, { "r.io/a:1.0.3": previous })).toThrow(says);
  });

  it("that are right to the byte are not moved again", () => {
    const { index } = plan({}, two);
    const previous = { "r.io/a:1.0.3": { digest: index?.digest ?? digest("0") } };
    expect(moves({}, previous)).toEqual(["keep r.io/a:1.0.3", "move r.io/a:latest"]);
  });
});

describe("the plan", () => {
  it("is shown with the index and what each tag points at now", () => {
    const previous = { "r.io/a:latest": at("9", []) };
    const lines = describePublish(
      plan({ image: "r.io/a" }, two, { previous, absent: { "s.io/b": [child("linux/arm64", "a")] } }),
    );
    expect(lines).toContain("tag r.io/a:1.0.3 (now absent)");
    expect(lines).toContain(`tag r.io/a:latest (now ${digest("9")})`);
    expect(lines).toContain(`copy r.io/a@${digest("a")} to s.io/b`);
    expect(lines.join("\n")).toContain('"architecture": "arm64"');
  });

  it("can be shown before there are images", () => {
    expect(describePublish(plan({ image: "r.io/a", tags: "t" }, []))).toEqual([
      "# an index over the images that build makes",
      "tag r.io/a:t (now absent)",
    ]);
  });
});

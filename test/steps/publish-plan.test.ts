import { describe, expect, it } from "vitest";
import { parseInputs } from "../../src/inputs/parse.ts";
import { parseDigest } from "../../src/oci/digest.ts";
import { formatPlatform, parsePlatform } from "../../src/oci/platform.ts";
import { formatReference } from "../../src/oci/reference.ts";
import { publishInputs } from "../../src/steps/publish-manifest/inputs.ts";
import { describePublish, planPublish } from "../../src/steps/publish-manifest/plan.ts";
import { planTargets } from "../../src/steps/targets.ts";
import type { Child, PublishFacts } from "../../src/steps/publish-manifest/probe.ts";

const digest = (letter: string) => parseDigest(`sha256:${letter.repeat(64)}`);

function child(platform: string, letter: string): Child {
  return {
    descriptor: {
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: digest(letter),
      size: 7,
      platform: parsePlatform(platform),
    },
    imageSize: 1000,
  };
}

const attestation: Child = {
  descriptor: {
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    digest: digest("f"),
    size: 8,
    annotations: {
      "vnd.docker.reference.type": "attestation-manifest",
      "vnd.docker.reference.digest": digest("a"),
    },
  },
  imageSize: 0,
};

function plan(
  given: Readonly<Record<string, string>>,
  children: readonly Child[],
  previous: PublishFacts["previous"] = {},
) {
  const texts = new Map(Object.entries({ image: "r.io/a,s.io/b", tags: "1.0,latest", ...given }));
  const { inputs, problems } = parseInputs(publishInputs, texts, {});
  expect(problems).toEqual([]);
  const { targets } = planTargets(inputs, { ci: "none", event: "unknown" }, new Date(0));
  return planPublish(inputs, { targets, children, previous });
}

describe("planPublish", () => {
  const two = [child("linux/arm64", "a"), child("linux/amd64", "b")];

  it("moves every tag in every repository, in the order given", () => {
    const { targets } = plan({}, two);
    expect(targets.map(({ tags }) => tags.map(formatReference))).toEqual([
      ["r.io/a:1.0", "r.io/a:latest"],
      ["s.io/b:1.0", "s.io/b:latest"],
    ]);
  });

  it.each([
    { given: {}, order: ["linux/amd64", "linux/arm64"] },
    { given: { platforms: "linux/arm64,linux/amd64" }, order: ["linux/arm64", "linux/amd64"] },
  ])("orders the index by platforms, or canonically: $order", ({ given, order }) => {
    const { index } = plan(given, two);
    expect(index?.manifests.map(({ platform }) => platform && formatPlatform(platform))).toEqual(order);
  });

  it("makes the same bytes of the same images, whatever their order", () => {
    expect(plan({}, two).index?.digest).toBe(plan({}, two.toReversed()).index?.digest);
  });

  it("keeps attestations, behind the images", () => {
    const { index, images } = plan({ platforms: "linux/amd64,linux/arm64" }, [attestation, ...two]);
    expect(index?.manifests.map((manifest) => manifest.digest)).toEqual([
      digest("b"),
      digest("a"),
      digest("f"),
    ]);
    expect(images).toHaveLength(2);
  });

  it.each([
    { platforms: "linux/amd64,linux/arm64,linux/arm/v7", says: "missing: linux/arm/v7" },
    { platforms: "linux/amd64", says: "not asked for: linux/arm64" },
    { platforms: "linux/amd64,linux/arm/v6", says: "missing: linux/arm/v6\nnot asked for: linux/arm64" },
  ])("refuses another set than $platforms", ({ platforms, says }) => {
    expect(() => plan({ platforms }, two)).toThrow(says);
  });

  it("refuses two images for one platform, naming both", () => {
    expect(() => plan({}, [...two, child("linux/arm64/v8", "c")])).toThrow(
      `two images are for linux/arm64: ${digest("a")} and ${digest("c")}`,
    );
  });

  it("is shown with the index and what each tag points at now", () => {
    const lines = describePublish(plan({ image: "r.io/a" }, two, { "r.io/a:latest": digest("9") }));
    expect(lines).toContain("tag r.io/a:1.0 (now absent)");
    expect(lines).toContain(`tag r.io/a:latest (now ${digest("9")})`);
    expect(lines.join("\n")).toContain('"architecture": "arm64"');
  });

  it("can be shown before there are images", () => {
    expect(describePublish(plan({ image: "r.io/a", tags: "t" }, []))).toEqual([
      "# an index over the images that build makes",
      "tag r.io/a:t (now absent)",
    ]);
  });
});

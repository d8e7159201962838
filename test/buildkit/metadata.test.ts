import { describe, expect, it } from "vitest";
import { parseMetadata } from "../../src/buildkit/metadata.ts";

const digest = `sha256:${"1".repeat(64)}`;
const config = `sha256:${"2".repeat(64)}`;
const mediaType = "application/vnd.oci.image.manifest.v1+json";
const platform = { os: "linux", architecture: "arm64" };

describe("parseMetadata", () => {
  it("takes the descriptor, with the platform that was built", () => {
    const text = JSON.stringify({
      "containerimage.config.digest": config,
      "containerimage.descriptor": { mediaType, digest, size: 9, annotations: { created: "now" } },
      "containerimage.digest": digest,
    });
    expect(parseMetadata(text, platform, "linux/arm64")).toEqual({
      descriptor: { mediaType, digest, size: 9, platform },
      configDigest: config,
      document: JSON.parse(text),
    });
  });

  it("knows no image where there is none", () => {
    expect(parseMetadata("{}", platform, "linux/arm64").descriptor).toBeUndefined();
  });

  it.each([
    { text: "", says: "linux/arm64: BuildKit's metadata is not whole" },
    { text: '{"containerimage.desc', says: "linux/arm64: BuildKit's metadata is not whole" },
    { text: '{"containerimage.descriptor":7}', says: "linux/arm64: containerimage.descriptor" },
    {
      text: `{"containerimage.descriptor":{"mediaType":"${mediaType}","digest":"sha256:1","size":1}}`,
      says: "digest",
    },
  ])("refuses $text", ({ text, says }) => {
    expect(() => parseMetadata(text, platform, "linux/arm64")).toThrow(says);
  });
});

import { describe, expect, it } from "vitest";
import { parseSha256 } from "../../src/buildkit/sha256.ts";

describe("parseSha256", () => {
  it.each([
    { text: "AB".repeat(32), sha256: "ab".repeat(32) },
    { text: `sha256:${"ab".repeat(32)}`, sha256: "ab".repeat(32) },
  ])("$text", ({ text, sha256 }) => {
    expect(parseSha256(text)).toBe(sha256);
  });

  it.each(["", "ab", "g".repeat(64), `sha512:${"ab".repeat(32)}`])("refuses %j", (text) => {
    expect(() => parseSha256(text)).toThrow("is not a SHA-256");
  });
});

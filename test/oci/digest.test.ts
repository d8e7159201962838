import { describe, expect, it } from "vitest";

import { digestOf, isDigest, matchesDigest, parseDigest } from "../../src/oci/digest.ts";

const hello = new TextEncoder().encode("hello");
const helloDigest = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

describe("digest", () => {
  it.each([
    ["sha256", helloDigest],
    ["sha512", `sha512:${"0".repeat(128)}`],
  ])("reads %s", (_, text) => {
    expect(parseDigest(text)).toBe(text);
  });

  it.each([
    ["nothing", ""],
    ["no algorithm", helloDigest.slice(7)],
    ["upper case", helloDigest.toUpperCase()],
    ["one digit short", helloDigest.slice(0, -1)],
    ["another algorithm", `sha384:${"0".repeat(96)}`],
    ["a final line break", `${helloDigest}\n`],
    ["a path", "sha256:../../etc/passwd"],
  ])("refuses %s", (_, text) => {
    expect(isDigest(text)).toBe(false);
    expect(() => parseDigest(text)).toThrow(JSON.stringify(text));
  });

  it("is made of exact bytes", () => {
    expect(digestOf(hello)).toBe(helloDigest);
    expect(matchesDigest(hello, digestOf(hello, "sha512"))).toBe(true);
    expect(matchesDigest(hello.subarray(1), digestOf(hello))).toBe(false);
  });
});

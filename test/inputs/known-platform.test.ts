import { describe, expect, it } from "vitest";
import { checkKnownPlatform } from "../../src/inputs/known-platform.ts";
import { parsePlatform } from "../../src/oci/platform.ts";

describe("known platform", () => {
  it.each([
    { text: "linux/arm65", nearest: "linux/arm64" },
    { text: "linux/amd46", nearest: "linux/amd64" },
    { text: "linx/amd64", nearest: "linux/amd64" },
    { text: "linux/armv7", nearest: "linux/arm/v7" },
    { text: "linux/arm/v9", nearest: "linux/arm/v7" },
    { text: "linux/amd64/v7", nearest: "linux/amd64" },
  ])("$text is refused, $nearest is meant", ({ text, nearest }) => {
    expect(() => checkKnownPlatform(text)).toThrow(`unknown platform "${text}": did you mean ${nearest}?`);
  });

  it("suggests nothing for what is near nothing", () => {
    expect(() => checkKnownPlatform("x/y")).toThrow('unknown platform "x/y": it is one such as linux/arm64');
  });

  it.each([
    "linux/arm64",
    "linux/arm/v7",
    "linux/riscv64/rva22u64",
    "windows(10.0.20348.1)/amd64",
    "wasip1/wasm",
  ])("%s is taken", (text) => {
    expect(checkKnownPlatform(text)).toEqual(parsePlatform(text));
  });
});

import { describe, expect, it } from "vitest";

import {
  comparePlatforms,
  formatPlatform,
  normalizePlatform,
  parsePlatform,
  samePlatform,
} from "../../src/oci/platform.ts";

describe("platform", () => {
  it.each([
    { text: "linux/amd64", formatted: "linux/amd64", normalized: "linux/amd64" },
    { text: "linux/amd64/v1", formatted: "linux/amd64", normalized: "linux/amd64" },
    { text: "linux/amd64/v3", formatted: "linux/amd64/v3", normalized: "linux/amd64/v3" },
    { text: "linux/arm", formatted: "linux/arm", normalized: "linux/arm/v7" },
    { text: "linux/armhf", formatted: "linux/arm", normalized: "linux/arm/v7" },
    { text: "linux/armel", formatted: "linux/arm/v6", normalized: "linux/arm/v6" },
    { text: "linux/arm/7", formatted: "linux/arm/v7", normalized: "linux/arm/v7" },
    { text: "linux/arm64/v8", formatted: "linux/arm64/v8", normalized: "linux/arm64" },
    { text: "linux/aarch64", formatted: "linux/arm64", normalized: "linux/arm64" },
    { text: "linux/arm64/v8.2", formatted: "linux/arm64/v8.2", normalized: "linux/arm64/v8.2" },
    { text: "Linux/X86_64", formatted: "linux/amd64", normalized: "linux/amd64" },
    { text: "linux/i686", formatted: "linux/386", normalized: "linux/386" },
    { text: "macos/arm64", formatted: "darwin/arm64", normalized: "darwin/arm64" },
    { text: "riscv64", formatted: "linux/riscv64", normalized: "linux/riscv64" },
    { text: "windows", formatted: "windows/amd64", normalized: "windows/amd64" },
    {
      text: "windows(10.0.20348.1+win32k)/amd64",
      formatted: "windows(10.0.20348.1+win32k)/amd64",
      normalized: "windows(10.0.20348.1+win32k)/amd64",
    },
    { text: "linux(+b+a)/arm64", formatted: "linux(+a+b)/arm64", normalized: "linux(+a+b)/arm64" },
    { text: "windows(50%25)/amd64", formatted: "windows(50%25)/amd64", normalized: "windows(50%25)/amd64" },
  ])("$text", ({ text, formatted, normalized }) => {
    const platform = parsePlatform(text);
    expect(formatPlatform(platform)).toBe(formatted);
    expect(formatPlatform(normalizePlatform(platform))).toBe(normalized);
    expect(samePlatform(parsePlatform(formatPlatform(platform)), platform)).toBe(true);
    expect(normalizePlatform(normalizePlatform(platform))).toEqual(normalizePlatform(platform));
  });

  it.each([
    "",
    "linux/",
    "/amd64",
    "linux/arm/v7/x",
    "linux/amd64,linux/arm64",
    " linux/amd64",
    "foo",
    "a*b",
    "w(%zz)/x",
  ])("refuses %j by name", (text) => {
    expect(() => parsePlatform(text)).toThrow(JSON.stringify(text));
  });

  it("fills the missing half from the host that is passed in", () => {
    const host = { os: "linux", architecture: "arm64" };
    expect(formatPlatform(parsePlatform("linux", host))).toBe("linux/arm64");
  });

  it("has one order: system, architecture, most specific variant first", () => {
    const inOrder = [
      "linux/386",
      "linux/amd64/v3",
      "linux/amd64/v2",
      "linux/amd64",
      "linux/arm/v7",
      "linux/arm/v6",
      "linux/arm/v5",
      "linux/arm64/v9.2",
      "linux/arm64/v9",
      "linux/arm64/v8.1",
      "linux/arm64",
      "linux/s390x",
      "windows(10.0.20348.1)/amd64",
      "windows(10.0.17763.9)/amd64",
      "windows/amd64",
    ];
    const shuffled = inOrder.toReversed().map((text) => parsePlatform(text));
    expect(shuffled.toSorted(comparePlatforms).map((platform) => formatPlatform(platform))).toEqual(inOrder);
  });
});

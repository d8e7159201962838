import { describe, expect, it } from "vitest";
import { parsePlatform } from "../../src/oci/platform.ts";
import { checkTemplate, fillPlatform, hasPlatform } from "../../src/oci/platform-template.ts";

describe("a template", () => {
  it.each([
    { template: "x:cache-{platform}", platform: "linux/arm64", filled: "x:cache-linux-arm64" },
    { template: "x:cache-{platform}", platform: "linux/arm", filled: "x:cache-linux-arm-v7" },
    { template: "{os}/{arch}/{variant}", platform: "linux/arm/v6", filled: "linux/arm/v6" },
    { template: "{tag}-{arch}{variant}", platform: "linux/amd64", filled: "{tag}-amd64" },
    { template: "{tag}-{arch}{variant}", platform: "linux/arm", filled: "{tag}-armv7" },
    { template: "{arch}{arch}", platform: "linux/arm64/v8", filled: "arm64arm64" },
    { template: "{platform}", platform: "windows(10.0.20348.1)/amd64", filled: "windows-10.0.20348.1-amd64" },
    {
      template: '{{platform}} {} {a b} {"os":1}',
      platform: "linux/amd64",
      filled: '{{platform}} {} {a b} {"os":1}',
    },
    { template: "{constructor}{__proto__}", platform: "linux/amd64", filled: "{constructor}{__proto__}" },
  ])("$template for $platform is $filled", ({ filled, platform, template }) => {
    expect(fillPlatform(template, parsePlatform(platform))).toBe(filled);
    expect(hasPlatform(template)).toBe(filled !== template);
  });

  it.each([
    { template: "a-{plattform}", meant: "{plattform}: did you mean {platform}?" },
    { template: "a-{Platform}", meant: "{Platform}: did you mean {platform}?" },
    { template: "a-{OS}", meant: "{OS}: did you mean {os}?" },
    { template: "{ARCH}", meant: "{ARCH}: did you mean {arch}?" },
    { template: "{architecture}", meant: "{architecture}: did you mean {arch}?" },
    { template: "{varient}", meant: "{varient}: did you mean {variant}?" },
  ])("$template is a slip", ({ meant, template }) => {
    expect(() => checkTemplate(template)).toThrow(`${JSON.stringify(template)}: there is no ${meant}`);
  });

  it.each([
    "{platform}-{os}-{arch}-{variant}",
    "{tag}",
    "{date}",
    "{as}",
    "{{version}}",
    "plain",
    '{"a":{"b":1}}',
  ])("%s has none", (template) => {
    expect(() => checkTemplate(template)).not.toThrow();
  });
});

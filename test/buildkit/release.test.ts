import { describe, expect, it } from "vitest";
import { provenanceSha256, releaseAsset } from "../../src/buildkit/release.ts";

describe("releaseAsset", () => {
  const folder = "https://github.com/moby/buildkit/releases/download/v9.9.9";
  it.each([
    {
      platform: "linux",
      arch: "x64",
      stem: "linux-amd64",
      programs: ["buildctl", "buildkitd", "buildkit-runc"],
    },
    {
      platform: "linux",
      arch: "arm64",
      stem: "linux-arm64",
      programs: ["buildctl", "buildkitd", "buildkit-runc"],
    },
    {
      platform: "linux",
      arch: "arm",
      stem: "linux-arm-v7",
      programs: ["buildctl", "buildkitd", "buildkit-runc"],
    },
    {
      platform: "linux",
      arch: "ppc64",
      stem: "linux-ppc64le",
      programs: ["buildctl", "buildkitd", "buildkit-runc"],
    },
    {
      platform: "linux",
      arch: "s390x",
      stem: "linux-s390x",
      programs: ["buildctl", "buildkitd", "buildkit-runc"],
    },
    {
      platform: "linux",
      arch: "riscv64",
      stem: "linux-riscv64",
      programs: ["buildctl", "buildkitd", "buildkit-runc"],
    },
    { platform: "darwin", arch: "arm64", stem: "darwin-arm64", programs: ["buildctl"] },
    {
      platform: "win32",
      arch: "x64",
      stem: "windows-amd64",
      programs: ["buildctl", "buildkitd"],
      suffix: ".exe",
    },
  ])("$platform $arch", ({ platform, arch, stem, programs, suffix = "" }) => {
    expect(releaseAsset({ version: "v9.9.9", platform, arch })).toEqual({
      name: `buildkit-v9.9.9.${stem}.tar.gz`,
      url: `${folder}/buildkit-v9.9.9.${stem}.tar.gz`,
      provenanceUrl: `${folder}/buildkit-v9.9.9.${stem}.provenance.json`,
      suffix,
      programs,
    });
  });

  it.each([
    { platform: "linux", arch: "ia32" },
    { platform: "aix", arch: "ppc64" },
  ])("has none for $platform $arch", ({ platform, arch }) => {
    expect(releaseAsset({ version: "v0.32.2", platform, arch })).toBeUndefined();
  });

  it.each([
    { arch: "x64", sha256: "2975d0f651ad96ba8b80b9992ae1f9a964f4408569af5b6dc36544165c3926af" },
    { arch: "arm64", sha256: "9e8f46bf309ec0ab262967be5538a4dbe06be756a82621f98253933bac5dcf92" },
    { arch: "s390x", sha256: undefined },
  ])("knows what GitHub has for $arch, which says nothing about a mirror", ({ arch, sha256 }) => {
    const asset = { version: "v0.32.2", platform: "linux", arch };
    expect(releaseAsset(asset)?.sha256).toBe(sha256);
    expect(releaseAsset({ ...asset, mirror: "https://github.com/" })?.sha256).toBe(sha256);
    expect(releaseAsset({ ...asset, mirror: "https://mirror.test" })?.sha256).toBeUndefined();
  });

  it("takes the same paths from a mirror", () => {
    const asset = releaseAsset({
      version: "v1.2.3",
      platform: "linux",
      arch: "x64",
      mirror: "http://mirror:80/gh/",
    });
    expect(asset?.url).toBe(
      "http://mirror:80/gh/moby/buildkit/releases/download/v1.2.3/buildkit-v1.2.3.linux-amd64.tar.gz",
    );
  });
});

describe("provenanceSha256", () => {
  const sha256 = "ab".repeat(32);
  const statement = {
    subject: [
      { name: "other", digest: { sha256: "cd".repeat(32) } },
      { name: "file", digest: { sha256 } },
    ],
  };

  it("reads a statement, bare or in a DSSE envelope", () => {
    const text = JSON.stringify(statement);
    const envelope = JSON.stringify({ payload: Buffer.from(text).toString("base64") });
    expect(provenanceSha256(text, "file")).toBe(sha256);
    expect(provenanceSha256(envelope, "file")).toBe(sha256);
  });

  it.each([
    { text: "<html>", says: "the provenance of file is not JSON" },
    { text: "{}", says: "says nothing about file" },
    { text: "null", says: "says nothing about file" },
    { text: '{"subject":[null]}', says: "says nothing about file" },
    { text: '{"subject":"file"}', says: "says nothing about file" },
    {
      text: JSON.stringify({ subject: [{ name: "file", digest: { sha256: "short" } }] }),
      says: "says nothing about file",
    },
    {
      text: JSON.stringify({ subject: [{ name: "file", digest: { sha512: sha256 } }] }),
      says: "says nothing about file",
    },
    {
      text: JSON.stringify({ subject: [{ name: "files", digest: { sha256 } }] }),
      says: "says nothing about file",
    },
  ])("refuses $text", ({ text, says }) => {
    expect(() => provenanceSha256(text, "file")).toThrow(says);
  });
});

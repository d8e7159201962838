import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { binfmtFamily, defaultBinfmtImage, registerCommand } from "../../src/emulation/binfmt-image.ts";
import { parseBinfmtEntry, readBinfmtEntries } from "../../src/emulation/binfmt-misc.ts";
import { foreignArchitectures, isRegistered } from "../../src/emulation/emulator.ts";
import { parsePlatform } from "../../src/oci/platform.ts";

const text =
  "enabled\ninterpreter /usr/bin/qemu-aarch64\nflags: OCF\noffset 0\nmagic 7f454c46\nmask ffffff\n";

describe("binfmt_misc", () => {
  it.each([
    { text, entry: { enabled: true, interpreter: "/usr/bin/qemu-aarch64", flags: "OCF" } },
    {
      text: text.replace("enabled", "disabled"),
      entry: { enabled: false, interpreter: "/usr/bin/qemu-aarch64", flags: "OCF" },
    },
    {
      text: text.replace(" OCF", " "),
      entry: { enabled: true, interpreter: "/usr/bin/qemu-aarch64", flags: "" },
    },
    { text: "", entry: { enabled: false, interpreter: "", flags: "" } },
  ])("reads $entry", ({ text, entry }) => {
    expect(parseBinfmtEntry("qemu-aarch64", text)).toEqual({ name: "qemu-aarch64", ...entry });
  });

  it("is empty where it is not mounted, and leaves out the control files", () => {
    const folder = mkdtempSync(join(tmpdir(), "binfmt-test-"));
    expect(readBinfmtEntries(join(folder, "none"))).toEqual([]);
    for (const name of ["register", "status", "qemu-aarch64"]) writeFileSync(join(folder, name), text);
    expect(readBinfmtEntries(folder).map(({ name }) => name)).toEqual(["qemu-aarch64"]);
    rmSync(folder, { recursive: true });
  });
});

describe("isRegistered", () => {
  const entry = parseBinfmtEntry("qemu-aarch64", text);
  it.each([
    { entry, architecture: "arm64", registered: true },
    { entry, architecture: "arm", registered: false },
    { entry: { ...entry, enabled: false }, architecture: "arm64", registered: false },
    { entry: { ...entry, flags: "OC" }, architecture: "arm64", registered: false },
    { entry: { ...entry, name: "qemu-mips64el" }, architecture: "mips64le", registered: true },
  ])("$architecture with $entry: $registered", ({ entry, architecture, registered }) => {
    expect(isRegistered(architecture, [entry])).toBe(registered);
  });
});

describe("foreignArchitectures", () => {
  it.each([
    { host: "amd64", platforms: ["linux/amd64", "linux/386", "linux/amd64/v3"], foreign: [] },
    { host: "amd64", platforms: ["linux/arm/v7", "linux/arm/v6", "linux/arm64"], foreign: ["arm", "arm64"] },
    { host: "arm64", platforms: ["linux/arm64", "linux/arm/v7", "linux/amd64"], foreign: ["arm", "amd64"] },
  ])("$platforms on $host", ({ host, platforms, foreign }) => {
    expect(
      foreignArchitectures(
        platforms.map((platform) => parsePlatform(platform)),
        host,
      ),
    ).toEqual(foreign);
  });
});

describe("the images that register QEMU", () => {
  it.each([
    ["linuxkit/binfmt:v0.6", "linuxkit"],
    ["docker.io/linuxkit/binfmt", "linuxkit"],
    [`127.0.0.1:5000/mirror/linuxkit/binfmt@sha256:${"0".repeat(64)}`, "linuxkit"],
    ["tonistiigi/binfmt:latest", "tonistiigi"],
    ["ghcr.io/someone/notlinuxkit/binfmt", "tonistiigi"],
    ["ghcr.io/someone/qemu", "tonistiigi"],
  ])("%s is %s's", (image, family) => {
    expect(binfmtFamily(image)).toBe(family);
  });

  it("are pinned, linuxkit's for amd64 alone", () => {
    expect(defaultBinfmtImage("amd64")).toMatch(/^docker\.io\/linuxkit\/binfmt:v[\d.]+$/);
    expect(defaultBinfmtImage("arm64")).toMatch(
      /^docker\.io\/tonistiigi\/binfmt:[\w.-]+@sha256:[0-9a-f]{64}$/,
    );
  });

  it.each([
    { image: "linuxkit/binfmt:v0.8", architectures: ["arm64"], args: [] },
    { image: "tonistiigi/binfmt:x", architectures: ["arm64", "arm"], args: ["--install", "arm64,arm"] },
    { image: "tonistiigi/binfmt:x", architectures: [], args: ["--install", "all"] },
  ])("$image is run with $args", ({ image, architectures, args }) => {
    expect(registerCommand({ image, architectures, job: "j" })).toEqual({
      program: "docker",
      args: ["run", "--rm", "--privileged", "--label=multiarch=j", image, ...args],
    });
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  binfmtFamily,
  defaultBinfmtImage,
  isPrivilegeRefused,
  parseBinfmtStatus,
  registerCommand,
} from "../../src/emulation/binfmt-image.ts";
import { isReadOnly, parseBinfmtEntry, readBinfmtMisc, takes } from "../../src/emulation/binfmt-misc.ts";
import { entriesFor, isIntact, isNative } from "../../src/emulation/emulator.ts";
import { proofProgram, provableArchitectures } from "../../src/emulation/program.ts";
import { entryText } from "./entries.ts";

const folder = mkdtempSync(join(tmpdir(), "binfmt-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const text = entryText("arm64");
const entry = parseBinfmtEntry("qemu-aarch64", text);

describe("an entry of binfmt_misc", () => {
  it.each([
    { text, entry: { enabled: true, interpreter: "/usr/bin/qemu-aarch64", flags: "POCF" } },
    {
      text: text.replace("enabled", "disabled"),
      entry: { enabled: false, interpreter: "/usr/bin/qemu-aarch64", flags: "POCF" },
    },
    {
      text: text.replace(" POCF", " "),
      entry: { enabled: true, interpreter: "/usr/bin/qemu-aarch64", flags: "" },
    },
    {
      text: "enabled\ninterpreter /usr/bin/java\nflags: \nextension .jar\n",
      entry: { enabled: true, interpreter: "/usr/bin/java", flags: "" },
    },
    { text: "", entry: { enabled: false, interpreter: "", flags: "" } },
  ])("is read: $entry", ({ text, entry }) => {
    const { pattern: _, ...read } = parseBinfmtEntry("qemu-aarch64", text);
    expect(read).toEqual({ name: "qemu-aarch64", ...entry });
  });

  it.each(provableArchitectures.map((architecture) => ({ architecture })))(
    "for $architecture takes the programs of no other",
    ({ architecture }) => {
      const entry = parseBinfmtEntry("x", entryText(architecture));
      const taken = provableArchitectures.filter((each) =>
        takes(entry, proofProgram(each) ?? new Uint8Array()),
      );
      expect(taken).toEqual([architecture]);
    },
  );

  it("without a mask takes exactly its magic, at its offset", () => {
    const entry = parseBinfmtEntry("x", "enabled\ninterpreter /x\nflags: \noffset 2\nmagic 0aff\n");
    expect(takes(entry, Uint8Array.of(1, 2, 0x0a, 0xff))).toBe(true);
    expect(takes(entry, Uint8Array.of(1, 2, 0x0a, 0xfe))).toBe(false);
    expect(takes(entry, Uint8Array.of(1, 2, 0x0a))).toBe(false);
  });
});

describe("binfmt_misc", () => {
  it("is absent, unmounted, or mounted, its control files left out", () => {
    const at = join(folder, "misc");
    expect(readBinfmtMisc(at)).toMatchObject({ state: "absent", enabled: false, entries: [] });
    mkdirSync(at);
    expect(readBinfmtMisc(at)).toMatchObject({ state: "unmounted", enabled: false, entries: [] });
    for (const name of ["register", "qemu-aarch64"]) writeFileSync(join(at, name), text);
    writeFileSync(join(at, "status"), "enabled\n");
    expect(readBinfmtMisc(at)).toMatchObject({ state: "mounted", enabled: true, entries: [entry] });
    writeFileSync(join(at, "status"), "disabled\n");
    expect(readBinfmtMisc(at)).toMatchObject({ state: "mounted", enabled: false });
  });

  const proc = "23 28 0:21 / /proc rw,nosuid - proc proc rw";
  const sys = "97 23 0:21 /sys /proc/sys ro,nosuid - proc proc rw";
  const misc = "53 23 0:30 / /proc/sys/fs/binfmt_misc rw shared:9 - binfmt_misc binfmt_misc ro";
  it.each([
    { mounts: [proc], readOnly: false },
    { mounts: [proc, sys], readOnly: true },
    { mounts: [proc, sys, misc.replace("binfmt_misc ro", "binfmt_misc rw")], readOnly: false },
    { mounts: [proc, misc], readOnly: true },
    { mounts: [proc, "9 23 0:9 / /proc/sysother ro - proc proc ro"], readOnly: false },
    { mounts: [], readOnly: false },
  ])("is read-only by how it is mounted: $readOnly", ({ mounts, readOnly }) => {
    expect(isReadOnly("/proc/sys/fs/binfmt_misc", mounts.join("\n"))).toBe(readOnly);
  });
});

describe("an architecture is registered by an entry", () => {
  const bare = parseBinfmtEntry("qemu-aarch64", "enabled\ninterpreter /q\nflags: CF\n");
  it.each([
    { entry, architecture: "arm64", registered: true },
    { entry: { ...entry, name: "qemu-aarch64-static" }, architecture: "arm64", registered: true },
    { entry, architecture: "arm", registered: false },
    { entry: { ...entry, enabled: false }, architecture: "arm64", registered: false },
    { entry: { ...entry, flags: "OC" }, architecture: "arm64", registered: false },
    { entry: bare, architecture: "arm64", registered: true },
    { entry: { ...bare, name: "qemu-mips64el" }, architecture: "mips64le", registered: true },
  ])("$architecture with $entry.name $entry.flags: $registered", ({ entry, architecture, registered }) => {
    expect(entriesFor(architecture, [entry]).some(isIntact)).toBe(registered);
  });
});

describe("isNative", () => {
  it.each([
    { host: "amd64", native: ["amd64", "386"], foreign: ["arm64", "arm", "s390x"] },
    { host: "arm64", native: ["arm64"], foreign: ["arm", "amd64", "386"] },
  ])("on $host for $native, not for $foreign", ({ host, native, foreign }) => {
    expect(native.filter((architecture) => !isNative(architecture, host))).toEqual([]);
    expect(foreign.filter((architecture) => isNative(architecture, host))).toEqual([]);
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

  it.each([
    { host: "amd64", wanted: ["arm64", "s390x"], present: [], family: "linuxkit" },
    { host: "amd64", wanted: ["arm64", "mips64"], present: [], family: "tonistiigi" },
    { host: "amd64", wanted: ["arm64"], present: ["jar", "qemu-sparc"], family: "linuxkit" },
    { host: "amd64", wanted: ["arm64"], present: ["qemu-arm"], family: "tonistiigi" },
    { host: "arm64", wanted: ["amd64"], present: [], family: "tonistiigi" },
  ])(
    "the default for $wanted on $host with $present is $family's, and pinned",
    ({ family, host, present, wanted }) => {
      const image = defaultBinfmtImage(host, wanted, present);
      expect(binfmtFamily(image)).toBe(family);
      expect(image).toMatch(
        family === "linuxkit" ? /^docker\.io\/linuxkit\/binfmt:v[\d.]+/ : /:[\w.-]+@sha256:[0-9a-f]{64}$/,
      );
    },
  );

  it.each([
    { image: "linuxkit/binfmt:v0.8", architectures: ["arm64"], uninstall: ["qemu-aarch64"], args: [] },
    { image: "tonistiigi/binfmt:x", architectures: ["arm64", "arm"], args: ["--install", "arm64,arm"] },
    { image: "tonistiigi/binfmt:x", architectures: [], args: ["--install", "all"] },
    {
      image: "tonistiigi/binfmt:x",
      architectures: ["arm64"],
      uninstall: ["qemu-aarch64", "qemu-arm"],
      args: ["--uninstall", "qemu-aarch64,qemu-arm", "--install", "arm64"],
    },
  ])("$image is run with $args", ({ image, architectures, args, uninstall = [] }) => {
    const command = registerCommand({ engine: "podman", image, architectures, uninstall, job: "j" });
    expect(command).toEqual({
      program: "podman",
      args: ["run", "--rm", "--privileged", "--label=multiarch=j", image, ...args],
    });
  });

  it.each([
    { stdout: '{"supported":["linux/amd64"],"emulators":["qemu-arm"]}', emulators: ["qemu-arm"] },
    { stdout: '{\n "supported": null,\n "emulators": null\n}\n', emulators: [] },
    { stdout: "", emulators: undefined },
    { stdout: "null", emulators: undefined },
    { stdout: "installing: arm64 OK", emulators: undefined },
  ])("the status $stdout", ({ emulators, stdout }) => {
    expect(parseBinfmtStatus(stdout)?.emulators).toEqual(emulators);
  });

  it.each([
    ["docker: Error response from daemon: privileged mode is incompatible with user namespaces.", true],
    ["Error response from daemon: authorization denied by plugin authz: privileged is off", true],
    ["unable to apply caps: operation not permitted", true],
    ["Cannot mount binfmt filesystem: permission denied", true],
    ["permission denied while trying to connect to the Docker daemon socket", false],
    ["pull access denied for x/binfmt, repository does not exist or may require 'docker login'", false],
    ["toomanyrequests: You have reached your pull rate limit", false],
    ["installing: arm64 OK", false],
  ])("%s: refused is %s", (said, refused) => {
    expect(isPrivilegeRefused(said)).toBe(refused);
  });
});

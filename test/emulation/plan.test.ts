import { describe, expect, it } from "vitest";
import type { BinfmtMisc } from "../../src/emulation/binfmt-misc.ts";
import { parseBinfmtEntry } from "../../src/emulation/binfmt-misc.ts";
import type { EmulationFacts, EmulationMode, EmulationRequest } from "../../src/emulation/plan.ts";
import { describeEmulation, planEmulation } from "../../src/emulation/plan.ts";
import type { Proof } from "../../src/emulation/proof.ts";
import { WorkError } from "../../src/errors.ts";
import { formatPlatform, parsePlatform } from "../../src/oci/platform.ts";
import { entryText } from "./entries.ts";

const linuxkit = "docker.io/linuxkit/binfmt:v0.8";
const tonistiigi = "tonistiigi/binfmt:x";
const run = ["run", "--rm", "--privileged", "--label=multiarch=j"];

const names: Readonly<Record<string, string>> = {
  arm64: "qemu-aarch64",
  arm: "qemu-arm",
  s390x: "qemu-s390x",
};
function mounted(...architectures: readonly string[]): BinfmtMisc {
  const entries = architectures.map((each) => parseBinfmtEntry(names[each] ?? each, entryText(each)));
  return { state: "mounted", enabled: true, readOnly: false, entries };
}
const intact = parseBinfmtEntry("qemu-aarch64", entryText("arm64"));
function withEntry(change: Partial<typeof intact>): BinfmtMisc {
  return { ...mounted(), entries: [{ ...intact, ...change }] };
}
const unmounted: BinfmtMisc = { state: "unmounted", enabled: false, readOnly: false, entries: [] };

const runs: Proof = { runs: true };
const fails: Proof = { runs: false, reason: "no emulator", detail: "" };
const gone: Proof = { runs: false, reason: "emulator missing", detail: "" };
const untried: Proof = { runs: false, reason: "not tried", detail: "" };

interface Row {
  readonly what: string;
  readonly platforms: readonly string[];
  readonly mode?: EmulationMode;
  readonly request?: Partial<EmulationRequest>;
  readonly facts?: Partial<EmulationFacts>;
}

function plan({ facts, mode = "auto", platforms, request }: Row) {
  return planEmulation(
    {
      mode,
      platforms: platforms.map((each) => parsePlatform(each)),
      image: "",
      reset: false,
      hostArchitecture: "amd64",
      engine: "docker",
      job: "j",
      ...request,
    },
    { binfmt: mounted(), proofs: {}, isRoot: false, ...facts },
  );
}

const good: readonly (Row & {
  readonly kinds: readonly string[];
  readonly register?: {
    readonly args: readonly string[];
    readonly mounts?: boolean;
    readonly replaces?: readonly string[];
  };
})[] = [
  {
    what: "what the machine runs by itself",
    platforms: ["linux/amd64", "linux/386", "windows/arm64"],
    facts: { proofs: { "386": runs } },
    kinds: ["linux/amd64 native", "linux/386 native"],
  },
  {
    what: "386 on a kernel without it",
    platforms: ["linux/386"],
    facts: { proofs: { "386": fails } },
    request: { image: tonistiigi },
    kinds: ["linux/386 register"],
    register: { args: [...run, tonistiigi, "--install", "386"] },
  },
  {
    what: "32-bit ARM on an arm64 machine that has it",
    platforms: ["linux/arm/v7"],
    request: { hostArchitecture: "arm64" },
    facts: { proofs: { arm: runs } },
    kinds: ["linux/arm/v7 native"],
  },
  {
    what: "nothing registered",
    platforms: ["linux/amd64", "linux/arm64", "linux/arm/v7", "linux/arm/v6"],
    facts: { proofs: { arm64: fails, arm: fails } },
    kinds: ["linux/amd64 native", "linux/arm64 register", "linux/arm/v7 register", "linux/arm/v6 register"],
    register: { args: [...run, linuxkit] },
  },
  {
    what: "all registered",
    platforms: ["linux/arm64"],
    facts: { binfmt: mounted("arm64"), proofs: { arm64: runs } },
    kinds: ["linux/arm64 registered /usr/bin/qemu-aarch64"],
  },
  {
    what: "registered under a distribution's own name",
    platforms: ["linux/arm64"],
    facts: { binfmt: withEntry({ name: "qemu-aarch64-static" }), proofs: { arm64: runs } },
    kinds: ["linux/arm64 registered /usr/bin/qemu-aarch64"],
  },
  {
    what: "some registered: the default image is one that leaves them alone",
    platforms: ["linux/arm64", "linux/s390x"],
    facts: { binfmt: mounted("arm64"), proofs: { arm64: runs, s390x: fails } },
    kinds: ["linux/arm64 registered /usr/bin/qemu-aarch64", "linux/s390x register"],
    register: { args: expect.arrayContaining(["--install", "s390x"]) as readonly string[] },
  },
  {
    what: "some registered, and an image that replaces them",
    platforms: ["linux/s390x"],
    request: { image: "mirror:5000/linuxkit/binfmt:v0.8" },
    facts: { binfmt: mounted("arm64") },
    kinds: ["linux/s390x register"],
    register: { args: [...run, "mirror:5000/linuxkit/binfmt:v0.8"], replaces: ["qemu-aarch64"] },
  },
  {
    what: "no programs could be tried",
    platforms: ["linux/arm64", "linux/386"],
    facts: { binfmt: mounted("arm64"), proofs: { arm64: untried, "386": untried } },
    kinds: ["linux/arm64 registered /usr/bin/qemu-aarch64", "linux/386 native"],
  },
  {
    what: "an engine on another machine",
    platforms: ["linux/386", "linux/arm64"],
    request: { image: tonistiigi },
    facts: { binfmt: undefined },
    kinds: ["linux/386 native", "linux/arm64 register"],
    register: { args: [...run, tonistiigi, "--install", "arm64"] },
  },
  {
    what: "a broken entry that may be replaced",
    platforms: ["linux/arm64"],
    request: { image: tonistiigi, reset: true },
    facts: { binfmt: withEntry({ flags: "OC" }), proofs: { arm64: runs } },
    kinds: ["linux/arm64 register"],
    register: {
      args: [...run, tonistiigi, "--uninstall", "qemu-aarch64", "--install", "arm64"],
      replaces: ["qemu-aarch64"],
    },
  },
  {
    what: "a broken entry that may be replaced, by linuxkit's",
    platforms: ["linux/arm64"],
    request: { reset: true },
    facts: { binfmt: withEntry({}), proofs: { arm64: gone } },
    kinds: ["linux/arm64 register"],
    register: { args: [...run, linuxkit], replaces: ["qemu-aarch64"] },
  },
  {
    what: "a broken entry under another name, which a new one comes before",
    platforms: ["linux/arm64"],
    facts: { binfmt: withEntry({ name: "mine", flags: "" }), proofs: { arm64: gone } },
    kinds: ["linux/arm64 register"],
    register: { args: [...run, linuxkit] },
  },
  {
    what: "embedded, where nothing is registered, or something broken",
    platforms: ["linux/arm64", "linux/s390x"],
    mode: "embedded",
    facts: { binfmt: withEntry({ enabled: false }) },
    kinds: ["linux/arm64 embedded", "linux/s390x embedded"],
  },
  {
    what: "embedded, where BuildKit would find the registered one first",
    platforms: ["linux/arm64"],
    mode: "embedded",
    facts: { binfmt: mounted("arm64") },
    kinds: ["linux/arm64 registered /usr/bin/qemu-aarch64"],
  },
  {
    what: "none, with all of it there",
    platforms: ["linux/arm64"],
    mode: "none",
    facts: { binfmt: mounted("arm64"), proofs: { arm64: runs } },
    kinds: ["linux/arm64 registered /usr/bin/qemu-aarch64"],
  },
  {
    what: "unmounted, as root",
    platforms: ["linux/arm64"],
    facts: { binfmt: unmounted, isRoot: true },
    kinds: ["linux/arm64 register"],
    register: { args: [...run, linuxkit], mounts: true },
  },
  {
    what: "unmounted, as another user",
    platforms: ["linux/arm64"],
    facts: { binfmt: unmounted },
    kinds: [
      "linux/arm64 embedded: binfmt_misc is not mounted on this machine, so that what is registered would not last",
    ],
  },
  {
    what: "in a container that does not see the machine's binfmt_misc",
    platforms: ["linux/arm64", "linux/s390x"],
    facts: { binfmt: { ...unmounted, readOnly: true }, proofs: { arm64: runs, s390x: fails } },
    kinds: ["linux/arm64 registered", "linux/s390x register"],
    register: { args: [...run, linuxkit] },
  },
  {
    what: "switched off",
    platforms: ["linux/arm64"],
    facts: { binfmt: { ...mounted("arm64"), enabled: false } },
    kinds: ["linux/arm64 embedded: all of binfmt_misc is switched off on this machine"],
  },
  {
    what: "nothing that runs containers",
    platforms: ["linux/arm64"],
    request: { engine: undefined },
    kinds: [
      "linux/arm64 embedded: emulators are registered by a container, and there is no engine to run it",
    ],
  },
  {
    what: "no platforms: all that the image has, none of which must work",
    platforms: [],
    request: { image: tonistiigi },
    facts: { binfmt: withEntry({ enabled: false }) },
    kinds: [
      "linux/amd64 native",
      "linux/arm64 broken",
      "linux/arm/v7 register",
      "linux/ppc64le register",
      "linux/s390x register",
      "linux/riscv64 register",
    ],
    register: { args: [...run, tonistiigi, "--install", "all"] },
  },
];

const bad: readonly (Row & { readonly message: string; readonly fix: string })[] = [
  {
    what: "no F flag, and no leave to replace it",
    platforms: ["linux/arm64"],
    facts: { binfmt: withEntry({ flags: "OC" }), proofs: { arm64: runs } },
    message:
      "linux/arm64 can't be built here: qemu-aarch64 is registered in binfmt_misc without the flag F, so that " +
      "/usr/bin/qemu-aarch64 is looked for in each container and not found there",
    fix: "reset: true replaces it; so does echo -1 | sudo tee /proc/sys/fs/binfmt_misc/qemu-aarch64 before the next run",
  },
  {
    what: "an emulator that is gone, and another that is disabled",
    platforms: ["linux/amd64", "linux/arm64", "linux/arm/v7"],
    facts: {
      binfmt: {
        ...mounted(),
        entries: [intact, { ...parseBinfmtEntry("qemu-arm", entryText("arm")), enabled: false }],
      },
      proofs: { arm64: gone, arm: fails },
    },
    message:
      "linux/arm64 can't be built here: qemu-aarch64 is registered in binfmt_misc with /usr/bin/qemu-aarch64, but its " +
      "emulator is not there\nlinux/arm/v7 can't be built here: qemu-arm is registered in binfmt_misc, but disabled",
    fix:
      "reset: true replaces it; so does echo -1 | sudo tee /proc/sys/fs/binfmt_misc/qemu-aarch64 before the next run; " +
      "reset: true replaces it; so does echo -1 | sudo tee /proc/sys/fs/binfmt_misc/qemu-arm before the next run",
  },
  {
    what: "none",
    platforms: ["linux/amd64", "linux/arm64"],
    mode: "none",
    message:
      "linux/arm64 can't be built here: emulation is none, and this linux/amd64 machine can't run it without",
    fix: "use emulation auto, or leave it to a machine that runs it",
  },
  {
    what: "binfmt, not mounted",
    platforms: ["linux/arm64"],
    mode: "binfmt",
    facts: { binfmt: unmounted },
    message:
      "linux/arm64 can't be built here: binfmt_misc is not mounted on this machine, so that what is registered would not last",
    fix: "sudo mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc",
  },
  {
    what: "binfmt, and no such thing in the kernel",
    platforms: ["linux/arm64"],
    mode: "binfmt",
    facts: { binfmt: { ...unmounted, state: "absent" }, isRoot: true },
    message:
      "linux/arm64 can't be built here: this machine's kernel has no binfmt_misc, or its module is not loaded",
    fix: "sudo modprobe binfmt_misc && sudo mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc",
  },
  {
    what: "an architecture that nobody emulates",
    platforms: ["linux/sparc64"],
    message: "linux/sparc64 can't be built here: there is no emulator for it",
    fix: "leave it out, or build it on a machine that runs it",
  },
  {
    what: "linuxkit's image on another machine than amd64",
    platforms: ["linux/amd64"],
    request: { hostArchitecture: "arm64", image: linuxkit },
    message: `${linuxkit} runs on amd64 machines only, and this one is arm64`,
    fix: "leave binfmt-image out, or name a tonistiigi/binfmt image",
  },
  {
    what: "linuxkit's image for what it has not",
    platforms: ["linux/mips64le"],
    request: { image: linuxkit },
    message: `${linuxkit} has no emulator for linux/mips64le`,
    fix: "leave binfmt-image out, or name a tonistiigi/binfmt image",
  },
];

describe("the plan of the emulation", () => {
  it.each(good)("$what", ({ kinds, register, ...row }) => {
    const planned = plan(row);
    expect(
      planned.platforms.map((each) => {
        const platform = `${formatPlatform(each.platform)} ${each.kind}`;
        if (each.kind === "registered" && each.interpreter !== undefined)
          return `${platform} ${each.interpreter}`;
        return each.kind === "embedded" && each.because !== undefined
          ? `${platform}: ${each.because}`
          : platform;
      }),
    ).toEqual(kinds);
    expect(planned.required).toBe(row.platforms.length > 0);
    const { command, mount, replaces } = planned.register ?? {};
    expect({ args: command?.args, mounts: mount !== undefined, replaces }).toEqual({
      args: register?.args,
      mounts: register?.mounts ?? false,
      replaces: register === undefined ? undefined : (register.replaces ?? []),
    });
  });

  it.each(bad)("refuses: $what", ({ fix, message, ...row }) => {
    let thrown: unknown;
    try {
      plan(row);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(WorkError);
    expect(thrown).toMatchObject({ message, fix });
  });

  it("is told to a person", () => {
    const row: Row = {
      what: "",
      platforms: ["linux/amd64", "linux/arm64", "linux/s390x"],
      request: { image: tonistiigi },
      facts: { binfmt: mounted("arm64"), proofs: { arm64: runs, s390x: fails } },
    };
    expect(describeEmulation(plan(row))).toEqual([
      "# linux/amd64: runs without emulation",
      "# linux/arm64: emulated by /usr/bin/qemu-aarch64",
      "# linux/s390x: an emulator will be registered",
      `docker ${run.join(" ")} ${tonistiigi} --install s390x`,
    ]);
  });
});

import { describe, expect, it } from "vitest";
import type { BinfmtMisc } from "../../src/emulation/binfmt-misc.ts";
import { parseBinfmtEntry } from "../../src/emulation/binfmt-misc.ts";
import type { EmulationFacts, EmulationMode, EmulationRequest } from "../../src/emulation/plan.ts";
import { planEmulation } from "../../src/emulation/plan.ts";
import { registerEmulators } from "../../src/emulation/register.ts";
import type { Command, Exec } from "../../src/exec.ts";
import { ExecError, formatCommand } from "../../src/exec.ts";
import type { Log } from "../../src/host/host.ts";
import { parsePlatform } from "../../src/oci/platform.ts";
import { entryText } from "./entries.ts";

const empty: BinfmtMisc = { state: "mounted", enabled: true, readOnly: false, entries: [] };
const full: BinfmtMisc = { ...empty, entries: [parseBinfmtEntry("qemu-aarch64", entryText("arm64"))] };
const facts = (binfmt: BinfmtMisc | undefined): EmulationFacts => ({ binfmt, proofs: {}, isRoot: false });

interface Answer {
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** A machine whose facts follow each other as they are asked for; the plan is made of the first. */
async function register(
  probed: readonly EmulationFacts[],
  options: {
    readonly answer?: Answer;
    readonly mode?: EmulationMode;
    readonly platforms?: readonly string[];
  } = {},
) {
  const { answer = {}, mode = "auto", platforms = ["linux/arm64"] } = options;
  const request: EmulationRequest = {
    mode,
    platforms: platforms.map((each) => parsePlatform(each)),
    image: "tonistiigi/binfmt:x",
    reset: false,
    hostArchitecture: "amd64",
    engine: "docker",
    job: "j",
  };
  const commands: string[] = [];
  const said: string[] = [];
  const exec: Exec = async (command: Command) => {
    commands.push(formatCommand(command));
    const { exitCode = 0, stderr = "", stdout = "" } = command.program === "docker" ? answer : {};
    if (exitCode !== 0) throw new ExecError(command, { exitCode, stderr, stdout, signal: null });
    return { stdout, stderr };
  };
  const say = (message: string): void => void said.push(message);
  const log: Log = { debug: () => {}, info: say, warning: say, error: say, group: say, untrusted: say };
  const rest = [...probed];
  const next = (): EmulationFacts => rest.shift() ?? facts(undefined);
  const plan = planEmulation(request, next());
  const after = await registerEmulators(request, plan, async () => next(), { exec, log });
  return { kinds: after.platforms.map(({ kind }) => kind), commands, said };
}

const status = (...emulators: string[]): string => JSON.stringify({ supported: [], emulators });

describe("the registration", () => {
  it("does nothing when there is nothing to do", async () => {
    expect(await register([facts(full)])).toEqual({ kinds: ["registered"], commands: [], said: [] });
  });

  it("does nothing when another process did it in the meantime", async () => {
    expect(await register([facts(empty), facts(full)])).toMatchObject({
      kinds: ["registered"],
      commands: [],
    });
  });

  it("runs the container, and believes what it finds afterwards", async () => {
    expect(await register([facts(empty), facts(empty), facts(full)])).toEqual({
      kinds: ["registered"],
      commands: ["docker run --rm --privileged --label=multiarch=j tonistiigi/binfmt:x --install arm64"],
      said: ["registering emulators with tonistiigi/binfmt:x"],
    });
  });

  it("believes what it finds when the container fails with something else", async () => {
    const answer = { exitCode: 1, stderr: "cannot register something else" };
    expect(await register([facts(empty), facts(empty), facts(full)], { answer })).toMatchObject({
      kinds: ["registered"],
    });
  });

  it("mounts binfmt_misc first where it is missing and it may", async () => {
    const unmounted = { binfmt: { ...empty, state: "unmounted" }, proofs: {}, isRoot: true } as const;
    const { commands } = await register([unmounted, unmounted, facts(full)]);
    expect(commands[0]).toBe("mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc");
  });

  it("takes an engine's word where the kernel is on another machine, until it is proved", async () => {
    const elsewhere = facts(undefined);
    const answer = { stdout: status("qemu-aarch64") };
    expect((await register([elsewhere, elsewhere, elsewhere], { answer })).kinds).toEqual(["registered"]);
  });

  it.each([
    "docker: Error response from daemon: privileged mode is incompatible with user namespaces.",
    "Cannot mount binfmt filesystem: operation not permitted",
  ])("leaves it to BuildKit where privileges are refused: %s", async (stderr) => {
    const { kinds, said } = await register([facts(empty), facts(empty), facts(empty)], {
      answer: { exitCode: 125, stderr },
    });
    expect(kinds).toEqual(["embedded"]);
    expect(said.at(-1)).toBe(
      `no emulator could be registered: privileged containers are refused here (${stderr}); BuildKit's own are used instead`,
    );
  });

  const unmounted = facts({ ...empty, state: "unmounted", readOnly: true });
  it.each([
    {
      what: "privileges are refused, and binfmt is asked for",
      mode: "binfmt",
      answer: { exitCode: 125, stderr: "privileged mode is incompatible with user namespaces" },
      message: "no emulator for linux/arm64 could be registered with tonistiigi/binfmt:x",
      fix: "privileged containers are refused here: use emulation embedded, or register QEMU on the machine (qemu-user-static)",
    },
    {
      what: "binfmt_misc is read-only, which ends with exit code 0",
      mode: "binfmt",
      answer: { stderr: "2026/11/23 19:16:24 installing: arm64 cannot register: read-only file system" },
      message:
        "no emulator for linux/arm64 could be registered with tonistiigi/binfmt:x: installing: arm64 cannot register: read-only file system",
      fix: "/proc/sys/fs/binfmt_misc is mounted read-only: sudo mount -o remount,rw /proc/sys/fs/binfmt_misc, or emulation: embedded",
    },
    {
      what: "the image has no such emulator, which ends with exit code 0",
      mode: "auto",
      answer: { stdout: status(), stderr: "installing: arm64 unsupported architecture: arm64" },
      message:
        "no emulator for linux/arm64 could be registered with tonistiigi/binfmt:x: installing: arm64 unsupported architecture: arm64",
      fix: "name another binfmt-image that has it, or leave the platform out",
    },
    {
      what: "the image does nothing at all",
      mode: "auto",
      answer: {},
      message:
        "no emulator for linux/arm64 could be registered with tonistiigi/binfmt:x: it ended well, but has not registered it",
      fix: "name another binfmt-image that has it, or leave the platform out",
    },
    {
      what: "it goes away with the container",
      mode: "binfmt",
      probed: [unmounted, unmounted, unmounted],
      answer: { stdout: status("qemu-aarch64") },
      message:
        "no emulator for linux/arm64 could be registered with tonistiigi/binfmt:x: it was gone again when the container " +
        "ended, as binfmt_misc is not mounted on this machine",
      fix: "sudo mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc",
    },
    {
      what: "the image can't be had",
      mode: "auto",
      answer: { exitCode: 125, stderr: "toomanyrequests: You have reached your pull rate limit." },
      message: "no emulator for linux/arm64 could be registered with tonistiigi/binfmt:x",
      fix: "the registry limits pulls: log in with docker login, or name a mirror in image-mirrors",
    },
  ] as const)("fails when $what", async ({ fix, message, ...row }) => {
    const probed = "probed" in row ? row.probed : [facts(empty), facts(empty), facts(empty)];
    await expect(register(probed, { answer: row.answer, mode: row.mode })).rejects.toMatchObject({
      message,
      fix,
    });
  });

  it("only warns of what was not asked for by name", async () => {
    const { kinds, said } = await register([facts(empty), facts(empty), facts(full)], { platforms: [] });
    expect(kinds).toEqual(["native", "registered", "register", "register", "register", "register"]);
    expect(said.at(-1)).toBe(
      "no emulator for linux/arm/v7, linux/ppc64le, linux/s390x, linux/riscv64 could be registered with " +
        "tonistiigi/binfmt:x: it ended well, but has not registered it",
    );
  });
});

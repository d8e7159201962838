import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { exec } from "../../src/exec.ts";
import type { ProofRequest } from "../../src/emulation/proof.ts";
import { judge, parseProofs, proofScript } from "../../src/emulation/proof.ts";
import { proveHere } from "../../src/emulation/prove.ts";

const own = process.arch === "arm64" ? "arm64" : "amd64";
const folder = mkdtempSync(join(tmpdir(), "multiarch-proof-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("what an exit code means", () => {
  it.each([
    { code: 42, said: "", proof: { runs: true } },
    { code: 0, said: "", proof: { runs: false, reason: "wrong answer", detail: "exit code 0" } },
    {
      code: 1,
      said: "qemu: uncaught\u0007 thing\nmore",
      proof: { runs: false, reason: "wrong answer", detail: "exit code 1: qemu: uncaught? thing" },
    },
    { code: 139, said: "", proof: { runs: false, reason: "crashed", detail: "signal 11" } },
    // dash, bash and busybox, when the kernel has no entry
    { code: 126, said: "dash: 4: /tmp/multiarch.a/arm64: Exec format error", reason: "no emulator" },
    { code: 126, said: "bash: /tmp/multiarch.a/arm64: cannot execute binary file", reason: "no emulator" },
    { code: 127, said: "/tmp/multiarch.a/arm64: line 1: \u007fELF@: not found", reason: "no emulator" },
    { code: 2, said: "/tmp/multiarch.a/arm64: line 1: syntax error", reason: "no emulator" },
    // the same, when it has one whose interpreter is not there
    { code: 127, said: "dash: 4: /tmp/multiarch.a/arm64: not found", reason: "emulator missing" },
    {
      code: 127,
      said: "bash: /tmp/multiarch.a/arm64: cannot execute: required file not found",
      reason: "emulator missing",
    },
    { code: 127, said: "sh: /tmp/multiarch.a/arm64: not found", reason: "emulator missing" },
    // docker exec of the program itself
    { code: 255, said: "exec /p/arm64: exec format error", reason: "no emulator" },
    {
      code: 126,
      said: 'exec failed: exec: "buildkit-qemu-arm": executable file not found in $PATH: unknown',
      emulator: "buildkit-qemu-arm",
      proof: { runs: false, reason: "emulator missing", detail: "buildkit-qemu-arm" },
    },
    { code: 255, said: "", proof: { runs: false, reason: "wrong answer", detail: "exit code 255" } },
    { code: 1, said: "exec /p/arm64: no such file or directory", reason: "emulator missing" },
    {
      code: 127,
      said: "sh: buildkit-qemu-arm: not found",
      emulator: "buildkit-qemu-arm",
      proof: { runs: false, reason: "emulator missing", detail: "buildkit-qemu-arm" },
    },
  ])("$code, $said", ({ code, emulator, proof, reason, said }) => {
    expect(judge(code, said, emulator)).toEqual(proof ?? { runs: false, reason, detail: "" });
  });
});

describe("the answers of the script", () => {
  const request: ProofRequest = { architectures: ["arm64", "arm", "vax"], native: "amd64" };
  it.each([
    {
      stdout: "proof arm 127 sh: /tmp/multiarch.a/arm: not found\nproof arm64 42 \n",
      proofs: { arm64: { runs: true }, arm: { runs: false, reason: "emulator missing", detail: "" } },
    },
    {
      stdout: "proof arm 1 first\nsecond\nproof arm64 42 \n",
      proofs: {
        arm64: { runs: true },
        arm: { runs: false, reason: "wrong answer", detail: "exit code 1: first" },
      },
    },
    {
      stdout: "proof - 0 there is no folder in which programs may be run\n",
      proofs: {
        arm64: { reason: "not tried", detail: "there is no folder in which programs may be run" },
        arm: { reason: "not tried" },
      },
    },
    { stdout: "", proofs: { arm64: { reason: "not tried" }, arm: { reason: "not tried" } } },
  ])("$stdout", ({ proofs, stdout }) => {
    expect(parseProofs(stdout, request)).toMatchObject({ ...proofs, vax: { reason: "not tried" } });
  });
});

describe.skipIf(process.platform !== "linux")("the script", () => {
  const shells = [["sh"], ["dash"], ["bash"], ["busybox", "sh"]].filter(
    ([program = "", ...args]) => spawnSync(program, [...args, "-c", "exit 0"]).status === 0,
  );

  it.each(shells.map((shell) => ({ shell })))("runs in $shell, and removes what it wrote", ({ shell }) => {
    const [program = "", ...args] = shell;
    const before = mkdtempSync(join(folder, "scratch-"));
    const request = { architectures: [own, "vax"], native: own, folder: before };
    const { stderr, stdout } = spawnSync(program, [...args, "-c", proofScript(request)], {
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(parseProofs(stdout, request)).toMatchObject({
      [own]: { runs: true },
      vax: { reason: "not tried" },
    });
    expect(readdirSync(before)).toEqual([]);
  });

  it("takes another folder when the first does not let programs run", async () => {
    const request = { architectures: [own], native: own, folder: "/proc" };
    expect(await proveHere(request, exec)).toEqual({ [own]: { runs: true } });
  });

  it("calls an emulator by name, whatever it is named", async () => {
    const crash = join(folder, "an emulator's name");
    writeFileSync(crash, "#!/bin/sh\nkill -SEGV $$\n");
    chmodSync(crash, 0o755);
    const lie = join(folder, "lie");
    writeFileSync(lie, "#!/bin/sh\necho no 'such' thing >&2\nexit 3\n");
    chmodSync(lie, 0o755);
    const request = {
      architectures: ["arm64", "arm", "s390x"],
      native: own,
      emulators: { arm64: crash, arm: lie, s390x: join(folder, "none") },
    };
    expect(await proveHere(request, exec)).toEqual({
      arm64: { runs: false, reason: "crashed", detail: "signal 11" },
      arm: { runs: false, reason: "wrong answer", detail: "exit code 3: no such thing" },
      s390x: { runs: false, reason: "emulator missing", detail: join(folder, "none") },
    });
  });
});

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { embeddedEmulator } from "../../src/emulation/emulator.ts";
import { proofExitCode, proofProgram, provableArchitectures } from "../../src/emulation/program.ts";
import { lab, program } from "./job.ts";

const folder = mkdtempSync(join(tmpdir(), "multiarch-programs-"));

beforeAll(async () => {
  const container = await program("docker", ["create", lab.LAB_BINFMT_IMAGE_TONISTIIGI]);
  await program("docker", ["cp", `${container}:/usr/bin`, folder]);
  await program("docker", ["rm", container]);
});

afterAll(() => rmSync(folder, { recursive: true }));

it.each(provableArchitectures)(
  "the proof program for %s ends with its exit code under QEMU",
  (architecture) => {
    const path = join(folder, architecture);
    writeFileSync(path, proofProgram(architecture) ?? "", { mode: 0o755 });
    const isOwn = architecture === "amd64" || architecture === "386";
    const qemu = join(folder, "bin", embeddedEmulator(architecture).replace("buildkit-", ""));
    // The image has no QEMU for what amd64 machines run by themselves.
    const { status } = isOwn ? spawnSync(path) : spawnSync(qemu, [path]);
    expect(status).toBe(proofExitCode);
  },
);

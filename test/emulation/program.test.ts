import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { proofExitCode, proofProgram, provableArchitectures } from "../../src/emulation/program.ts";

const folder = mkdtempSync(join(tmpdir(), "multiarch-program-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(architecture: string): string {
  const path = join(folder, architecture);
  writeFileSync(path, proofProgram(architecture) ?? "", { mode: 0o755 });
  return path;
}

const elf64 =
  "7f454c46 02010100 00000000 00000000" + // 64 bits, little-endian
  "0200 b700 01000000" + // executable, AArch64
  "7800400000000000 4000000000000000 0000000000000000" + // entry, program headers, no sections
  "00000000 4000 3800 0100 0000 0000 0000" +
  "01000000 05000000 0000000000000000 0000400000000000 0000400000000000" + // loaded, readable and executable
  "8400000000000000 8400000000000000 0000010000000000" +
  "400580d2 a80b80d2 010000d4";
const elf32 =
  "7f454c46 01010100 00000000 00000000" +
  "0200 2800 01000000 54004000 34000000 00000000" +
  "00000005 3400 2000 0100 0000 0000 0000" +
  "01000000 00000000 00004000 00004000 60000000 60000000 05000000 00000100" +
  "2a00a0e3 0170a0e3 000000ef";
const elf64Big =
  "7f454c46 02020100 00000000 00000000" +
  "0002 0016 00000001" +
  "0000000000400078 0000000000000040 0000000000000000" +
  "00000000 0040 0038 0001 0000 0000 0000" +
  "00000001 00000005 0000000000000000 0000000000400000 0000000000400000" +
  "000000000000007e 000000000000007e 0000000000010000" +
  "a729002a 0a01";

describe("the proof programs", () => {
  it.each([
    { architecture: "arm64", bytes: elf64 },
    { architecture: "arm", bytes: elf32 },
    { architecture: "s390x", bytes: elf64Big },
  ])("for $architecture is byte for byte what the listing says", ({ architecture, bytes }) => {
    expect(Buffer.from(proofProgram(architecture) ?? []).toString("hex")).toBe(bytes.replaceAll(" ", ""));
  });

  it("are tiny, and there is none for an architecture that we know nothing of", () => {
    for (const architecture of provableArchitectures) {
      expect(proofProgram(architecture)?.length).toBeLessThan(150);
    }
    expect(proofProgram("vax")).toBeUndefined();
  });

  it.runIf(process.platform === "linux" && process.arch === "x64")("for this machine needs no QEMU", () => {
    expect(spawnSync(write("amd64")).status).toBe(proofExitCode);
  });
});

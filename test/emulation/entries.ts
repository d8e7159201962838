import { proofProgram } from "../../src/emulation/program.ts";

const qemuNames: Readonly<Record<string, string>> = {
  "386": "i386",
  amd64: "x86_64",
  arm64: "aarch64",
  loong64: "loongarch64",
  mips64le: "mips64el",
};

/** What the kernel shows of an entry that was registered with QEMU's own magic and mask for an architecture. */
export function entryText(architecture: string): string {
  const header = Buffer.from(proofProgram(architecture) ?? []).subarray(0, 20);
  const mask = Buffer.alloc(20, 0xff);
  mask[7] = 0; // whatever the ABI
  mask[header[5] === 1 ? 16 : 17] = 0xfe; // executables, and those at any address
  return [
    "enabled",
    `interpreter /usr/bin/qemu-${qemuNames[architecture] ?? architecture}`,
    "flags: POCF",
    "offset 0",
    `magic ${header.toString("hex")}`,
    `mask ${mask.toString("hex")}`,
    "",
  ].join("\n");
}

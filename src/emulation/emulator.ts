import type { BinfmtEntry } from "./binfmt-misc.ts";
import { takes } from "./binfmt-misc.ts";
import { proofProgram } from "./program.ts";

/** OCI architecture to QEMU's name for it. */
const qemuNames: Readonly<Record<string, string>> = {
  "386": "i386",
  amd64: "x86_64",
  arm: "arm",
  arm64: "aarch64",
  loong64: "loongarch64",
  mips64: "mips64",
  mips64le: "mips64el",
  ppc64le: "ppc64le",
  riscv64: "riscv64",
  s390x: "s390x",
};

/** What a host of an architecture also runs without emulation, unless trying it shows otherwise. */
const alsoNative: Readonly<Record<string, readonly string[]>> = { amd64: ["386"] };

/** Architectures that `linuxkit/binfmt` registers: all of them, on amd64 hosts. */
export const linuxkitArchitectures: readonly string[] = ["arm64", "arm", "ppc64le", "s390x", "riscv64"];

/** Whether there is a QEMU for an architecture that we know how to register and to prove. */
export function isEmulated(architecture: string): boolean {
  return architecture in qemuNames;
}

/** The name that both binfmt images register an architecture under. */
export function entryName(architecture: string): string {
  return `qemu-${qemuNames[architecture] ?? architecture}`;
}

/** The QEMU that BuildKit brings along for an architecture, by `qemuArchMap` in its executor. */
export function embeddedEmulator(architecture: string): string {
  return `buildkit-qemu-${qemuNames[architecture] ?? architecture}`;
}

/** Whether a host is expected to run an architecture by itself. */
export function isNative(architecture: string, host: string): boolean {
  return architecture === host || (alsoNative[host] ?? []).includes(architecture);
}

/** The entries that take an architecture's programs, whatever their names: distributions have their own. */
export function entriesFor(architecture: string, entries: readonly BinfmtEntry[]): readonly BinfmtEntry[] {
  const program = proofProgram(architecture);
  const name = entryName(architecture);
  return entries
    .filter(
      (entry) =>
        (program !== undefined && takes(entry, program)) ||
        (entry.pattern === undefined && entry.name === name),
    )
    .toSorted((a, b) => Number(b.name === name) - Number(a.name === name));
}

/** Whether an entry's programs run in every container. */
export function isIntact(entry: BinfmtEntry): boolean {
  return entry.enabled && entry.flags.includes("F");
}

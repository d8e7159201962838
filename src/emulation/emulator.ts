import type { Platform } from "../oci/platform.ts";
import type { BinfmtEntry } from "./binfmt-misc.ts";

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

/** What a host of an architecture also runs without emulation. */
const alsoNative: Readonly<Record<string, readonly string[]>> = { amd64: ["386"] };

/** Architectures that `linuxkit/binfmt` registers: all of them, on amd64 hosts. */
export const linuxkitArchitectures: readonly string[] = ["arm64", "arm", "ppc64le", "s390x", "riscv64"];

/** The architectures among `platforms` that a host can't run by itself. */
export function foreignArchitectures(platforms: readonly Platform[], host: string): string[] {
  const native = [host, ...(alsoNative[host] ?? [])];
  return [...new Set(platforms.map(({ architecture }) => architecture))].filter(
    (architecture) => !native.includes(architecture),
  );
}

/** Whether binaries of an architecture are handed to QEMU, in containers too. */
export function isRegistered(architecture: string, entries: readonly BinfmtEntry[]): boolean {
  const name = `qemu-${qemuNames[architecture] ?? architecture}`;
  return entries.some((entry) => entry.name === name && entry.enabled && entry.flags.includes("F"));
}

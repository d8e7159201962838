import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** One registered binary format of the kernel's binfmt_misc. */
export interface BinfmtEntry {
  readonly name: string;
  readonly enabled: boolean;
  readonly interpreter: string;
  /** With `F` the kernel opened the interpreter at registration, so that it works in every container. */
  readonly flags: string;
  /** The bytes that a file must have; undefined for entries that go by a file name's extension. */
  readonly pattern?: { readonly offset: number; readonly magic: Uint8Array; readonly mask: Uint8Array };
}

/** What this machine shows of its kernel's binfmt_misc. */
export interface BinfmtMisc {
  /** `absent` is a kernel without it, or whose module is not loaded. */
  readonly state: "mounted" | "unmounted" | "absent";
  /** False when all of it is switched off. */
  readonly enabled: boolean;
  /** Whether we can't change it because of how it, or /proc, is mounted for us: in a container, for one. */
  readonly readOnly: boolean;
  readonly entries: readonly BinfmtEntry[];
}

export const binfmtMiscFolder = "/proc/sys/fs/binfmt_misc";

/** The text of one file in binfmt_misc, as the kernel's Documentation/admin-guide/binfmt-misc.rst says. */
export function parseBinfmtEntry(name: string, text: string): BinfmtEntry {
  const value = (key: string): string =>
    text
      .split("\n")
      .find((line) => line.startsWith(key))
      ?.slice(key.length)
      .trim() ?? "";
  const magic = Buffer.from(value("magic "), "hex");
  const mask = Buffer.from(value("mask "), "hex");
  return {
    name,
    enabled: /^enabled$/m.test(text),
    interpreter: value("interpreter "),
    flags: value("flags:"),
    ...(magic.length === 0
      ? {}
      : {
          pattern: {
            offset: Number(value("offset ")),
            magic: new Uint8Array(magic),
            mask: mask.length === 0 ? new Uint8Array(magic.length).fill(0xff) : new Uint8Array(mask),
          },
        }),
  };
}

/** Whether the kernel gives a file that begins like this to the entry's interpreter. */
export function takes({ pattern }: BinfmtEntry, file: Uint8Array): boolean {
  if (pattern === undefined) return false;
  const { magic, mask, offset } = pattern;
  return magic.every((byte, i) => (((file[offset + i] ?? 0) ^ byte) & (mask[i] ?? 0xff)) === 0);
}

/** What is registered on this machine, whatever the names; `folder` and `mounts` are elsewhere in tests only. */
export function readBinfmtMisc(
  folder: string = binfmtMiscFolder,
  mounts: string = "/proc/self/mountinfo",
): BinfmtMisc {
  const readOnly = isReadOnly(folder, readOr("", mounts));
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return { state: "absent", enabled: false, readOnly, entries: [] };
  }
  if (!names.includes("status")) return { state: "unmounted", enabled: false, readOnly, entries: [] };
  const enabled = readOr("enabled", join(folder, "status")).trim() === "enabled";
  const entries = names
    .filter((name) => name !== "register" && name !== "status")
    // One that went away while we read is not there.
    .map((name) => ({ name, text: readOr("", join(folder, name)) }))
    .filter(({ text }) => text !== "")
    .map(({ name, text }) => parseBinfmtEntry(name, text));
  return { state: "mounted", enabled, readOnly, entries };
}

/**
 * Whether the file system that holds a path is mounted read-only, by the text of /proc/PID/mountinfo
 * (https://docs.kernel.org/filesystems/proc.html, section 3.5).
 */
export function isReadOnly(path: string, mountinfo: string): boolean {
  let nearest: { readonly point: string; readonly options: readonly string[] } | undefined;
  for (const line of mountinfo.split("\n")) {
    const [mount = "", fileSystem = ""] = line.split(" - ");
    const [, , , , point = "", options = ""] = mount.split(" ");
    if (point === "" || !`${path}/`.startsWith(point === "/" ? "/" : `${point}/`)) continue;
    // Of two on the same point, the later one is on top.
    if (point.length < (nearest?.point.length ?? 0)) continue;
    nearest = { point, options: [options, fileSystem.split(" ")[2] ?? ""].join(",").split(",") };
  }
  return nearest?.options.includes("ro") ?? false;
}

function readOr(fallback: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return fallback;
  }
}

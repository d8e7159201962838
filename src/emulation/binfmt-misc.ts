import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** One registered binary format of the kernel's binfmt_misc. */
export interface BinfmtEntry {
  readonly name: string;
  readonly enabled: boolean;
  readonly interpreter: string;
  /** With `F` the kernel opened the interpreter at registration, so that it works in every container. */
  readonly flags: string;
}

const mountPoint = "/proc/sys/fs/binfmt_misc";

/** The text of one file in binfmt_misc, as the kernel's Documentation/admin-guide/binfmt-misc.rst says. */
export function parseBinfmtEntry(name: string, text: string): BinfmtEntry {
  const value = (key: string): string =>
    text
      .split("\n")
      .find((line) => line.startsWith(key))
      ?.slice(key.length)
      .trim() ?? "";
  return {
    name,
    enabled: /^enabled$/m.test(text),
    interpreter: value("interpreter "),
    flags: value("flags:"),
  };
}

/** What is registered on this machine; nothing when binfmt_misc is not mounted or not readable. */
export function readBinfmtEntries(folder: string = mountPoint): BinfmtEntry[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((name) => name !== "register" && name !== "status")
    .flatMap((name) => {
      try {
        return [parseBinfmtEntry(name, readFileSync(join(folder, name), "utf8"))];
      } catch {
        return [];
      }
    });
}

import type { FileHandle } from "node:fs/promises";
import { WorkError } from "../errors.ts";

const block = 512;

/** Where the bytes of a file are in an archive. */
export interface TarEntry {
  readonly offset: number;
  readonly size: number;
}

/** The regular files of a tar archive (POSIX pax and ustar) by name. Only headers are read. Throws WorkError naming `what`. */
export async function readTarEntries(file: FileHandle, what: string): Promise<ReadonlyMap<string, TarEntry>> {
  const entries = new Map<string, TarEntry>();
  let longName: string | undefined;
  for (let position = 0; ;) {
    const header = Buffer.alloc(block);
    const { bytesRead } = await file.read(header, 0, block, position);
    if (bytesRead < block || header.every((byte) => byte === 0)) return entries;
    if (checksum(header) !== number(header, 148, 8)) throw new WorkError(`${what} is not a tar archive`);
    const size = number(header, 124, 12);
    const type = String.fromCharCode(header[156] ?? 0);
    const offset = position + block;
    position = offset + Math.ceil(size / block) * block;
    if (type === "x") {
      const records = Buffer.alloc(Math.min(size, 64 * 1024));
      await file.read(records, 0, records.length, offset);
      longName = /(?:^|\n)\d+ path=(.*)\n/.exec(records.toString())?.[1];
      continue;
    }
    const prefix = text(header, 345, 155);
    const name = longName ?? `${prefix === "" ? "" : `${prefix}/`}${text(header, 0, 100)}`;
    longName = undefined;
    if (type === "0" || type === "\0") entries.set(name.replace(/^\.\//, ""), { offset, size });
  }
}

/** The header of a regular file, always the same for the same name and size. */
export function tarHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(block);
  const slash = name.lastIndexOf("/");
  const isLong = name.length > 100;
  const [prefix, base] = isLong ? [name.slice(0, slash), name.slice(slash + 1)] : ["", name];
  if (base.length > 100) throw new WorkError(`${name} is too long a name for a tar archive: use a folder`);
  header.write(base, 0);
  header.write("0000644\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("0", 156);
  header.write("ustar\u000000", 257);
  header.write(prefix, 345);
  header.write(`${checksum(header).toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** What fills the last block of a file. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((block - (size % block)) % block);
}

export const tarEnd = Buffer.alloc(2 * block);

/** The sum of all bytes, those of the field for it taken as spaces. */
function checksum(header: Buffer): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}

function text(header: Buffer, at: number, length: number): string {
  const field = header.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.subarray(0, end === -1 ? length : end).toString();
}

/** Octal, or binary where the first bit is set, as GNU tar writes what is 8 GiB and more. */
function number(header: Buffer, at: number, length: number): number {
  if (((header[at] ?? 0) & 0x80) !== 0) return header.readUIntBE(at + length - 6, 6);
  return Number.parseInt(text(header, at, length).trim() || "0", 8);
}

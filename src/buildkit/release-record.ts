import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { lstat, open, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Who says what an archive's digest must be; "none" when nobody did and the user took it all the same. */
export type Trust = "given" | "known" | "provenance" | "none";

/** What was found out when programs were taken out of an archive, kept beside them. */
export interface ReleaseRecord {
  readonly trust: Trust;
  /** SHA-256 of the archive. */
  readonly archive: string;
  /** SHA-256 of each program by its file's name. */
  readonly programs: Readonly<Record<string, string>>;
}

const recordName = "multiarch.json";
const trusts: readonly string[] = ["given", "known", "provenance", "none"] satisfies Trust[];

/** Hashes the programs in a folder and writes the record beside them. */
export async function writeRecord(
  folder: string,
  names: readonly string[],
  origin: Pick<ReleaseRecord, "trust" | "archive">,
): Promise<ReleaseRecord> {
  const digests = await Promise.all(names.map((name) => sha256Of(join(folder, name))));
  const programs = Object.fromEntries(names.map((name, index) => [name, digests[index] ?? ""]));
  const record: ReleaseRecord = { ...origin, programs };
  await writeFile(join(folder, recordName), `${JSON.stringify(record, null, 2)}\n`, { flag: "wx" });
  return record;
}

/**
 * The record of a folder whose files are, byte for byte, those that it speaks of, and no others, because the folder is
 * put on PATH. Otherwise what is wrong.
 */
export async function checkRecord(
  folder: string,
): Promise<{ readonly record: ReleaseRecord } | { readonly wrong: string }> {
  const record = await readRecord(folder);
  if (record === undefined) return { wrong: "it has no record of what was verified" };
  const names = Object.keys(record.programs);
  const strangers = (await readdir(folder)).filter((name) => name !== recordName && !names.includes(name));
  if (strangers.length > 0) return { wrong: `${strangers.join(", ")} did not come with the release` };
  const found = await Promise.all(
    names.map(async (name) => (await programSha256(join(folder, name))) === record.programs[name]),
  );
  const changed = names.filter((_, index) => found[index] !== true);
  return changed.length === 0 ? { record } : { wrong: `${changed.join(", ")} changed since it was verified` };
}

async function readRecord(folder: string): Promise<ReleaseRecord | undefined> {
  try {
    const value = JSON.parse(
      await readFile(join(folder, recordName), "utf8"),
    ) as Partial<ReleaseRecord> | null;
    if (value === null || typeof value.trust !== "string" || !trusts.includes(value.trust)) return undefined;
    const { archive, programs } = value;
    const isWhole = typeof archive === "string" && typeof programs === "object" && programs !== null;
    return isWhole ? { trust: value.trust, archive, programs } : undefined;
  } catch {
    return undefined;
  }
}

/** Of an executable regular file; undefined for anything else. */
async function programSha256(path: string): Promise<string | undefined> {
  try {
    const { mode } = await lstat(path);
    const isProgram = (mode & constants.S_IFMT) === constants.S_IFREG;
    const isExecutable = process.platform === "win32" || (mode & 0o111) !== 0;
    return isProgram && isExecutable ? await sha256Of(path) : undefined;
  } catch {
    return undefined;
  }
}

/** In pieces of 1 MiB: a stream's own 64 KiB take twice as long, and each hit of the cache waits for this. */
async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await open(path);
  try {
    const piece = Buffer.allocUnsafe(1024 * 1024);
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, piece.length);
      if (bytesRead === 0) return hash.digest("hex");
      hash.update(piece.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

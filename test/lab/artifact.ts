import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** Makes a folder unless it is there. It appears under its name only when it is complete. */
export async function makeArtifact(
  folder: string,
  make: (partial: string) => Promise<unknown>,
): Promise<boolean> {
  if (existsSync(folder)) return false;
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await make(partial);
  await rename(partial, folder);
  return true;
}

/** A short name for a value: an artifact that is made from something else has another name. */
export function keyOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 12);
}

/** The same for the files in a folder. */
export async function keyOfFolder(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(
    files.toSorted().map(async (file) => [file.slice(folder.length), await readFile(file, "utf8")]),
  );
  return keyOf(contents);
}

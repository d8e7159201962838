import { rm, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Solve } from "../../buildkit/buildctl.ts";
import { isTrue } from "../../buildkit/attribute.ts";
import { WorkError } from "../../errors.ts";

/** What is left of a disk when a file did not fit: less than a block, or a few. */
const fullBelow = 64 * 1024;

/**
 * A solve that failed because its results do not fit on a disk of this machine; undefined when that is not why. Where a
 * folder is written, all that buildctl says is EOF. Archives that are not whole are removed.
 */
export async function explainFullDisk(
  { cacheExports, outputs }: Pick<Solve, "cacheExports" | "outputs">,
  platform: string,
  said: string,
): Promise<WorkError | undefined> {
  const mentions = /no space left on device|disk quota exceeded/i.test(said);
  if (!mentions && !/\bEOF\b/.test(said)) return undefined;
  for (const { attributes, type } of [...outputs, ...cacheExports]) {
    const path = attributes.get("dest");
    if (path === undefined) continue;
    const free = await freeBytes(path);
    if (!(mentions ? said.includes(path) : free < fullBelow)) continue;
    const isArchive = type === "tar" || ((type === "oci" || type === "docker") && !isFolder(attributes));
    if (isArchive) await rm(path, { force: true });
    return new WorkError(
      `${platform}: the disk is full: ${path} could not be written, ${free} bytes were free`,
      { fix: "free some space there, or name a place on another disk" },
    );
  }
  return undefined;
}

function isFolder(attributes: ReadonlyMap<string, string>): boolean {
  const tar = attributes.get("tar");
  return tar !== undefined && !isTrue(tar);
}

/** Of the file system that the path is on, or will be; Infinity where that can't be told. */
async function freeBytes(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    return path === dirname(path) ? Infinity : freeBytes(dirname(path));
  }
}

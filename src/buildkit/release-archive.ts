import { createReadStream, createWriteStream } from "node:fs";
import { chmod, rename } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { explainWriteError } from "../disk.ts";
import { WorkError } from "../errors.ts";

const programLimit = 300 * 1024 * 1024;
/** Pieces of the size that Node takes by itself cost several times as long. */
const pieceBytes = 1024 * 1024;
const memberPattern = /^(?:\.\/)?bin\/([A-Za-z0-9][\w.-]*)$/;

/**
 * Takes programs, which are regular files right in `bin/`, out of a .tar.gz: those named, or all of them. Nothing else of
 * the archive is written, and a name of the archive never becomes a path. Gives the names of the files in `folder`.
 */
export async function unpackPrograms(
  archive: string,
  folder: string,
  wanted: readonly string[] | "all",
): Promise<readonly string[]> {
  const { extract } = await import("tar-stream");
  const taken: string[] = [];
  const entries = extract();
  const feeding = pipeline(
    createReadStream(archive, { highWaterMark: pieceBytes }),
    createGunzip({ chunkSize: pieceBytes }),
    entries,
  );
  // It ends with the entries, which are waited for below, and is cut off when nothing more is wanted.
  feeding.catch(() => {});
  try {
    for await (const entry of entries) {
      const { name, type, size } = entry.header;
      const [, program] = memberPattern.exec(name) ?? [];
      if (program === undefined || type !== "file" || (wanted !== "all" && !wanted.includes(program))) {
        entry.resume();
        continue;
      }
      if (taken.includes(program)) throw new WorkError(`${archive} holds ${name} twice`);
      if (size > programLimit) throw new WorkError(`${name} in ${archive} is larger than 300 MiB`);
      await writeProgram(entry, join(folder, program));
      taken.push(program);
      if (wanted !== "all" && taken.length === wanted.length) break;
    }
  } catch (error) {
    if (error instanceof WorkError) throw error;
    throw new WorkError(`${archive} is not a .tar.gz that can be read`, { cause: error });
  }
  return taken;
}

/** Whole or not at all under its name. */
async function writeProgram(entry: AsyncIterable<unknown>, path: string): Promise<void> {
  const partial = `${path}.partial`;
  try {
    await pipeline(entry, createWriteStream(partial, { flags: "wx", mode: 0o600 }));
    await chmod(partial, 0o755);
    await rename(partial, path);
  } catch (error) {
    throw await explainWriteError(error, path);
  }
}

import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { formatIndexJson, parseIndexJson } from "./index-json.ts";
import type { LayoutStore } from "./store.ts";
import { blobPath, layoutFile } from "./store.ts";

/** A layout in a folder. Files come into being whole, under another name first. */
export function openFolder(folder: string): LayoutStore {
  const indexFile = join(folder, "index.json");
  let drafts = 0;
  const draftOf = (path: string): string => `${path}.${process.pid}.${drafts++}`;

  const write = async (path: string, save: (draft: string) => Promise<void>): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    const draft = draftOf(path);
    try {
      await save(draft);
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  };

  return {
    list: async (): Promise<readonly Descriptor[]> => {
      const bytes = await orMissing(readFile(indexFile));
      return bytes === undefined ? [] : parseIndexJson(bytes, indexFile);
    },
    replaceList: async (manifests) => {
      await write(join(folder, "oci-layout"), (draft) => writeFile(draft, layoutFile));
      await write(indexFile, (draft) => writeFile(draft, formatIndexJson(manifests)));
    },
    size: async (digest: Digest) => (await orMissing(stat(join(folder, blobPath(digest)))))?.size,
    read: (digest) => createReadStream(join(folder, blobPath(digest))),
    write: (digest, body) =>
      write(join(folder, blobPath(digest)), (draft) => pipeline(body, createWriteStream(draft))),
    finish: async () => {},
    discard: async () => {},
  };
}

/** Undefined where a file or a folder on the way to it is not there. */
export async function orMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

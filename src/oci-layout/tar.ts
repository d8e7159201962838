import { createReadStream } from "node:fs";
import { open, readdir, rename, rm } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import type { Descriptor } from "../oci/descriptor.ts";
import { openFolder, orMissing } from "./folder.ts";
import { formatIndexJson, parseIndexJson } from "./index-json.ts";
import type { Body, LayoutStore } from "./store.ts";
import { blobPath, layoutFile } from "./store.ts";
import type { TarEntry } from "./tar-format.ts";
import { readTarEntries, tarEnd, tarHeader, tarPadding } from "./tar-format.ts";

/**
 * A layout in a tar archive. What is written is kept in a folder beside it; `finish` packs a new archive of both, which takes
 * the place of the old one, unless the list is what it was.
 */
export function openTar(path: string): LayoutStore {
  const folder = `${path}.${process.pid}.parts`;
  const added = openFolder(folder);
  let listed: readonly Descriptor[] | undefined;
  let reading: Promise<ReadonlyMap<string, TarEntry>> | undefined;

  const scan = async (): Promise<ReadonlyMap<string, TarEntry>> => {
    const file = await orMissing(open(path));
    if (file === undefined) return new Map();
    try {
      return await readTarEntries(file, path);
    } finally {
      await file.close();
    }
  };
  const entries = (): Promise<ReadonlyMap<string, TarEntry>> => (reading ??= scan());
  const readEntry = ({ offset, size }: TarEntry): Body =>
    size === 0 ? nothing() : createReadStream(path, { start: offset, end: offset + size - 1 });

  const listArchived = async (): Promise<readonly Descriptor[]> => {
    const index = (await entries()).get("index.json");
    return index === undefined ? [] : parseIndexJson(await buffer(readEntry(index)), `index.json of ${path}`);
  };

  async function* readBlob(digest: Parameters<LayoutStore["read"]>[0]): Body {
    const entry = (await entries()).get(blobPath(digest));
    yield* entry === undefined ? added.read(digest) : readEntry(entry);
  }

  const pack = async (manifests: readonly Descriptor[]): Promise<void> => {
    const archived = new Map(
      [...(await entries())].filter(([name]) => name !== "index.json" && name !== "oci-layout"),
    );
    const draft = `${path}.${process.pid}`;
    const file = await open(draft, "w");
    try {
      const add = async (name: string, size: number, body: Body): Promise<void> => {
        await file.writeFile(tarHeader(name, size));
        for await (const chunk of body) await file.writeFile(chunk);
        await file.writeFile(tarPadding(size));
      };
      const addText = (name: string, text: string): Promise<void> =>
        add(name, Buffer.byteLength(text), once(Buffer.from(text)));
      await addText("oci-layout", layoutFile);
      await addText("index.json", formatIndexJson(manifests));
      for (const [name, entry] of archived) await add(name, entry.size, readEntry(entry));
      for (const name of await blobNames(folder)) {
        if (archived.has(name)) continue;
        const blob = await open(`${folder}/${name}`);
        const { size } = await blob.stat();
        await add(name, size, blob.createReadStream());
      }
      await file.writeFile(tarEnd);
    } finally {
      await file.close();
    }
    await rename(draft, path);
  };

  return {
    list: async () => listed ?? listArchived(),
    replaceList: async (manifests) => void (listed = manifests),
    size: async (digest) => (await entries()).get(blobPath(digest))?.size ?? added.size(digest),
    read: readBlob,
    write: added.write,
    finish: async () => {
      if (listed === undefined) return;
      if (formatIndexJson(listed) !== formatIndexJson(await listArchived())) await pack(listed);
    },
    discard: () => rm(folder, { recursive: true, force: true }),
  };
}

async function blobNames(folder: string): Promise<readonly string[]> {
  const names = await orMissing(readdir(folder, { recursive: true, withFileTypes: true }));
  return (names ?? [])
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath.slice(folder.length + 1)}/${entry.name}`)
    .toSorted();
}

async function* nothing(): Body {}

async function* once(bytes: Uint8Array): Body {
  yield bytes;
}

import { resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import type { Descriptor } from "../oci/descriptor.ts";
import { type Digest, digestOf } from "../oci/digest.ts";
import { parseManifest } from "../oci/manifest.ts";
import { formatReference, type Reference, withTarget } from "../oci/reference.ts";
import type { FetchedManifest, RegistryClient } from "../registry/client.ts";
import { checkedBody, requireDigest } from "../registry/digest-check.ts";
import { RegistryError } from "../registry/error.ts";
import { openFolder } from "./folder.ts";
import { findTag, moveTag } from "./index-json.ts";
import { layoutPath } from "./reference.ts";
import type { LayoutStore } from "./store.ts";
import { openTar } from "./tar.ts";

/** A registry client for which OCI layouts are registries, too. */
export interface LayoutClient extends RegistryClient {
  /** What the layout lists, with or without a tag. */
  readonly listLayout: (layout: Reference) => Promise<readonly Descriptor[]>;
}

/** The layouts that are in use, each opened once. */
export interface LayoutStores {
  readonly of: (reference: Reference) => LayoutStore | undefined;
  /** Runs one change of a list at a time, or one would undo another. */
  readonly change: <T>(work: () => Promise<T>) => Promise<T>;
  /** Makes what was written last; without it, what was written to archives is lost. */
  readonly finish: () => Promise<void>;
  readonly discard: () => Promise<void>;
}

/** Larger than any manifest or config that a registry would take. */
const maxBytesInMemory = 4 * 1024 * 1024;

/** Paths are below `cwd` where they are relative; those that end in `.tar` are archives. */
export function openLayoutStores(cwd: string): LayoutStores {
  const stores = new Map<string, LayoutStore>();
  let lastChange: Promise<unknown> = Promise.resolve();
  return {
    of: (reference) => {
      const path = layoutPath(reference);
      if (path === undefined) return undefined;
      const absolute = resolve(cwd, path);
      const store = stores.get(absolute) ?? (path.endsWith(".tar") ? openTar : openFolder)(absolute);
      stores.set(absolute, store);
      return store;
    },
    change: (work) => {
      const next = lastChange.then(work, work);
      lastChange = next.catch(() => {});
      return next;
    },
    finish: async () => {
      for (const store of stores.values()) await store.finish();
    },
    discard: async () => {
      for (const store of stores.values()) await store.discard();
    },
  };
}

/** References to layouts go to their files, all others to the registry client. */
export function withLayouts(registry: RegistryClient, { change, of: storeOf }: LayoutStores): LayoutClient {
  const find = async (store: LayoutStore, { digest, tag }: Reference): Promise<Digest | undefined> =>
    digest ?? findTag(await store.list(), tag ?? "")?.digest;

  const getIfThere = async (
    store: LayoutStore,
    reference: Reference,
  ): Promise<FetchedManifest | undefined> => {
    const what = formatReference(reference);
    const digest = await find(store, reference);
    if (digest === undefined || (await store.size(digest)) === undefined) return undefined;
    const bytes = await readWhole(store, reference, digest, maxBytesInMemory);
    const manifest = parseManifest(bytes, what);
    return { bytes, descriptor: { mediaType: manifest.mediaType, digest, size: bytes.length }, manifest };
  };

  const get = async (store: LayoutStore, reference: Reference): Promise<FetchedManifest> => {
    const found = await getIfThere(store, reference);
    if (found !== undefined) return found;
    throw new RegistryError(`${formatReference(reference)} is not there`, { status: 404 });
  };

  const put = async (
    store: LayoutStore,
    reference: Reference,
    bytes: Uint8Array,
    mediaType: string,
  ): Promise<Digest> => {
    const digest = reference.digest ?? digestOf(bytes);
    requireDigest(bytes, digest, formatReference(reference));
    await store.write(digest, once(bytes));
    const { tag } = reference;
    if (tag !== undefined) {
      const entry = { mediaType, digest, size: bytes.length };
      await change(async () => store.replaceList(moveTag(await store.list(), tag, entry)));
    }
    return digest;
  };

  return {
    ...registry,
    getManifest: (reference) => {
      const store = storeOf(reference);
      return store === undefined ? registry.getManifest(reference) : get(store, reference);
    },
    headManifest: async (reference) => {
      const store = storeOf(reference);
      return store === undefined
        ? registry.headManifest(reference)
        : (await getIfThere(store, reference))?.descriptor;
    },
    putManifest: (reference, bytes, mediaType) => {
      const store = storeOf(reference);
      return store === undefined
        ? registry.putManifest(reference, bytes, mediaType)
        : put(store, reference, bytes, mediaType);
    },
    putReferrer: async (reference, bytes, mediaType) => {
      const store = storeOf(reference);
      if (store === undefined) return registry.putReferrer(reference, bytes, mediaType);
      const digest = await put(store, withTarget(reference, { digest: digestOf(bytes) }), bytes, mediaType);
      // A layout has no API for it: what refers to an image is found by what the layout lists.
      await change(async () => {
        const others = (await store.list()).filter((entry) => entry.digest !== digest);
        await store.replaceList([...others, { mediaType, digest, size: bytes.length }]);
      });
      return digest;
    },
    listTags: async (reference) => {
      const store = storeOf(reference);
      if (store === undefined) return registry.listTags(reference);
      const names = (await store.list()).map(
        ({ annotations }) => annotations?.["org.opencontainers.image.ref.name"],
      );
      return names.filter((name) => name !== undefined);
    },
    awaitTag: async (tag, digest) => {
      const store = storeOf(tag);
      if (store === undefined) return registry.awaitTag(tag, digest);
      const found = await find(store, tag);
      if (found === digest) return;
      throw new RegistryError(
        `${formatReference(tag)} was set to ${digest}, but is ${found ?? "not there"} now`,
      );
    },
    deleteManifest: async (reference) => {
      const store = storeOf(reference);
      if (store === undefined) return registry.deleteManifest(reference);
      const { tag } = reference;
      if (tag === undefined) return false;
      await change(async () => store.replaceList(moveTag(await store.list(), tag, undefined)));
      return true;
    },
    getBlob: async (reference, digest, options = {}) => {
      const store = storeOf(reference);
      return store === undefined
        ? registry.getBlob(reference, digest, options)
        : readWhole(store, reference, digest, options.maxBytes ?? maxBytesInMemory);
    },
    copyBlob: async (from, to, blob) => {
      const [source, target] = [storeOf(from), storeOf(to)];
      const what = formatReference(withTarget(from, { digest: blob.digest }));
      if (target === undefined) {
        return source === undefined
          ? registry.copyBlob(from, to, blob)
          : registry.putBlob(to, blob, () => source.read(blob.digest));
      }
      if ((await target.size(blob.digest)) === blob.size) return "there already";
      if (source === undefined) {
        await registry.readBlob(from, blob, (body) => target.write(blob.digest, body));
      } else {
        await target.write(blob.digest, checkedBody(source.read(blob.digest), blob, what));
      }
      return "uploaded";
    },
    listLayout: async (layout) => (await storeOf(layout)?.list()) ?? [],
  };
}

async function readWhole(
  store: LayoutStore,
  reference: Reference,
  digest: Digest,
  maxBytes: number,
): Promise<Uint8Array> {
  const what = formatReference(withTarget(reference, { digest }));
  const size = await store.size(digest);
  if (size === undefined) throw new RegistryError(`${what} is not there`, { status: 404 });
  if (size > maxBytes)
    throw new RegistryError(`${what} has ${size} bytes, more than the ${maxBytes} that it may`);
  const bytes = await buffer(store.read(digest));
  requireDigest(bytes, digest, what);
  return bytes;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

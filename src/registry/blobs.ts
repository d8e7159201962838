import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { formatReference, type Reference, withTarget } from "../oci/reference.ts";
import { checkedBody, orAgain, requireDigest } from "./digest-check.ts";
import { RegistryError } from "./error.ts";
import { maxManifestBytes, type Operation, type Perform } from "./operation.ts";
import { operationLimit, type Log } from "./sender.ts";
import type { Share } from "./sharing.ts";
import { ownUrl, redactUrl } from "./url.ts";

/** Digest and size of a blob; what it is called does not matter. */
export type BlobName = Pick<Descriptor, "digest" | "size">;

/** How a blob got to where it is now. */
export type BlobArrival = "there already" | "mounted" | "uploaded";

type Body = AsyncIterable<Uint8Array>;

export type Blobs = {
  /** A blob that fits in memory, such as a config; `maxBytes` is 4 MiB when left out. */
  readonly getBlob: (
    reference: Reference,
    digest: Digest,
    options?: { readonly maxBytes?: number },
  ) => Promise<Uint8Array>;
  /**
   * A blob of any size, as it arrives; `receive` is called anew, from the first byte on, when the connection is lost.
   * What it got is right only once the promise is fulfilled.
   */
  readonly readBlob: (
    reference: Reference,
    blob: BlobName,
    receive: (body: Body) => Promise<void>,
  ) => Promise<void>;
  /** Whether the repository has it; false also when the registry does not say. */
  readonly hasBlob: (reference: Reference, digest: Digest) => Promise<boolean>;
  /** Uploads a blob that is not there yet; `open` gives its bytes, from the first one on each time. */
  readonly putBlob: (reference: Reference, blob: BlobName, open: () => Body) => Promise<BlobArrival>;
  /**
   * Brings a blob to another repository: mounted if it is the same registry and lets us, else streamed through us. A few
   * are under way at once, and the same one only once.
   */
  readonly copyBlob: (from: Reference, to: Reference, blob: BlobName) => Promise<BlobArrival>;
};

/** Transfers at once. Each holds a connection while it waits for another, maybe to the same host, which has more to give. */
const maxTransfers = 4;
/** A registry may move an upload to its storage before it answers. */
const uploadPatience = 120_000;
/** Bytes per millisecond; a transfer gets the time that this takes, over that of any request. */
const slowestTransfer = 256;
/** The size is a stranger's word, so the time is bounded, too; milliseconds. */
const longestTransfer = 24 * 3_600_000;

export function createBlobs(perform: Perform, share: Share, log: Log): Blobs {
  const transfer = createSlots(maxTransfers);

  const hasBlob = async (reference: Reference, digest: Digest): Promise<boolean> => {
    const head = { ...pull(reference, digest), method: "HEAD", accepts: [403, 404, 405] } as const;
    return (await perform(head)).response.status < 300;
  };

  const read = async (
    reference: Reference,
    blob: BlobName,
    receive: (body: Body) => Promise<void>,
    tries: Pick<Operation, "maxTries"> = {},
  ): Promise<void> => {
    const what = nameOf(reference, blob.digest);
    await perform({
      ...pull(reference, blob.digest),
      ...tries,
      maxBytes: blob.size,
      timeLimit: timeFor(blob),
      receive: (body) => receive(checkedBody(wholeBody(body, what), blob, what)),
    });
  };

  /**
   * POST, then PUT to the place that the answer names (distribution-spec, "POST then PUT"). Of an upload that broke off the
   * registry may have kept a part, so the tries are those of the POST, and each begins a new one.
   */
  const upload = async (
    to: Reference,
    blob: BlobName,
    send: (put: (body: Body) => Promise<void>) => Promise<BlobArrival>,
    mountFrom?: string,
  ): Promise<BlobArrival> => {
    const common = { reference: withTarget(to), actions: ["pull", "push"] } as const;
    const query =
      mountFrom === undefined ? "" : `?mount=${blob.digest}&from=${encodeURIComponent(mountFrom)}`;
    let arrival: BlobArrival = "mounted";
    await perform({
      ...common,
      method: "POST",
      path: `blobs/uploads/${query}`,
      mountFrom,
      receive: async (body, header, { status, url }) => {
        await drain(body);
        if (status === 201) return;
        const path = uploadUrl(header("location"), url, blob.digest);
        const size = { "content-type": "application/octet-stream", "content-length": String(blob.size) };
        arrival = await send(async (bytes) => {
          await perform({
            ...common,
            method: "PUT",
            path,
            headers: size,
            body: () => bytes,
            maxTries: 1,
            patience: uploadPatience,
            timeLimit: timeFor(blob),
          });
        });
      },
    });
    return arrival;
  };

  const stream = (from: Reference, to: Reference, blob: BlobName, mountFrom?: string): Promise<BlobArrival> =>
    upload(
      to,
      blob,
      async (put) => {
        if (mountFrom !== undefined && (await hasBlob(to, blob.digest))) return "there already";
        await read(from, blob, put, { maxTries: 1 });
        return "uploaded";
      },
      mountFrom,
    );

  const copy = async (from: Reference, to: Reference, blob: BlobName): Promise<BlobArrival> => {
    if (from.registry === to.registry) {
      try {
        return await stream(from, to, blob, from.repository);
      } catch (error) {
        // A registry, or its token service, may refuse the whole request for the sake of the other repository.
        if (!(error instanceof RegistryError && (error.status === 401 || error.status === 403))) throw error;
        log.debug(`${nameOf(to, blob.digest)} is not mounted: ${error.message}`);
      }
    }
    return (await hasBlob(to, blob.digest)) ? "there already" : stream(from, to, blob);
  };

  return {
    getBlob: (reference, digest, { maxBytes = maxManifestBytes } = {}) => {
      const what = nameOf(reference, digest);
      return share(`BLOB ${maxBytes} ${what}`, () =>
        orAgain(log, async () => {
          const { bytes } = (await perform({ ...pull(reference, digest), maxBytes })).response;
          requireDigest(bytes, digest, what);
          return bytes;
        }),
      );
    },
    readBlob: (reference, blob, receive) => orAgain(log, () => read(reference, blob, receive)),
    hasBlob: (reference, digest) =>
      share(`HEAD BLOB ${nameOf(reference, digest)}`, () => hasBlob(reference, digest)),
    putBlob: async (reference, blob, open) => {
      const what = nameOf(reference, blob.digest);
      if (await hasBlob(reference, blob.digest)) return "there already";
      return transfer(() =>
        upload(reference, blob, async (put) => {
          await put(checkedBody(open(), blob, what));
          return "uploaded";
        }),
      );
    },
    copyBlob: (from, to, blob) =>
      share(`COPY ${nameOf(to, blob.digest)}`, () =>
        transfer(() => orAgain(log, () => copy(from, to, blob))),
      ),
  };
}

/**
 * Where an upload goes on: the Location of its beginning, which may be relative and may hold a query of its own. Throws
 * RegistryError when it is missing, no URL, or of another origin than the registry.
 */
export function uploadUrl(location: string | undefined, base: URL, digest: Digest): URL {
  const url = ownUrl(location, base);
  if (url === undefined) {
    const named = location === undefined ? "nowhere" : redactUrl(location);
    throw new RegistryError(
      `POST ${redactUrl(base)}: the upload is to go on ${named}, which is not the registry's; nothing was sent there`,
    );
  }
  // Appended by hand, because searchParams would write the rest anew, and it may be signed.
  url.search += `${url.search === "" ? "?" : "&"}digest=${encodeURIComponent(digest)}`;
  return url;
}

function pull(reference: Reference, digest: Digest) {
  return {
    method: "GET",
    reference: withTarget(reference),
    path: `blobs/${digest}`,
    actions: ["pull"],
  } as const;
}

function nameOf(reference: Reference, digest: Digest): string {
  return formatReference(withTarget(reference, { digest }));
}

function timeFor({ size }: BlobName): number {
  return Math.min(operationLimit + Math.ceil(size / slowestTransfer), longestTransfer);
}

/** The same bytes. A connection that is lost in the middle fails whoever passes them on, so it says whose it was. */
async function* wholeBody(body: Body, what: string): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    if (cause instanceof RegistryError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RegistryError(`GET ${what}: the transfer broke off: ${why}`, { cause, temporary: true });
  }
}

async function drain(body: Body): Promise<void> {
  for await (const chunk of body) void chunk;
}

/** Lets so many run at once; the others wait their turn. */
function createSlots(count: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = count;
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => void waiting.push(resolve));
    else free--;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}

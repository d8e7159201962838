import type { Descriptor } from "../oci/descriptor.ts";
import { type Digest, digestOf, isDigest, matchesDigest } from "../oci/digest.ts";
import { parseJsonObject } from "../oci/json.ts";
import { type ImageIndex, type ImageManifest, parseManifest } from "../oci/manifest.ts";
import { manifestMediaTypes, ociIndex, parseContentType } from "../oci/media-type.ts";
import { formatReference, type Reference, withTarget } from "../oci/reference.ts";
import { type Blobs, createBlobs } from "./blobs.ts";
import type { RunHelper } from "./credential-helper.ts";
import { orAgain, requireDigest } from "./digest-check.ts";
import { RegistryError } from "./error.ts";
import { createPerform, maxManifestBytes, type Operation } from "./operation.ts";
import { readPages } from "./pages.ts";
import { formatReferrers, parseReferrers, referrersTag } from "./referrers.ts";
import { backoff } from "./retry.ts";
import type { Clock, Log } from "./sender.ts";
import { createSharing } from "./sharing.ts";
import type { HttpResponse } from "./transport.ts";
import type { RegistryTrust } from "./trust.ts";

export type RegistryClientOptions = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log?: Log;
  /** How registries are to be reached that are not on HTTPS with a public certificate; loopback ones are plain HTTP anyway. */
  readonly registries?: readonly RegistryTrust[];
  /** Repositories that will be written to: reads there ask for the right to push at once, which saves an exchange. */
  readonly pushTo?: readonly Reference[];
  /** Runs credential helpers. */
  readonly runHelper?: RunHelper;
  readonly clock?: Partial<Clock>;
};

/** A manifest's exact bytes, what they are called, and what they say. */
export type FetchedManifest = {
  readonly bytes: Uint8Array;
  readonly descriptor: Descriptor;
  readonly manifest: ImageIndex | ImageManifest;
};

/** The verbs of distribution-spec that publishing needs. All throw RegistryError. */
export type RegistryClient = Blobs & {
  /** By digest, else by tag. The bytes are those that the digest names. */
  readonly getManifest: (reference: Reference) => Promise<FetchedManifest>;
  /** Undefined when it is not there. */
  readonly headManifest: (reference: Reference) => Promise<Descriptor | undefined>;
  /** Under the reference's digest, else its tag. Safe to repeat. */
  readonly putManifest: (reference: Reference, bytes: Uint8Array, mediaType: string) => Promise<Digest>;
  /**
   * A manifest about another, its `subject`; in the repository of the reference, under its own digest. Where the registry
   * keeps no list of referrers, the tag that stands for it is written: so one at a time for one subject.
   */
  readonly putReferrer: (reference: Reference, bytes: Uint8Array, mediaType: string) => Promise<Digest>;
  /** What refers to the digest of the reference. */
  readonly listReferrers: (reference: Reference) => Promise<readonly Descriptor[]>;
  /** All tags of the repository; none when there is no such repository. */
  readonly listTags: (reference: Reference) => Promise<readonly string[]>;
  /**
   * Reads a tag that was just set until it shows this digest, for 10 s, because some registries answer from a copy that
   * is behind. Throws naming the digest that it shows instead.
   */
  readonly awaitTag: (tag: Reference, digest: Digest) => Promise<void>;
  /** By digest, or the tag alone. True also when it is already gone; false when the registry cannot delete it. */
  readonly deleteManifest: (reference: Reference) => Promise<boolean>;
  /** Drops all connections; what is under way fails. */
  readonly close: () => Promise<void>;
};

/** Some registries check every child before they answer the PUT of an index. */
const putPatience = 120_000;
/** How long a registry may show an old tag; milliseconds. */
const staleLimit = 10_000;

const systemClock: Clock = {
  now: () => performance.now(),
  wallClock: () => Date.now(),
  sleep: (duration) => new Promise((resolve) => void setTimeout(resolve, duration)),
  random: () => Math.random(),
};

/** A client with its own connections, tokens and waits. Nothing is read or opened before the first request. */
export function createRegistryClient(options: RegistryClientOptions): RegistryClient {
  const { env, registries = [], pushTo = [], runHelper } = options;
  const log = options.log ?? { debug: () => {}, warning: () => {} };
  const clock = { ...systemClock, ...options.clock };
  const { perform, close } = createPerform({ env, log, clock, registries, pushTo, runHelper });
  const share = createSharing();

  const fetchManifest = async (reference: Reference): Promise<FetchedManifest> => {
    const what = formatReference(reference);
    let reads = 0;
    const { bytes, header } = await orAgain(log, async () => {
      const { response } = await perform(manifestOperation("GET", reference));
      const said = response.header("docker-content-digest") ?? "";
      if (reference.digest !== undefined) requireDigest(response.bytes, reference.digest, what);
      else if (isDigest(said) && !matchesDigest(response.bytes, said)) {
        // Bytes altered on the way come right the second time; else the registry is wrong about its own.
        if (reads++ === 0) requireDigest(response.bytes, said, what);
        log.warning(`${what}: the registry says ${said}, but its bytes are ${digestOf(response.bytes)}`);
      }
      return response;
    });
    const digest = reference.digest ?? digestOf(bytes);
    const manifest = parseManifest(bytes, what, header("content-type"));
    return { bytes, descriptor: { mediaType: manifest.mediaType, digest, size: bytes.length }, manifest };
  };

  const getManifest = (reference: Reference): Promise<FetchedManifest> =>
    share(`GET ${formatReference(reference)}`, () => fetchManifest(reference));

  const getIfThere = async (reference: Reference): Promise<FetchedManifest | undefined> => {
    try {
      return await getManifest(reference);
    } catch (error) {
      if (error instanceof RegistryError && error.status === 404) return undefined;
      throw error;
    }
  };

  const head = async (reference: Reference): Promise<Descriptor | undefined> => {
    const { response } = await perform({
      ...manifestOperation("HEAD", reference),
      accepts: [403, 404, 405],
    });
    if (response.status === 404) return undefined;
    const described = response.status < 300 ? describeHead(response, reference) : undefined;
    return described ?? (await getIfThere(reference))?.descriptor;
  };

  const put = async (reference: Reference, bytes: Uint8Array, mediaType: string): Promise<HttpResponse> => {
    const what = formatReference(reference);
    const digest = reference.digest ?? digestOf(bytes);
    if (!matchesDigest(bytes, digest)) {
      throw new RegistryError(`${what}: the bytes to push are ${digestOf(bytes)}`);
    }
    if (bytes.length > maxManifestBytes) {
      throw new RegistryError(
        `${what}: ${bytes.length} bytes are more than registries take (${maxManifestBytes})`,
      );
    }
    const { response } = await perform({
      ...manifestOperation("PUT", reference),
      actions: ["pull", "push"],
      headers: { "content-type": mediaType },
      body: bytes,
      patience: putPatience,
    });
    const said = response.header("docker-content-digest") ?? "";
    if (isDigest(said) && !matchesDigest(bytes, said)) {
      throw new RegistryError(
        `${what}: the registry stored ${said} instead of ${digest}: it changed the bytes`,
      );
    }
    return response;
  };

  const referrersByTag = async (reference: Reference, subject: Digest): Promise<readonly Descriptor[]> => {
    const found = await getIfThere(withTarget(reference, { tag: referrersTag(subject) }));
    return found?.manifest.kind === "index" ? found.manifest.manifests : [];
  };

  return {
    ...createBlobs(perform, share, log),
    getManifest,
    headManifest: (reference) => share(`HEAD ${formatReference(reference)}`, () => head(reference)),
    putManifest: async (reference, bytes, mediaType) => {
      await put(reference, bytes, mediaType);
      return reference.digest ?? digestOf(bytes);
    },
    putReferrer: async (reference, bytes, mediaType) => {
      const digest = digestOf(bytes);
      const own = withTarget(reference, { digest });
      const manifest = parseManifest(bytes, formatReference(own), mediaType);
      const { annotations, subject } = manifest;
      if (subject === undefined) throw new RegistryError(`${formatReference(own)} has no subject`);
      const response = await put(own, bytes, mediaType);
      if (response.header("oci-subject") !== undefined) return digest;
      const listed = await referrersByTag(reference, subject.digest);
      if (listed.some((entry) => entry.digest === digest)) return digest;
      const artifactType =
        manifest.artifactType ?? (manifest.kind === "manifest" ? manifest.config.mediaType : undefined);
      const entry: Descriptor = {
        mediaType: manifest.mediaType,
        digest,
        size: bytes.length,
        ...(annotations === undefined ? {} : { annotations }),
        ...(artifactType === undefined ? {} : { artifactType }),
      };
      const tag = withTarget(reference, { tag: referrersTag(subject.digest) });
      await put(tag, formatReferrers([...listed, entry]), ociIndex);
      return digest;
    },
    listReferrers: async (reference) => {
      const { digest } = reference;
      if (digest === undefined) throw new RegistryError(`${formatReference(reference)} names no digest`);
      const listed: Descriptor[] = [];
      const first: Operation = {
        method: "GET",
        reference,
        path: `referrers/${digest}`,
        actions: ["pull"],
        headers: { accept: ociIndex },
      };
      try {
        for await (const bytes of readPages(perform, first)) {
          listed.push(...parseReferrers(bytes, `the referrers of ${formatReference(reference)}`));
        }
      } catch (error) {
        if (!(error instanceof RegistryError && error.status === 404)) throw error;
        return referrersByTag(reference, digest);
      }
      return listed;
    },
    listTags: async (reference) => {
      const what = `the tags of ${formatReference(withTarget(reference))}`;
      const first: Operation = { method: "GET", reference, path: "tags/list?n=1000", actions: ["pull"] };
      const tags = new Set<string>();
      try {
        for await (const bytes of readPages(perform, first)) {
          const { tags: listed } = parseJsonObject(bytes, what);
          for (const tag of Array.isArray(listed) ? listed : []) if (typeof tag === "string") tags.add(tag);
        }
      } catch (error) {
        if (!(error instanceof RegistryError && error.status === 404)) throw error;
      }
      return [...tags];
    },
    awaitTag: async (tag, digest) => {
      const end = clock.now() + staleLimit;
      for (let tries = 1; ; tries++) {
        const found = (await getIfThere(tag))?.descriptor.digest;
        if (found === digest) return;
        const wait = Math.min(backoff(tries, clock.random()), end - clock.now());
        if (wait <= 0) {
          throw new RegistryError(
            `${formatReference(tag)} was set to ${digest}, but the registry answers ${found ?? "that it is not there"}`,
            { fix: "another job published this tag at the same time: let only one of them do it" },
          );
        }
        log.debug(`${formatReference(tag)} still shows ${found ?? "nothing"}; reading it again`);
        await clock.sleep(wait);
      }
    },
    deleteManifest: async (reference) => {
      // Not every registry lets go of a tag alone; one that does not may call the tag a malformed digest.
      const refusals = reference.digest === undefined ? [400, 405, 501] : [405, 501];
      const { response } = await perform({
        ...manifestOperation("DELETE", reference),
        actions: ["delete", "pull"],
        accepts: [404, ...refusals],
      });
      return !refusals.includes(response.status);
    },
    close,
  };
}

function manifestOperation(method: Operation["method"], reference: Reference): Operation {
  const target = reference.digest ?? reference.tag;
  if (target === undefined)
    throw new RegistryError(`${formatReference(reference)} names no tag and no digest`);
  return {
    method,
    reference,
    path: `manifests/${target}`,
    actions: ["pull"],
    headers: { accept: manifestMediaTypes.join(", ") },
  };
}

/** What the headers of a HEAD tell; undefined when they tell too little. */
function describeHead({ header }: HttpResponse, reference: Reference): Descriptor | undefined {
  const mediaType = parseContentType(header("content-type") ?? "");
  const digest = header("docker-content-digest") ?? reference.digest ?? "";
  const size = header("content-length") ?? "";
  const agrees = reference.digest === undefined || reference.digest === digest;
  if (
    !manifestMediaTypes.includes(mediaType) ||
    !isDigest(digest) ||
    !agrees ||
    !/^[1-9]\d{0,14}$/.test(size)
  ) {
    return undefined;
  }
  return { mediaType, digest, size: Number(size) };
}

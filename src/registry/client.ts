import type { Descriptor } from "../oci/descriptor.ts";
import { type Digest, digestOf, isDigest, matchesDigest } from "../oci/digest.ts";
import { type ImageIndex, type ImageManifest, parseManifest } from "../oci/manifest.ts";
import { manifestMediaTypes, parseContentType } from "../oci/media-type.ts";
import { formatReference, type Reference, withTarget } from "../oci/reference.ts";
import { type AccessTarget, createAuthorizer } from "./auth.ts";
import type { RunHelper } from "./credential-helper.ts";
import { createCredentialSource } from "./credentials.ts";
import { parseErrorBody, printable, RegistryError, summarizeErrorBody } from "./error.ts";
import { isTemporary } from "./retry.ts";
import type { Action } from "./scope.ts";
import { type Clock, createSender, type Log, type Sent } from "./sender.ts";
import { createTransport, type HttpResponse } from "./transport.ts";
import type { RegistryTrust } from "./trust.ts";
import { redactUrl, registryUrl } from "./url.ts";
import { parseWarnings } from "./warning.ts";

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
export type RegistryClient = {
  /** By digest, else by tag. The bytes are those that the digest names. */
  readonly getManifest: (reference: Reference) => Promise<FetchedManifest>;
  /** Undefined when it is not there. */
  readonly headManifest: (reference: Reference) => Promise<Descriptor | undefined>;
  /** Under the reference's digest, else its tag. Safe to repeat. */
  readonly putManifest: (reference: Reference, bytes: Uint8Array, mediaType: string) => Promise<Digest>;
  /** A blob that fits in memory, such as a config; `maxBytes` is 4 MiB when left out. */
  readonly getBlob: (
    reference: Reference,
    digest: Digest,
    options?: { readonly maxBytes?: number },
  ) => Promise<Uint8Array>;
  /** Also when it is already gone. */
  readonly deleteManifest: (reference: Reference) => Promise<void>;
  /** Drops all connections; what is under way fails. */
  readonly close: () => Promise<void>;
};

type Operation = {
  readonly method: "GET" | "HEAD" | "PUT" | "DELETE";
  readonly reference: Reference;
  readonly path: string;
  readonly actions: readonly Action[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly maxBytes?: number;
  readonly patience?: number;
  /** Statuses besides 2xx that the caller deals with. */
  readonly accepts?: readonly number[];
};

/** What every registry should take, and what we read at most; bytes. */
const maxManifestBytes = 4 * 1024 * 1024;
/** Some registries check every child before they answer the PUT of an index. */
const putPatience = 120_000;

const systemClock: Clock = {
  now: () => performance.now(),
  wallClock: () => Date.now(),
  sleep: (duration) => new Promise((resolve) => void setTimeout(resolve, duration)),
  random: () => Math.random(),
};

/** A client with its own connections, tokens and waits. Nothing is read or opened before the first request. */
export function createRegistryClient(options: RegistryClientOptions): RegistryClient {
  const { env, registries = [], log = { debug: () => {}, warning: () => {} } } = options;
  const plainHttp = registries.filter(({ http }) => http).map(({ host }) => host);
  const clock = { ...systemClock, ...options.clock };
  const transport = createTransport({ env, registries });
  const send = createSender(transport, clock, log);
  const credentials = createCredentialSource({
    env,
    warn: log.warning,
    ...(options.runHelper === undefined ? {} : { run: options.runHelper }),
  });
  const authorizer = createAuthorizer({ credentials, send, clock, log });
  const pushed = new Set((options.pushTo ?? []).map((reference) => formatReference(withTarget(reference))));
  const shared = createSharing();
  const openings = new Map<string, Promise<void>>();
  const warned = new Set<string>();

  const perform = async (operation: Operation): Promise<Sent> => {
    const { reference } = operation;
    const base = registryUrl(reference.registry, plainHttp);
    const mayPush = pushed.has(formatReference(withTarget(reference)));
    const actions: readonly Action[] = mayPush ? ["pull", "push", ...operation.actions] : operation.actions;
    const target = { registry: reference.registry, base, repository: reference.repository, actions };
    const { settle, ready } = opening(base.origin);
    try {
      if (ready !== undefined) await ready;
      else if (!(await credentials.mayHave(reference.registry).catch(() => false))) settle();
      const sent = await authorized(operation, target, settle);
      report(sent.response, base.host);
      const { status } = sent.response;
      if ((status >= 200 && status < 300) || operation.accepts?.includes(status) === true) return sent;
      throw failure(operation, sent, target, authorizer.describe(target));
    } finally {
      settle();
    }
  };

  /**
   * When a registry will probably want credentials, its first request goes ahead alone and the others wait until it is
   * known how to log in, or all of them would be refused once.
   */
  const opening = (origin: string): { readonly settle: () => void; readonly ready?: Promise<void> } => {
    const ready = openings.get(origin);
    if (ready !== undefined) return { settle: () => {}, ready };
    let settle: () => void = () => {};
    openings.set(origin, new Promise((resolve) => (settle = resolve)));
    return { settle };
  };

  const authorized = async (
    operation: Operation,
    target: AccessTarget,
    settle: () => void,
  ): Promise<Sent> => {
    let authorization = await authorizer.authorization(target);
    for (let refreshed = false; ;) {
      const sent = await send({
        method: operation.method,
        url: new URL(`/v2/${operation.reference.repository}/${operation.path}`, target.base),
        headers: {
          "user-agent": "multiarch",
          ...operation.headers,
          ...(authorization === undefined ? {} : { authorization }),
        },
        maxBytes: operation.maxBytes ?? maxManifestBytes,
        ...(operation.body === undefined ? {} : { body: operation.body }),
        ...(operation.patience === undefined ? {} : { patience: operation.patience }),
      });
      if (sent.response.status !== 401) {
        settle();
        return sent;
      }
      // A stranger's 401 after a redirect is no reason to hand out anything.
      if (sent.leftOrigin || refreshed) return sent;
      const next = await authorizer.answer(target, sent.response.headers("www-authenticate"), authorization);
      settle();
      if (next === undefined || next === authorization) return sent;
      refreshed = authorization !== undefined;
      authorization = next;
    }
  };

  const report = (response: HttpResponse, host: string): void => {
    for (const text of parseWarnings(response.headers("warning"))) {
      if (warned.has(`${host} ${text}`)) continue;
      warned.add(`${host} ${text}`);
      log.warning(`${host} says: ${printable(text)}`);
    }
  };

  const fetchManifest = async (reference: Reference): Promise<FetchedManifest> => {
    const what = formatReference(reference);
    const operation: Operation = {
      method: "GET",
      reference,
      path: `manifests/${targetOf(reference)}`,
      actions: ["pull"],
      headers: { accept: manifestMediaTypes.join(", ") },
    };
    const { bytes, header } = await verified(operation, reference.digest, what);
    const digest = reference.digest ?? digestOf(bytes);
    const said = header("docker-content-digest") ?? "";
    if (isDigest(said) && !matchesDigest(bytes, said)) {
      log.warning(`${what}: the registry says ${said}, but the bytes it sent are ${digest}`);
    }
    const manifest = parseManifest(bytes, what, header("content-type"));
    return { bytes, descriptor: { mediaType: manifest.mediaType, digest, size: bytes.length }, manifest };
  };

  /** A body that its digest names. A wrong one is asked for once more: it may have been altered on the way. */
  const verified = async (
    operation: Operation,
    digest: Digest | undefined,
    what: string,
  ): Promise<HttpResponse> => {
    const first = (await perform(operation)).response;
    if (digest === undefined || matchesDigest(first.bytes, digest)) return first;
    log.warning(`${what}: the registry sent other bytes than the digest names; asking again`);
    const { response } = await perform(operation);
    if (matchesDigest(response.bytes, digest)) return response;
    throw new RegistryError(
      `${what}: expected ${digest}, but the registry sent ${digestOf(response.bytes)} (${response.bytes.length} bytes)`,
    );
  };

  const head = async (reference: Reference): Promise<Descriptor | undefined> => {
    const { response } = await perform({
      method: "HEAD",
      reference,
      path: `manifests/${targetOf(reference)}`,
      actions: ["pull"],
      headers: { accept: manifestMediaTypes.join(", ") },
      accepts: [403, 404, 405],
    });
    if (response.status === 404) return undefined;
    const described = response.status < 300 ? describeHead(response, reference) : undefined;
    return described ?? getIfThere(reference);
  };

  const getManifest = (reference: Reference): Promise<FetchedManifest> =>
    shared(`GET ${formatReference(reference)}`, () => fetchManifest(reference));

  const getIfThere = async (reference: Reference): Promise<Descriptor | undefined> => {
    try {
      return (await getManifest(reference)).descriptor;
    } catch (error) {
      if (error instanceof RegistryError && error.status === 404) return undefined;
      throw error;
    }
  };

  return {
    getManifest,
    headManifest: (reference) => shared(`HEAD ${formatReference(reference)}`, () => head(reference)),
    putManifest: async (reference, bytes, mediaType) => {
      const what = formatReference(reference);
      const digest = reference.digest ?? digestOf(bytes);
      if (!matchesDigest(bytes, digest)) {
        throw new RegistryError(`${what}: the bytes to push are ${digestOf(bytes)}`);
      }
      const { response } = await perform({
        method: "PUT",
        reference,
        path: `manifests/${targetOf(reference)}`,
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
      return digest;
    },
    getBlob: (reference, digest, { maxBytes = maxManifestBytes } = {}) => {
      const repository = withTarget(reference);
      const what = formatReference(withTarget(reference, { digest }));
      return shared(`BLOB ${maxBytes} ${what}`, async () => {
        const operation: Operation = {
          method: "GET",
          reference: repository,
          path: `blobs/${digest}`,
          actions: ["pull"],
          maxBytes,
        };
        return (await verified(operation, digest, what)).bytes;
      });
    },
    deleteManifest: async (reference) => {
      await perform({
        method: "DELETE",
        reference,
        path: `manifests/${targetOf(reference)}`,
        actions: ["delete", "pull"],
        accepts: [404],
      });
    },
    close: transport.close,
  };
}

function targetOf(reference: Reference): string {
  const target = reference.digest ?? reference.tag;
  if (target === undefined)
    throw new RegistryError(`${formatReference(reference)} names no tag and no digest`);
  return target;
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

function failure(operation: Operation, sent: Sent, target: AccessTarget, used: string): RegistryError {
  const { response, url, tries } = sent;
  const body = new TextDecoder().decode(response.bytes);
  const codes = parseErrorBody(body)
    .map(({ code }) => code)
    .filter((code) => code !== "");
  const refused = response.status === 401 || response.status === 403;
  const parts = [
    `${operation.method} ${redactUrl(url)}: ${response.status}`,
    summarizeErrorBody(body),
    response.status === 413 ? `it is ${operation.body?.length ?? 0} bytes` : "",
    tries > 1 ? `after ${tries} tries` : "",
    refused ? `${used}; wanted ${target.actions.join(" and ")} on ${target.repository}` : "",
  ];
  const fix = refused ? `run docker login ${target.registry}, as a user who may do this` : undefined;
  return new RegistryError(parts.filter((part) => part !== "").join(": "), {
    status: response.status,
    codes,
    temporary: isTemporary({ status: response.status, codes }),
    fix,
  });
}

/** Requests for the same thing share one answer while it is under way. */
function createSharing(): <T>(key: string, start: () => Promise<T>) => Promise<T> {
  const running = new Map<string, Promise<unknown>>();
  return <T>(key: string, start: () => Promise<T>): Promise<T> => {
    const current = running.get(key);
    if (current !== undefined) return current as Promise<T>;
    const started = start().finally(() => running.delete(key));
    running.set(key, started);
    return started;
  };
}

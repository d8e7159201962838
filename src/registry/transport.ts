import { lookup as lookupCallback } from "node:dns";
import { lookup } from "node:dns/promises";
import type { LookupFunction } from "node:net";
import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import type { Dispatcher } from "undici";

import { ProxyError, RegistryError } from "./error.ts";
import { proxyFor } from "./proxy.ts";
import { loadTls } from "./tls-files.ts";
import type { RegistryTrust } from "./trust.ts";
import { addressKind, type AddressKind, mayReach, type Reach, redactUrl, urlHostname } from "./url.ts";

export type HttpRequest = {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes, or where they come from anew for every try; then the headers say how many. */
  readonly body?: Uint8Array | (() => AsyncIterable<Uint8Array>);
  /** The body holds credentials, so it must not follow a redirect to another origin. */
  readonly secretBody?: boolean;
  /** Most bytes of a good answer's body. More is an error; of a bad answer's body 64 KiB are kept. */
  readonly maxBytes: number;
  /**
   * Takes the body of a good answer as it arrives, in the place of `bytes`; called anew for every try. Throwing a
   * RegistryError that is temporary asks for another try.
   */
  readonly receive?: (
    body: AsyncIterable<Uint8Array>,
    header: HttpResponse["header"],
    answer: { readonly status: number; readonly url: URL },
  ) => Promise<void>;
  /** Most tries, when it is fewer than usual. */
  readonly maxTries?: number;
  /** Wait for the first byte of the answer, in milliseconds. */
  readonly patience?: number;
  /** Who sent us to this URL: it may not lead to an address further inside than the sender is. */
  readonly sentBy?: { readonly url: URL; readonly reach: Reach };
  /** Whole life of the request with all its tries, in milliseconds. */
  readonly timeLimit?: number;
  readonly signal?: AbortSignal;
};

export type HttpResponse = {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly headers: (name: string) => readonly string[];
  readonly bytes: Uint8Array;
};

/** One request and its answer, redirects and retries not included. Throws what undici or Node throws. */
export type Transport = {
  readonly request: (request: HttpRequest) => Promise<HttpResponse>;
  readonly close: () => Promise<void>;
};

/** Most connections, and so requests at once, to one host: what a publish of six platforms reads goes in one round trip. */
const maxConnections = 8;
const errorBodyBytes = 64 * 1024;
const connectTimeout = 15_000;

/** How one origin is reached. */
type Route = {
  readonly pool: Dispatcher;
  /** What the server's TLS said when it refused our certificate, or that we have none. */
  readonly alert?: () => Error | undefined;
  /** Set when plain HTTP is forwarded by a proxy, which wants to be told the whole URL. */
  readonly forwarder?: { readonly proxy: URL; readonly headers: Readonly<Record<string, string>> };
};

/** Keep-alive connections per origin, through the proxies and with the certificates that the environment names. */
export function createTransport(options: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly registries?: readonly RegistryTrust[];
  /** Longest silence in the middle of an answer, and before it when the request has no patience of its own; milliseconds. */
  readonly silence?: number;
}): Transport {
  const { env, registries, silence = 30_000 } = options;
  const routes = new Map<string, Promise<Route>>();
  let closed = false;

  const openRoute = async (request: HttpRequest): Promise<Route> => {
    const { url, sentBy } = request;
    // Loaded here, because no step needs it to start, to print its help or to plan; and in parts, because the whole of
    // undici, with its fetch, takes twice as long.
    quickenParser();
    const { default: Pool } = await import("undici/lib/dispatcher/pool.js");
    const common = { connections: maxConnections, bodyTimeout: silence, keepAliveTimeout: 30_000 };
    const proxy = proxyFor(url, env);
    const tls =
      url.protocol === "https:" ? await loadTls(url.host, env, registries, undefined, sentBy?.url.host) : {};
    if (proxy === undefined) {
      const { default: connector } = await import("undici/lib/core/connect.js");
      const guard = sentBy === undefined ? {} : { lookup: guardedLookup(sentBy.url, sentBy.reach) };
      const dial = connector({ timeout: connectTimeout, ...tls, ...guard });
      let alert: Error | undefined;
      const pool = new Pool(url.origin, {
        ...common,
        connect: (target, callback) => {
          // With TLS 1.3 a server refuses us after the handshake, and undici then only tells that it closed.
          dial(target, callback).once("error", (error: NodeJS.ErrnoException) => {
            if (/_ALERT_(?:CERTIFICATE|BAD_CERT|UNKNOWN_CA)/.test(error.code ?? "")) alert = error;
          });
        },
      });
      return { pool, alert: () => alert };
    }
    const { proxyHeaders, tunnelConnector } = await import("./tunnel.ts");
    if (url.protocol === "https:") {
      return {
        pool: new Pool(url.origin, { ...common, connect: tunnelConnector(proxy, tls, connectTimeout) }),
      };
    }
    const pool = new Pool(proxy.origin, { ...common, connect: { timeout: connectTimeout } });
    return { pool, forwarder: { proxy, headers: { host: url.host, ...proxyHeaders(proxy) } } };
  };

  const routeFor = (request: HttpRequest): Promise<Route> => {
    const { url, sentBy } = request;
    const guard =
      sentBy === undefined || sentBy.url.host === url.host ? "" : `${sentBy.reach} ${sentBy.url.host}`;
    const key = `${url.origin} ${guard}`;
    let route = routes.get(key);
    if (route === undefined) {
      route = openRoute(guard === "" ? withoutSender(request) : request);
      routes.set(key, route);
      // A broken certificate file or proxy variable is reported to each request, not to the process.
      route.catch(() => {});
    }
    return route;
  };

  return {
    request: async (request) => {
      if (closed)
        throw new RegistryError(`${request.method} ${redactUrl(request.url)}: the client is closed`);
      const { alert, pool, forwarder } = await routeFor(request);
      const { default: send } = await import("undici/lib/api/api-request.js");
      const { body, url } = request;
      const sent = send.call(pool, {
        origin: url.origin,
        path: (forwarder === undefined ? "" : url.origin) + url.pathname + url.search,
        method: request.method as Dispatcher.HttpMethod,
        headers: { "accept-encoding": "identity", ...request.headers, ...forwarder?.headers },
        headersTimeout: request.patience ?? silence,
        // undici would close the connection after every HEAD.
        reset: false,
        ...(body === undefined ? {} : { body: typeof body === "function" ? Readable.from(body()) : body }),
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      });
      const response = await sent.catch((cause: unknown) => {
        if (forwarder === undefined) throw alert?.() ?? cause;
        throw new ProxyError(forwarder.proxy, "does not answer", { cause });
      });
      // A body can break before somebody reads it, who is then told of it, too.
      response.body.on("error", () => {});
      const headers = (name: string): readonly string[] => [response.headers[name] ?? []].flat();
      const header = (name: string): string | undefined => headers(name)[0];
      const status = response.statusCode;
      if (forwarder !== undefined && status === 407) {
        response.body.destroy();
        throw new ProxyError(forwarder.proxy, "answered 407", { status });
      }
      let bytes: Uint8Array = new Uint8Array();
      if (status < 300 && request.receive !== undefined) {
        try {
          await request.receive(limitedBody(response, request), header, { status, url });
        } catch (error) {
          // Who failed before the end reads no more, and the connection is not to be used again.
          response.body.destroy();
          throw error;
        }
      } else {
        bytes = await readBody(response, request);
      }
      // undici takes a connection up again one turn later; who asks before that opens another.
      await setImmediate();
      return { status, header, headers, bytes };
    },
    close: async () => {
      closed = true;
      const opened = await Promise.allSettled(routes.values());
      routes.clear();
      await Promise.all(
        opened.map(async (route) => {
          if (route.status === "fulfilled") await route.value.pool.destroy();
        }),
      );
    },
  };
}

/**
 * undici's parser is WebAssembly. V8 would compile it twice, the second time for a speed that no step lives to see, and the
 * process could not end before that is done: 45 ms of a publish.
 */
function quickenParser(): void {
  const major = Number(process.versions.node.split(".")[0]);
  // A V8 that does not know the flag would complain on stderr.
  if (major <= 24) setFlagsFromString("--liftoff-only");
}

async function readBody(response: Dispatcher.ResponseData, request: HttpRequest): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of limitedBody(response, request)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The body of a good answer, which may not be too large or encoded; of a bad one the beginning. */
async function* limitedBody(
  response: Dispatcher.ResponseData,
  request: HttpRequest,
): AsyncGenerator<Uint8Array> {
  const good = response.statusCode < 300;
  const limit = good ? request.maxBytes : errorBodyBytes;
  const encoding = [response.headers["content-encoding"] ?? []].flat().join(",");
  const named = `${request.method} ${redactUrl(request.url)}`;
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    if (good && encoding !== "" && encoding !== "identity") {
      throw new RegistryError(
        `${named}: the body came encoded as ${encoding}, though identity was asked for`,
      );
    }
    size += chunk.length;
    if (size > limit) {
      if (good) throw new RegistryError(`${named}: the body is larger than ${limit} bytes`);
      yield chunk.subarray(0, chunk.length - (size - limit));
      return;
    }
    yield chunk;
  }
}

function withoutSender(request: HttpRequest): HttpRequest {
  const { sentBy: _, ...rest } = request;
  return rest;
}

/** Resolves a name that a stranger gave us, leaving out the addresses that he may not send us to (DNS rebinding). */
function guardedLookup(sender: URL, reach: Reach): LookupFunction {
  return (name, options, callback) => {
    lookupCallback(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, "", 0);
      void insideKinds(sender).then((senderKinds) => {
        const allowed = addresses.filter(({ address }) => {
          const kind = addressKind(address) ?? "unspecified";
          return senderKinds.includes(kind) || senderKinds.some((own) => mayReach(own, kind, reach));
        });
        const [first] = allowed;
        if (first === undefined) {
          const why = `${name} is ${addresses[0]?.address}, an address inside, where ${sender.host} may not send us`;
          return callback(new RegistryError(why), "", 0);
        }
        return options.all === true ? callback(null, allowed) : callback(null, first.address, first.family);
      });
    });
  };
}

async function insideKinds(sender: URL): Promise<readonly AddressKind[]> {
  const addresses = await lookup(urlHostname(sender), { all: true }).catch(() => []);
  const kinds = addresses.flatMap(({ address }) => addressKind(address) ?? []);
  return kinds.length === 0 ? ["public"] : kinds;
}

import { lookup as lookupCallback } from "node:dns";
import { lookup } from "node:dns/promises";
import type { LookupFunction } from "node:net";
import type { Dispatcher } from "undici";

import { RegistryError } from "./error.ts";
import { proxyFor } from "./proxy.ts";
import { loadTlsFiles } from "./tls-files.ts";
import type { RegistryTrust } from "./trust.ts";
import { addressKind, type AddressKind, mayReach, type Reach, redactUrl, urlHostname } from "./url.ts";

export type HttpRequest = {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** The body holds credentials, so it must not follow a redirect to another origin. */
  readonly secretBody?: boolean;
  /** Most bytes of a good answer's body. More is an error; of a bad answer's body 64 KiB are kept. */
  readonly maxBytes: number;
  /** Takes the body of a good answer as it arrives, in the place of `bytes`; called anew for every try. */
  readonly receive?: (body: AsyncIterable<Uint8Array>, header: HttpResponse["header"]) => Promise<void>;
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

/** Most connections to one host: enough for a publish of eight platforms to go in one round trip. */
const maxConnections = 8;
const errorBodyBytes = 64 * 1024;

/** Keep-alive connections per origin, through the proxies and with the certificates that the environment names. */
export function createTransport(options: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly registries?: readonly RegistryTrust[];
}): Transport {
  const { env, registries } = options;
  const pools = new Map<string, Promise<Dispatcher>>();
  let closed = false;

  const openPool = async (request: HttpRequest): Promise<Dispatcher> => {
    const { url, sentBy } = request;
    const proxy = proxyFor(url, env);
    const tls = url.protocol === "https:" ? await loadTlsFiles(url.host, env, registries) : {};
    const connect = {
      timeout: 15_000,
      ...(tls.ca === undefined ? {} : { ca: [...tls.ca] }),
      ...(tls.cert === undefined ? {} : { cert: tls.cert }),
      ...(tls.key === undefined ? {} : { key: tls.key }),
      ...(tls.insecure === true ? { rejectUnauthorized: false } : {}),
    };
    const common = { connections: maxConnections, bodyTimeout: 30_000, keepAliveTimeout: 30_000 };
    // Loaded here, because no step needs it to start, to print its help or to plan; and in parts, because the whole of
    // undici, with its fetch, takes twice as long.
    if (proxy === undefined) {
      const { default: Pool } = await import("undici/lib/dispatcher/pool.js");
      const guard = sentBy === undefined ? {} : { lookup: guardedLookup(sentBy.url, sentBy.reach) };
      return new Pool(url.origin, { ...common, connect: { ...connect, ...guard } });
    }
    // The proxy's agent needs the methods that only the whole of undici gives to a pool.
    const { ProxyAgent } = await import("undici");
    const { username, password } = proxy;
    const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
    return new ProxyAgent({
      ...common,
      uri: `${proxy.protocol}//${proxy.host}`,
      requestTls: connect,
      proxyTunnel: url.protocol === "https:",
      ...(username === "" ? {} : { token: `Basic ${login.toString("base64")}` }),
    });
  };

  const poolFor = (request: HttpRequest): Promise<Dispatcher> => {
    const { url, sentBy } = request;
    const guard =
      sentBy === undefined || sentBy.url.host === url.host ? "" : `${sentBy.reach} ${sentBy.url.host}`;
    const key = `${url.origin} ${guard}`;
    let pool = pools.get(key);
    if (pool === undefined) {
      pool = openPool(guard === "" ? withoutSender(request) : request);
      pools.set(key, pool);
      // A broken certificate file or proxy variable is reported to each request, not to the process.
      pool.catch(() => {});
    }
    return pool;
  };

  return {
    request: async (request) => {
      if (closed)
        throw new RegistryError(`${request.method} ${redactUrl(request.url)}: the client is closed`);
      const pool = await poolFor(request);
      const { default: send } = await import("undici/lib/api/api-request.js");
      const response = await send.call(pool, {
        origin: request.url.origin,
        path: request.url.pathname + request.url.search,
        method: request.method as Dispatcher.HttpMethod,
        headers: { "accept-encoding": "identity", ...request.headers },
        headersTimeout: request.patience ?? 30_000,
        ...(request.body === undefined ? {} : { body: request.body }),
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      });
      const headers = (name: string): readonly string[] => [response.headers[name] ?? []].flat();
      const header = (name: string): string | undefined => headers(name)[0];
      const status = response.statusCode;
      let bytes: Uint8Array = new Uint8Array();
      if (status < 300 && request.receive !== undefined) {
        await request.receive(limitedBody(response, request), header);
      } else {
        bytes = await readBody(response, request);
      }
      return { status, header, headers, bytes };
    },
    close: async () => {
      closed = true;
      const opened = await Promise.allSettled(pools.values());
      pools.clear();
      await Promise.all(
        opened.map(async (pool) => {
          if (pool.status === "fulfilled") await pool.value.destroy();
        }),
      );
    },
  };
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

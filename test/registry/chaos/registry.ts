// A registry in memory that can go wrong in every way that registries do. It runs in the test's process, but is spoken to
// over real sockets. What it is when nothing goes wrong is graded by conformance.test.ts; what a client did is read from
// its log, never from the client's own counters.
import { createHash } from "node:crypto";
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { createJudge, type Faults, type Rule } from "./fault.ts";
import { type Answer, serve, type ServeOptions, splitPath } from "./serve.ts";
import { createStore, digestLike, moveTag } from "./store.ts";
import { type AccessOptions, type Auth, createAccess } from "./tokens.ts";
import { answerOf, sendAnswer } from "./wire.ts";

export type ChaosOptions = AccessOptions &
  Partial<ServeOptions> &
  ListenerOptions & {
    /** Of the rules that strike by chance. */
    readonly seed?: number;
    /** Milliseconds; a test that passes its clock to the client passes it here, too. */
    readonly now?: () => number;
    /** Called before a request is answered, with the count of all so far. */
    readonly onRequest?: (request: LoggedRequest, count: number) => void;
  };

export type ListenerOptions = {
  readonly address?: string;
  readonly auth?: Auth;
  /** PEM. With `clientCa`, clients must show a certificate of it. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa?: string };
};

export type LoggedRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** On the registry's clock. */
  readonly time: number;
  /** Scheme, host and port that was spoken to. */
  readonly origin: string;
  readonly socket: number;
  /** Scheme of the Authorization header; undefined when it was absent. */
  readonly authorization: string | undefined;
  readonly hasCookie: boolean;
  readonly headers: IncomingMessage["headers"];
  readonly bodySize: number;
  readonly bodySha256: string;
  /** Of a body that a person could read: up to 64 KiB. */
  readonly body: string;
  /** Requests under way when this one came in, itself included. */
  readonly atOnce: number;
  /** What was answered; undefined while, and for ever when, nothing is. */
  status: number | undefined;
};

export type Listener = {
  /** `address:port`. */
  readonly host: string;
  readonly origin: string;
  /** Refuses connections until `start`. */
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
};

export type ChaosRegistry = AsyncDisposable &
  Listener & {
    readonly log: LoggedRequest[];
    readonly rules: Rule[];
    /** The same registry under another address: to play a token service, a CDN, a stranger. */
    readonly listen: (options?: ListenerOptions) => Promise<Listener>;
    readonly putBlob: (repository: string, bytes: Uint8Array) => string;
    readonly putManifest: (repository: string, bytes: Uint8Array, mediaType: string, tag?: string) => string;
    readonly blob: (repository: string, digest: string) => Buffer | undefined;
    readonly manifest: (repository: string, digest: string) => Buffer | undefined;
    readonly tagged: (repository: string, tag: string) => string | undefined;
    readonly requests: (method: string, path?: RegExp) => readonly LoggedRequest[];
    readonly close: () => Promise<void>;
  };

export async function startChaosRegistry(options: ChaosOptions = {}): Promise<ChaosRegistry> {
  const {
    now = () => performance.now(),
    seed = 1,
    referrers = true,
    deletes = "all",
    mounts = true,
  } = options;
  const store = createStore();
  const access = createAccess(options);
  const log: LoggedRequest[] = [];
  const rules: Rule[] = [];
  const judge = createJudge(rules, seed);
  const sockets = new Map<Socket, number>();
  const doomed = new Set<Socket>();
  const listeners: Listener[] = [];
  let underWay = 0;

  const answerTo = (request: IncomingMessage, url: URL, body: Buffer, auth: Auth, faults: Faults): Answer => {
    const { method = "GET", headers } = request;
    const { authorization } = headers;
    if (url.pathname === "/token") {
      return access.giveToken(method, url, authorization, body.toString(), now());
    }
    const { name } = splitPath(url.pathname);
    const action = actionOf(method);
    if (!access.isAllowed(auth, authorization, name, action, now())) {
      return access.challenge(auth, url.origin, name, action);
    }
    const header = (name: string) => [headers[name] ?? []].flat()[0];
    const mayPull = (other: string) => access.isAllowed(auth, authorization, other, "pull", now());
    const asked = { method, url, header, body, faults, now: now(), mayPull };
    return serve(store, asked, { referrers, deletes, mounts });
  };

  const handle = async (
    request: IncomingMessage,
    response: ServerResponse,
    origin: string,
    auth: Auth,
  ): Promise<void> => {
    const { method = "GET", headers, socket } = request;
    const url = new URL(request.url ?? "/", origin);
    const target = url.pathname + url.search;
    const header = (name: string) => [headers[name] ?? []].flat()[0];
    const faults = judge({ method, target, origin, header });
    const { main } = faults;
    const body = await readBody(request);
    const entry: LoggedRequest = {
      method,
      path: url.pathname,
      query: url.searchParams,
      time: now(),
      origin,
      socket: sockets.get(socket) ?? 0,
      authorization: headers.authorization?.split(" ")[0],
      hasCookie: headers.cookie !== undefined,
      headers,
      bodySize: body.length,
      bodySha256: createHash("sha256").update(body).digest("hex"),
      body: body.length > 64 * 1024 ? "" : body.toString(),
      atOnce: underWay,
      status: undefined,
    };
    log.push(entry);
    options.onRequest?.(entry, log.length);
    if (main?.kind === "hang") return;
    if (main?.kind === "reset-before" || doomed.delete(socket)) return void socket.resetAndDestroy();
    const wait = faults.attendant("delay");
    if (wait !== undefined) await delay(wait.ms);
    if (main?.kind === "expire-tokens") access.expireAll();
    const answer = answerOf(main) ?? answerTo(request, url, body, auth, faults);
    if (main?.kind === "reset-after") return void socket.resetAndDestroy();
    if (main?.kind === "close-idle") doomed.add(socket);
    entry.status = answer.status;
    await sendAnswer(request, response, answer, faults);
  };

  const listen = async (own: ListenerOptions = {}): Promise<Listener> => {
    const { address = "127.0.0.1", auth = "none", tls } = own;
    let port = 0;
    const scheme = tls === undefined ? "http" : "https";
    const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
      underWay++;
      response.once("close", () => underWay--);
      handle(request, response, `${scheme}://${address}:${port}`, auth).catch((error: unknown) => {
        response.destroy(error instanceof Error ? error : new Error(String(error)));
      });
    };
    const clients =
      tls?.clientCa === undefined ? {} : { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true };
    const server =
      tls === undefined
        ? createPlainServer(onRequest)
        : createTlsServer({ cert: tls.cert, key: tls.key, ...clients }, onRequest);
    // Idle connections stay; those that are to be closed have a fault that says so.
    server.keepAliveTimeout = 0;
    server.on(tls === undefined ? "connection" : "secureConnection", (socket: Socket) => {
      sockets.set(socket, sockets.size + 1);
      // A client may go away at any time.
      socket.on("error", () => {});
    });
    const start = async (): Promise<void> => {
      await new Promise<void>((resolve) => void server.listen(port, address, resolve));
      port = (server.address() as AddressInfo).port;
    };
    await start();
    const listener = {
      host: `${address}:${port}`,
      origin: `${scheme}://${address}:${port}`,
      start,
      stop: () =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    };
    listeners.push(listener);
    return listener;
  };

  const first = await listen(options);
  const close = async (): Promise<void> => {
    await Promise.all(listeners.map(({ stop }) => stop()));
  };
  return {
    ...first,
    log,
    rules,
    listen,
    putBlob: (repository, bytes) => {
      const digest = digestLike(bytes);
      store.open(repository).blobs.set(digest, Buffer.from(bytes));
      return digest;
    },
    putManifest: (repository, bytes, mediaType, tag) => {
      const digest = digestLike(bytes);
      store.open(repository).manifests.set(digest, { bytes: Buffer.from(bytes), mediaType });
      if (tag !== undefined) moveTag(store.open(repository), tag, digest, now());
      return digest;
    },
    blob: (repository, digest) => store.find(repository)?.blobs.get(digest),
    manifest: (repository, digest) => store.find(repository)?.manifests.get(digest)?.bytes,
    tagged: (repository, tag) => store.find(repository)?.tags.get(tag)?.digest,
    requests: (method, path = /^/) => log.filter((entry) => entry.method === method && path.test(entry.path)),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function actionOf(method: string): string {
  if (method === "DELETE") return "delete";
  return method === "GET" || method === "HEAD" ? "pull" : "push";
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

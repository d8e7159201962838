import { createHash } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { explainWriteError } from "./disk.ts";
import { WorkError } from "./errors.ts";
import type { Log } from "./host/host.ts";
import type { Env } from "./inputs/parse.ts";
import type { Clock, Send, Sent } from "./registry/sender.ts";
import type { HttpRequest } from "./registry/transport.ts";

/** A server that can't be reached, or that does not give what it was asked for. */
export class DownloadError extends WorkError {
  override readonly name = "DownloadError";
  /** HTTP status; undefined when no answer came. */
  readonly status: number | undefined;

  constructor(
    message: string,
    options: ErrorOptions & { readonly status?: number | undefined; readonly fix?: string | undefined } = {},
  ) {
    super(message, options);
    this.status = options.status;
  }
}

/** A file that was downloaded. */
export interface Downloaded {
  /** SHA-256 of all its bytes, in hex. */
  readonly sha256: string;
  readonly size: number;
}

/** GET requests that wait as servers ask, try again what may pass, and go through the proxies of the environment. */
export interface Downloads {
  /** Writes the body to a new file, readable for this user only; of a failed download nothing is left. */
  readonly file: (url: string, path: string) => Promise<Downloaded>;
  /** A small body as text. */
  readonly text: (url: string) => Promise<string>;
  /** Whether the server has it. */
  readonly has: (url: string) => Promise<boolean>;
  readonly close: () => Promise<void>;
}

export interface DownloadOptions {
  readonly env: Env;
  readonly log: Pick<Log, "debug" | "info" | "warning">;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Partial<Clock> | undefined;
}

const maxFileBytes = 300 * 1024 * 1024;
const maxTextBytes = 16 * 1024 * 1024;
const writeBytes = 1024 * 1024;
const timeLimit = 30 * 60_000;
const progressMilliseconds = 5000;

/** Downloads with their own connections, which are open until `close`. Nothing is loaded before the first request. */
export function createDownloads({ env, log, signal, clock: given }: DownloadOptions): Downloads {
  const clock: Clock = {
    now: () => performance.now(),
    wallClock: () => Date.now(),
    // A cancelled wait ends early; the request after it then fails with the cancellation.
    sleep: (duration) => delay(duration, undefined, signal === undefined ? {} : { signal }).catch(() => {}),
    random: () => Math.random(),
    ...given,
  };
  let opened: Promise<{ readonly send: Send; readonly close: () => Promise<void> }> | undefined;
  const connect = async (): Promise<{ readonly send: Send; readonly close: () => Promise<void> }> => {
    const [{ createTransport }, { createSender }] = await Promise.all([
      import("./registry/transport.ts"),
      import("./registry/sender.ts"),
    ]);
    const transport = createTransport({ env });
    return { send: createSender(transport, clock, log), close: transport.close };
  };

  const request = async (
    method: "GET" | "HEAD",
    text: string,
    rest: Pick<HttpRequest, "maxBytes" | "receive">,
  ): Promise<Sent> => {
    opened ??= connect();
    const { send } = await opened;
    const { url, headers } = withoutLogin(text);
    signal?.throwIfAborted();
    try {
      return await send({
        method,
        url,
        headers,
        timeLimit,
        ...rest,
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      if (!(error instanceof WorkError) || error.name !== "RegistryError") throw error;
      throw new DownloadError(error.message, { cause: error.cause, fix: error.fix });
    }
  };

  const get = async (url: string, rest: Pick<HttpRequest, "maxBytes" | "receive">): Promise<Sent> => {
    const sent = await request("GET", url, rest);
    const { status } = sent.response;
    if (status === 200) return sent;
    throw new DownloadError(`GET ${plain(url)} answered ${status}${again(sent.tries)}`, {
      status,
      fix: statusFix(status),
    });
  };

  return {
    file: async (url, path) => {
      let downloaded: Downloaded = { sha256: "", size: 0 };
      try {
        await get(url, {
          maxBytes: maxFileBytes,
          receive: async (body, header) => {
            const progress = createProgress(basename(path), Number(header("content-length")), clock, log);
            downloaded = await writeHashed(body, path, progress);
          },
        });
      } catch (error) {
        await rm(path, { force: true }).catch(() => {});
        throw error;
      }
      return downloaded;
    },
    text: async (url) =>
      new TextDecoder().decode((await get(url, { maxBytes: maxTextBytes })).response.bytes),
    has: async (url) => {
      const { status } = (await request("HEAD", url, { maxBytes: 0 })).response;
      return status >= 200 && status < 300;
    },
    close: async () => {
      if (opened !== undefined) await (await opened).close();
    },
  };
}

/** Writes the body and hashes it on the way; a full disk is told with what is free. */
async function writeHashed(
  body: AsyncIterable<Uint8Array>,
  path: string,
  progress: (size: number) => void,
): Promise<Downloaded> {
  const hash = createHash("sha256");
  const file = await writing(path, () => open(path, "w", 0o600));
  let size = 0;
  let pending: Uint8Array[] = [];
  let pendingSize = 0;
  const flush = async (): Promise<void> => {
    const pieces = pending;
    pending = [];
    pendingSize = 0;
    if (pieces.length > 0) await writing(path, () => file.writeFile(Buffer.concat(pieces)));
  };
  try {
    for await (const chunk of body) {
      hash.update(chunk);
      size += chunk.length;
      pending.push(chunk);
      pendingSize += chunk.length;
      // Each write is a trip to another thread, and the pieces that come from the network are small.
      if (pendingSize >= writeBytes) await flush();
      progress(size);
    }
    await flush();
  } finally {
    await file.close();
  }
  return { sha256: hash.digest("hex"), size };
}

async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw await explainWriteError(error, path);
  }
}

/** A line every few seconds, so that a long download does not look like a hang. */
function createProgress(
  name: string,
  total: number,
  clock: Clock,
  log: DownloadOptions["log"],
): (size: number) => void {
  let next = clock.now() + progressMilliseconds;
  const of = total > 0 ? ` of ${megabytes(total)}` : "";
  return (size) => {
    if (clock.now() < next) return;
    next = clock.now() + progressMilliseconds;
    log.info(`downloading ${name}: ${megabytes(size)}${of} MB`);
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(0);
}

/** A mirror may want a login, given as `https://user:password@host`; it goes to that host only. */
function withoutLogin(text: string): {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
} {
  const url = new URL(text);
  const { username, password } = url;
  if (username === "" && password === "") return { url, headers: {} };
  url.username = "";
  url.password = "";
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  return { url, headers: { authorization: `Basic ${login.toString("base64")}` } };
}

/** A URL as it may be logged: without its login and its query. */
export function plain(text: string): string {
  const url = new URL(text);
  return `${url.protocol}//${url.host}${url.pathname}`;
}

function again(tries: number): string {
  return tries > 1 ? ` after ${tries} tries` : "";
}

function statusFix(status: number): string | undefined {
  if (status === 401 || status === 403) return "the server refuses: does it want a login, or a proxy?";
  if (status === 407) return "the proxy wants a login: put it in HTTPS_PROXY as http://user:password@host";
  if (status === 404) return "check the version and the address";
  return status === 429 || status >= 500 ? "run again later, or use another mirror" : undefined;
}

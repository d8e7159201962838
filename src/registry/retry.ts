import { ProxyError, RegistryError } from "./error.ts";

/** Tries of one request, the first included. */
export const maxTries = 6;
/** Longest wait that a registry may ask of us, so five minutes in all tries; milliseconds. */
export const maxWait = 60_000;

const retriedStatuses = new Set([408, 425, 429, 499, 500, 502, 503, 504, 522]);
const finalStatuses = new Set([400, 401, 403, 404, 405, 409, 413, 415]);
const temporaryCodes = new Set(["BLOB_UPLOAD_INVALID", "TOOMANYREQUESTS", "UNKNOWN", "UNAVAILABLE"]);
const transientErrors = new Set([
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "ECONNABORTED",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "ENETDOWN",
  "UND_ERR_SOCKET",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
]);
/** These may be a restart or a slow resolver, but mostly they are a wrong name, so they are tried only once more. */
const doubtfulErrors = new Set(["ECONNREFUSED", "ENOTFOUND"]);

/** Whether an answer is worth asking for again: by its status, else by the registry's own error codes. */
export function isTemporary(answer: {
  readonly status?: number | undefined;
  readonly codes?: readonly string[];
}): boolean {
  if (answer.status !== undefined) {
    if (retriedStatuses.has(answer.status)) return true;
    if (finalStatuses.has(answer.status)) return false;
  }
  const codes = answer.codes ?? [];
  return codes.length > 0 && codes.every((code) => temporaryCodes.has(code));
}

/** How often a request that ended in this transport error may be tried in all. */
export function triesAfter(error: unknown): number {
  if (error instanceof RegistryError || error instanceof ProxyError) {
    const may = error instanceof RegistryError ? error.temporary : isTemporary({ status: error.status });
    if (may) return maxTries;
  }
  const codes = errorCodes(error);
  if (codes.some((code) => transientErrors.has(code))) return maxTries;
  return codes.some((code) => doubtfulErrors.has(code)) ? 2 : 1;
}

/** Statuses by which a host says that it has too much to do: they are for all requests, not for one. */
export function isOverload(status: number): boolean {
  return status === 429 || status === 503;
}

/** Whether a socket went away under the request, as an idle keep-alive socket does when its server closes it. */
export function isLostSocket(error: unknown): boolean {
  return errorCodes(error).some((code) => ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"].includes(code));
}

/** The codes of an error, of its causes and of the errors it gathers. */
export function errorCodes(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const own = "code" in error && typeof error.code === "string" ? [error.code] : [];
  const gathered = error instanceof AggregateError ? error.errors.flatMap((inner) => errorCodes(inner)) : [];
  return [...own, ...gathered, ...(error.cause === error ? [] : errorCodes(error.cause))];
}

/**
 * 0.5 s doubling up to 30 s; `tries` were made; `random` is in [0, 1). Milliseconds. At least half is waited, so that six
 * tries outlast a registry that is away for some seconds.
 */
export function backoff(tries: number, random: number): number {
  const ceiling = Math.min(30_000, 500 * 2 ** (tries - 1));
  return Math.round(ceiling * (0.5 + random / 2));
}

/**
 * The wait that the answer asks for, in milliseconds: `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), or
 * Docker Hub's `X-Retry-After` in Unix seconds. Dates count from the answer's own `Date`, so that a wrong clock here does
 * not matter. Undefined for no header, a past date, zero seconds, or anything else.
 */
export function askedWait(
  header: (name: string) => string | undefined,
  wallClock: number,
): number | undefined {
  const sent = Date.parse(header("date") ?? "");
  const now = Number.isNaN(sent) ? wallClock : sent;
  const value = header("retry-after")?.trim() ?? "";
  if (/^[1-9]\d{0,9}$/.test(value)) return Number(value) * 1000;
  const unix = header("x-retry-after")?.trim() ?? "";
  const at = value === "" && /^\d{9,11}$/.test(unix) ? Number(unix) * 1000 : httpDate(value);
  return at > now ? at - now : undefined;
}

function httpDate(text: string): number {
  return /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN;
}

import { WorkError } from "../errors.ts";
import { parseErrorBody, ProxyError, RegistryError } from "./error.ts";
import { type Followed, sendFollowing } from "./redirect.ts";
import * as policy from "./retry.ts";
import type { HttpRequest, Transport } from "./transport.ts";
import { redactUrl } from "./url.ts";

/** The two levels that the registry code writes to. */
export type Log = { readonly debug: (message: string) => void; readonly warning: (message: string) => void };

/** The passing of time, in milliseconds; tests pass their own. */
export type Clock = {
  /** Monotonic, so that setting the machine's clock changes no lifetime and no wait. */
  readonly now: () => number;
  readonly wallClock: () => number;
  readonly sleep: (duration: number) => Promise<void>;
  readonly random: () => number;
};

export type Sent = Followed & { readonly tries: number };

/** Sends one request, as often as the retry policy allows, and returns the last answer, good or bad. */
export type Send = (request: HttpRequest) => Promise<Sent>;

/** Whole life of one request with all its tries, when the request does not say; milliseconds. */
export const operationLimit = 600_000;

/**
 * A sender that waits as registries ask and tries again what may pass. A host that is overloaded, or asked one request to
 * wait, is left alone by all. Throws RegistryError when no answer comes, or when the wait asked for is too long.
 */
export function createSender(transport: Transport, clock: Clock, log: Log): Send {
  const answered = new Set<string>();
  const pausedUntil = new Map<string, number>();
  const pauseOf = (host: string): number => Math.max(0, (pausedUntil.get(host) ?? 0) - clock.now());

  return async (request) => {
    const { origin, host } = request.url;
    const limit = request.timeLimit ?? operationLimit;
    const most = request.maxTries ?? policy.maxTries;
    const deadline = clock.now() + limit;
    const timeout = AbortSignal.timeout(limit);
    const signal = request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]);
    let mayBeStale = most > 1 && answered.has(origin);
    let tries = 0;
    const wait = async (duration: number, why: string, isNews: boolean): Promise<void> => {
      const line = `${host}: ${why}; trying again in ${(duration / 1000).toFixed(1)} s (try ${tries + 1} of ${most})`;
      if (isNews && duration >= 1000) log.warning(line);
      else log.debug(line);
      await clock.sleep(duration);
    };
    for (;;) {
      // Another request may prolong the pause while this one sits it out.
      for (let until = 0; pauseOf(host) > 0 && until !== pausedUntil.get(host);) {
        until = pausedUntil.get(host) ?? 0;
        await clock.sleep(pauseOf(host));
      }
      tries++;
      let followed: Followed;
      try {
        followed = await sendFollowing(transport, { ...request, signal });
      } catch (error) {
        request.signal?.throwIfAborted();
        if (error instanceof WorkError && !(error instanceof RegistryError && error.temporary)) throw error;
        // An idle connection that its server closed fails the request that takes it up: nobody's fault, so not counted.
        if (mayBeStale && policy.isLostSocket(error)) {
          mayBeStale = false;
          tries--;
          log.debug(`${host}: an idle connection was closed; sending again`);
          continue;
        }
        const allowed = answered.has(origin) && isRefused(error) ? policy.maxTries : policy.triesAfter(error);
        if (tries >= Math.min(allowed, most) || clock.now() >= deadline) {
          throw error instanceof RegistryError
            ? withTries(error, tries)
            : transportError(error, request, tries);
        }
        await wait(policy.backoff(tries, clock.random()), describe(error), true);
        continue;
      }
      answered.add(origin);
      const { response } = followed;
      const codes = response.status < 400 ? [] : errorCodesOf(response.bytes);
      const temporary = response.status >= 400 && policy.isTemporary({ status: response.status, codes });
      if (!temporary) return { ...followed, tries };
      const asked = policy.askedWait(response.header, clock.wallClock());
      if (asked !== undefined && asked > policy.maxWait) {
        throw new RegistryError(
          `${request.method} ${redactUrl(request.url)}: ${response.status}: ${host} asks to wait ${Math.ceil(asked / 1000)} s`,
          { status: response.status, codes, fix: "run again after that time" },
        );
      }
      const duration = asked ?? policy.backoff(tries, clock.random());
      const isPaused = pauseOf(host) > 0;
      if (asked !== undefined || policy.isOverload(response.status)) {
        pausedUntil.set(host, Math.max(pausedUntil.get(host) ?? 0, clock.now() + duration));
      }
      if (tries >= most || clock.now() + duration > deadline) return { ...followed, tries };
      await wait(duration, `answered ${response.status}`, !isPaused);
    }
  };
}

function withTries(error: RegistryError, tries: number): RegistryError {
  return tries === 1 ? error : new RegistryError(`${error.message}: after ${tries} tries`, error);
}

function errorCodesOf(bytes: Uint8Array): readonly string[] {
  return parseErrorBody(new TextDecoder().decode(bytes)).map(({ code }) => code);
}

function isRefused(error: unknown): boolean {
  return policy.errorCodes(error).includes("ECONNREFUSED");
}

/** What a person can do about a request that got no answer. */
function transportError(cause: unknown, request: HttpRequest, tries: number): RegistryError {
  const { host } = request.url;
  const codes = policy.errorCodes(cause);
  const has = (...names: string[]) => names.some((name) => codes.includes(name));
  const named = `${request.method} ${redactUrl(request.url)}`;
  const after = tries > 1 ? ` after ${tries} tries` : "";
  if (cause instanceof ProxyError) {
    const fix =
      cause.status === 407
        ? "put its login into HTTPS_PROXY: http://user:password@host"
        : `check HTTPS_PROXY and HTTP_PROXY, or put ${request.url.hostname} into NO_PROXY`;
    return new RegistryError(`${named}: ${cause.message}${after}`, {
      cause: cause.cause,
      temporary: true,
      fix,
    });
  }
  if (has("ECONNREFUSED")) {
    return new RegistryError(`${named}: ${host} does not answer: connection refused${after}`, {
      cause,
      temporary: true,
      fix: `is it running? Check the address ${host}`,
    });
  }
  if (has("ENOTFOUND", "EAI_AGAIN")) {
    return new RegistryError(`${named}: no address found for the host ${request.url.hostname}${after}`, {
      cause,
      temporary: true,
      fix: "check the name and the DNS of this machine",
    });
  }
  if (codes.some((code) => /ALERT/.test(code))) {
    return new RegistryError(`${named}: ${host} ended the TLS handshake: ${describe(cause)}`, {
      cause,
      fix: `if it wants a client certificate, give it one: registries: ${host},cert=FILE,key=FILE`,
    });
  }
  if (codes.some((code) => /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/.test(code))) {
    return new RegistryError(`${named}: the certificate of ${host} is not trusted: ${describe(cause)}`, {
      cause,
      fix: `name its authority: registries: ${host},ca=FILE (or /etc/docker/certs.d/${host}/ca.crt, or SSL_CERT_FILE), and check this machine's clock`,
    });
  }
  if (codes.some((code) => /SSL|EPROTO/.test(code))) {
    return new RegistryError(`${named}: ${host} does not speak TLS`, {
      cause,
      fix: `if it is meant to be plain HTTP, say so: registries: ${host},http`,
    });
  }
  return new RegistryError(`${named}: ${describe(cause)}${after}`, { cause, temporary: true });
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = error.message || policy.errorCodes(error)[0] || error.name;
  return error.name === "TimeoutError" ? "no whole answer in the time allowed" : text;
}

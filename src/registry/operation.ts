import { formatReference, type Reference, withTarget } from "../oci/reference.ts";
import { type AccessTarget, createAuthorizer } from "./auth.ts";
import type { RunHelper } from "./credential-helper.ts";
import { createCredentialSource } from "./credentials.ts";
import { parseErrorBody, printable, RegistryError, summarizeErrorBody } from "./error.ts";
import { isTemporary } from "./retry.ts";
import type { Action } from "./scope.ts";
import { type Clock, createSender, type Log, type Sent } from "./sender.ts";
import { hasCertificates } from "./tls-files.ts";
import { createTransport, type HttpRequest, type HttpResponse } from "./transport.ts";
import type { RegistryTrust } from "./trust.ts";
import { isLoopback, redactUrl, registryUrl } from "./url.ts";
import { parseWarnings } from "./warning.ts";

/** One request of distribution-spec to the repository of a reference. */
export type Operation = Partial<
  Pick<HttpRequest, "headers" | "body" | "receive" | "maxBytes" | "maxTries" | "patience" | "timeLimit">
> & {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  readonly reference: Reference;
  /** Behind `/v2/<repository>/`, or a whole URL of the registry's own origin (`ownUrl`): credentials go there. */
  readonly path: string | URL;
  readonly actions: readonly Action[];
  readonly mountFrom?: string | undefined;
  /** Statuses besides 2xx that the caller deals with. */
  readonly accepts?: readonly number[];
};

/** Carries out operations: addressed, authorized, tried again. Throws RegistryError for any other status than wanted. */
export type Perform = (operation: Operation) => Promise<Sent>;

export type OperationOptions = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly clock: Clock;
  readonly registries: readonly RegistryTrust[];
  readonly pushTo: readonly Reference[];
  readonly runHelper: RunHelper | undefined;
};

/** What every registry should take, and what we read at most; bytes. */
export const maxManifestBytes = 4 * 1024 * 1024;

export function createPerform(options: OperationOptions): {
  readonly perform: Perform;
  readonly close: () => Promise<void>;
} {
  const { env, log, clock, registries, runHelper } = options;
  const transport = createTransport({ env, registries });
  const send = createSender(transport, clock, log);
  const credentials = createCredentialSource({
    env,
    warn: log.warning,
    ...(runHelper === undefined ? {} : { run: runHelper }),
  });
  const authorizer = createAuthorizer({ credentials, send, clock, log });
  const pushed = new Set(options.pushTo.map((reference) => formatReference(withTarget(reference))));
  const openings = new Map<string, Promise<void>>();
  const bases = new Map<string, Promise<URL>>();
  const warned = new Set<string>();

  const baseOf = (registry: string): Promise<URL> => {
    const find = async (): Promise<URL> => {
      const trust = registries.find(({ host }) => host === registry);
      return registryUrl(registry, trust, isLoopback(registry) && (await hasCertificates(registry)));
    };
    const base = bases.get(registry) ?? find();
    bases.set(registry, base);
    return base;
  };

  const perform: Perform = async (operation) => {
    const { reference, path, mountFrom } = operation;
    const { registry, repository } = reference;
    const base = await baseOf(registry);
    const url = typeof path === "string" ? new URL(`/v2/${repository}/${path}`, base) : path;
    const mayPush = pushed.has(formatReference(withTarget(reference)));
    const actions: readonly Action[] = mayPush ? ["pull", "push", ...operation.actions] : operation.actions;
    const target = { registry, base, repository, actions, mountFrom };
    const { settle, ready } = opening(base.origin);
    try {
      if (ready !== undefined) await ready;
      else if (!(await credentials.mayHave(registry).catch(() => false))) settle();
      const sent = await authorized(operation, url, target, settle);
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
    url: URL,
    target: AccessTarget,
    settle: () => void,
  ): Promise<Sent> => {
    const { receive } = operation;
    let authorization = await authorizer.authorization(target);
    for (let refreshed = false; ;) {
      const sent = await send({
        ...operation,
        url,
        headers: {
          "user-agent": "multiarch",
          ...operation.headers,
          ...(authorization === undefined ? {} : { authorization }),
        },
        maxBytes: operation.maxBytes ?? maxManifestBytes,
        ...(receive === undefined
          ? {}
          : {
              receive: (...answer) => {
                settle();
                return receive(...answer);
              },
            }),
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
      if (typeof operation.body === "function") {
        // What it sends has been read; who called has to begin again, and then has the new token.
        throw new RegistryError(`${operation.method} ${redactUrl(url)}: 401: the token ended too early`, {
          status: 401,
          temporary: true,
        });
      }
    }
  };

  const report = (response: HttpResponse, host: string): void => {
    for (const text of parseWarnings(response.headers("warning"))) {
      if (warned.has(`${host} ${text}`)) continue;
      warned.add(`${host} ${text}`);
      log.warning(`${host} says: ${printable(text)}`);
    }
  };

  return { perform, close: transport.close };
}

function failure(operation: Operation, sent: Sent, target: AccessTarget, used: string): RegistryError {
  const { response, url, tries } = sent;
  const body = new TextDecoder().decode(response.bytes);
  const codes = parseErrorBody(body)
    .map(({ code }) => code)
    .filter((code) => code !== "");
  const refused = response.status === 401 || response.status === 403;
  const size = typeof operation.body === "function" ? undefined : operation.body?.length;
  const parts = [
    `${operation.method} ${redactUrl(url)}: ${response.status}`,
    summarizeErrorBody(body),
    response.status === 413 ? `it is ${size ?? operation.headers?.["content-length"]} bytes` : "",
    tries > 1 ? `after ${tries} tries` : "",
    refused ? `${used}; wanted ${target.actions.join(" and ")} on ${target.repository}` : "",
  ];
  const isUnknown = codes.includes("NAME_UNKNOWN") && operation.body !== undefined;
  const fix = refused
    ? `run docker login ${target.registry}, as a user who may do this`
    : isUnknown
      ? `create the repository ${target.repository} first; this registry does not do so by itself`
      : undefined;
  return new RegistryError(parts.filter((part) => part !== "").join(": "), {
    status: response.status,
    codes,
    // An upload that the registry has forgotten can be begun again.
    temporary:
      isTemporary({ status: response.status, codes }) ||
      codes.some((code) => code.startsWith("BLOB_UPLOAD_")),
    fix,
  });
}

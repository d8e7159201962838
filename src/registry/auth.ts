import { type Challenge, parseChallenges } from "./challenge.ts";
import type { CredentialSource, Credentials, FoundCredentials } from "./credentials.ts";
import { RegistryError, summarizeErrorBody } from "./error.ts";
import { parseRealm } from "./realm.ts";
import { type Action, cleanScopes, repositoryScope } from "./scope.ts";
import type { Clock, Log, Send } from "./sender.ts";
import { parseTokenResponse } from "./token.ts";
import type { HttpRequest, HttpResponse } from "./transport.ts";
import { redactUrl } from "./url.ts";

export { type Challenge, parseChallenges };

/** What a request wants to do, and where. */
export type AccessTarget = {
  readonly registry: string;
  /** Scheme, host and port of the registry: what credentials belong to. */
  readonly base: URL;
  readonly repository: string;
  readonly actions: readonly Action[];
  /** Another repository there, out of which a blob is to be mounted. */
  readonly mountFrom?: string | undefined;
};

export type Authorizer = {
  /** The Authorization header that is known to be wanted; undefined until a registry asked for one. */
  readonly authorization: (target: AccessTarget) => Promise<string | undefined>;
  /** A new header after a 401 that answered `used`; undefined when there is nothing new to say. */
  readonly answer: (
    target: AccessTarget,
    header: readonly string[],
    used: string | undefined,
  ) => Promise<string | undefined>;
  /** Which credentials were used for a registry, and from where, in words without secrets. */
  readonly describe: (target: AccessTarget) => string;
};

type Service = { readonly realm: URL; readonly service: string | undefined };

type CachedToken = { readonly header: string; readonly expires: number };

/** Largest token answer, in bytes. */
const maxTokenBytes = 64 * 1024;

/**
 * Basic and Bearer, as the distribution token spec and its OAuth2 form have it: asked lazily, one token for each set of
 * scopes, shared while it is fetched, used for nine tenths of its life.
 */
export function createAuthorizer(options: {
  readonly credentials: CredentialSource;
  readonly send: Send;
  readonly clock: Clock;
  readonly log: Log;
}): Authorizer {
  const { credentials, send, clock, log } = options;
  const services = new Map<string, Service>();
  const basics = new Map<string, string>();
  const basicOrigins = new Set<string>();
  const tokens = new Map<string, Promise<CachedToken>>();
  const askedScopes = new Map<string, readonly string[]>();
  const sources = new Map<string, FoundCredentials>();

  const find = async (target: AccessTarget): Promise<FoundCredentials> => {
    const found = await credentials.find(target.registry, target.repository);
    sources.set(target.base.origin, found);
    return found;
  };

  const scopesOf = (target: AccessTarget): readonly string[] =>
    askedScopes.get(scopeKey(target)) ?? ownScopes(target);

  const rememberScopes = (target: AccessTarget, asked: string | undefined): void => {
    if (asked === undefined || asked === "") return;
    askedScopes.set(scopeKey(target), cleanScopes([...scopesOf(target), ...asked.split(" ")]));
  };

  const fetchToken = async (
    target: AccessTarget,
    service: Service,
    scopes: readonly string[],
  ): Promise<CachedToken> => {
    const found = await find(target);
    const given = found.credentials ?? {};
    if (given.registryToken !== undefined) {
      return { header: `Bearer ${given.registryToken}`, expires: Number.POSITIVE_INFINITY };
    }
    log.debug(
      `asking ${service.realm.host} for a token for ${scopes.join(" ")} (${describeFound(target, found)})`,
    );
    const asked = clock.now();
    const body = await exchange(send, target, service, scopes, given, describeFound(target, found));
    const { token, expiresIn } = parseTokenResponse(body, service.realm.host);
    return { header: `Bearer ${token}`, expires: asked + expiresIn * 900 };
  };

  const bearer = async (target: AccessTarget, service: Service, used?: string): Promise<string> => {
    const scopes = scopesOf(target);
    const key = `${target.base.origin} ${scopes.join(" ")}`;
    const cached = tokens.get(key);
    if (cached !== undefined) {
      const token = await cached;
      if (token.header !== used && token.expires > clock.now()) return token.header;
      // The first to notice drops it; the others find the new one.
      if (tokens.get(key) === cached) tokens.delete(key);
      return bearer(target, service, used);
    }
    const fetched = fetchToken(target, service, scopes);
    tokens.set(key, fetched);
    try {
      return (await fetched).header;
    } catch (error) {
      tokens.delete(key);
      throw error;
    }
  };

  const basic = async (target: AccessTarget): Promise<string | undefined> => {
    const { username, password } = (await find(target)).credentials ?? {};
    if (username === undefined || password === undefined) return undefined;
    const header = basicHeader(username, password);
    basics.set(basicKey(target), header);
    return header;
  };

  return {
    authorization: async (target) => {
      const service = services.get(target.base.origin);
      if (service !== undefined) return bearer(target, service);
      if (!basicOrigins.has(target.base.origin)) return undefined;
      return basics.get(basicKey(target)) ?? basic(target);
    },
    answer: async (target, header, used) => {
      const challenges = parseChallenges(header);
      const token = challenges.find(({ scheme, params }) => scheme === "bearer" && params["realm"]);
      if (token !== undefined) {
        const { realm = "", service, scope } = token.params;
        const known = { realm: parseRealm(realm, target.base), service };
        services.set(target.base.origin, known);
        rememberScopes(target, scope);
        return bearer(target, known, used);
      }
      if (!challenges.some(({ scheme }) => scheme === "basic")) return undefined;
      basicOrigins.add(target.base.origin);
      return basic(target);
    },
    describe: (target) => describeFound(target, sources.get(target.base.origin)),
  };
}

function ownScopes({ repository, actions, mountFrom }: AccessTarget): readonly string[] {
  const mounted = mountFrom === undefined ? [] : [repositoryScope(mountFrom, ["pull"])];
  return cleanScopes([repositoryScope(repository, actions), ...mounted]);
}

function scopeKey(target: AccessTarget): string {
  return [target.base.origin, ...ownScopes(target)].join(" ");
}

/** Credentials may differ by repository, where a config has keys for them. */
function basicKey(target: AccessTarget): string {
  return `${target.base.origin}/${target.repository}`;
}

function basicHeader(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

function describeFound(target: AccessTarget, found: FoundCredentials | undefined): string {
  if (found === undefined) return `no credentials were asked for`;
  if (found.credentials === undefined)
    return `no credentials found for ${target.registry} in ${found.source}`;
  return `credentials of ${target.registry} from ${found.source}`;
}

/**
 * GET first for user and password, POST first for an identity token; a service that does not know the first form is asked
 * in the other.
 */
async function exchange(
  send: Send,
  target: AccessTarget,
  service: Service,
  scopes: readonly string[],
  given: Credentials,
  used: string,
): Promise<string> {
  const forms = requestForms(target, service, scopes, given);
  const answers: { readonly response: HttpResponse; readonly request: HttpRequest }[] = [];
  for (const { request, otherwise } of forms) {
    const { response } = await send(request);
    if (response.status === 200) return new TextDecoder().decode(response.bytes);
    answers.push({ response, request });
    if (!otherwise.includes(response.status)) break;
  }
  // The first form is the usual one, so its answer is the one that says what is wrong.
  const [first] = answers;
  const status = first?.response.status;
  const said = summarizeErrorBody(new TextDecoder().decode(first?.response.bytes));
  const refused = status === 401 || status === 403;
  throw new RegistryError(
    `${first?.request.method} ${redactUrl(service.realm)}: ${status}: no token for ${scopes.join(" ")}` +
      `${said === "" ? "" : `: ${said}`}${refused ? ` (${used})` : ""}`,
    { status, ...(refused ? { fix: `run docker login ${target.registry}` } : {}) },
  );
}

type TokenForm = { readonly request: HttpRequest; readonly otherwise: readonly number[] };

function requestForms(
  target: AccessTarget,
  { realm, service }: Service,
  scopes: readonly string[],
  given: Credentials,
): readonly TokenForm[] {
  const { username, password } = given;
  // A secret without a user is an identity token, too, as containerd has it.
  const identityToken = given.identityToken ?? (username === undefined ? password : undefined);
  const common = { maxBytes: maxTokenBytes, sentBy: { url: target.base, reach: "own-host" } } as const;
  const get = (secret: string | undefined): TokenForm => {
    const url = new URL(realm);
    if (service !== undefined) url.searchParams.set("service", service);
    for (const scope of scopes) url.searchParams.append("scope", scope);
    if (username !== undefined) url.searchParams.set("account", username);
    const headers: Record<string, string> = {};
    if (username !== undefined && secret !== undefined)
      headers["authorization"] = basicHeader(username, secret);
    return { request: { ...common, method: "GET", url, headers }, otherwise: [401, 404, 405] };
  };
  const post = (grant: Readonly<Record<string, string>>): TokenForm => {
    const form = new URLSearchParams({ ...grant, client_id: "multiarch", scope: scopes.join(" ") });
    if (service !== undefined) form.set("service", service);
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const body = new TextEncoder().encode(form.toString());
    return {
      request: { ...common, method: "POST", url: realm, headers, body, secretBody: true },
      otherwise: [400, 401, 404, 405],
    };
  };
  if (identityToken !== undefined) {
    const exchanged = post({ grant_type: "refresh_token", refresh_token: identityToken });
    return username === undefined ? [exchanged] : [exchanged, get(identityToken)];
  }
  if (username === undefined || password === undefined) return [get(undefined)];
  return [get(password), post({ grant_type: "password", username, password })];
}

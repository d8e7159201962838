import { WorkError } from "../errors.ts";
import { askHelper, type RunHelper, spawnHelper } from "./credential-helper.ts";
import { type DockerConfig, type LoadedConfig, loadDockerConfigs } from "./docker-config.ts";
import { printable } from "./error.ts";

/** What one registry is told. An identity token is exchanged for tokens; a registry token is one already. */
export type Credentials = {
  readonly username?: string;
  readonly password?: string;
  readonly identityToken?: string;
  readonly registryToken?: string;
};

/** Credentials, and the place they came from, for messages. */
export type FoundCredentials = { readonly credentials?: Credentials; readonly source: string };

const hubKey = "https://index.docker.io/v1/";
const hubHosts = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/**
 * What `auths` of a parsed config.json holds for a registry: `host[:port]`, or `host/repository`, which also finds keys
 * of that repository or a folder above it. A host matches exactly, never as a part of another. Throws WorkError naming a
 * malformed entry; undefined when there is none.
 */
export function findCredentials(config: DockerConfig, registry: string): Credentials | undefined {
  const auths = config.auths ?? {};
  for (const key of lookupKeys(registry)) {
    const entry = Object.hasOwn(auths, key) ? auths[key] : undefined;
    const credentials = entry === undefined ? undefined : parseEntry(entry, key);
    if (credentials !== undefined) return credentials;
  }
  const host = hostOfKey(registry);
  const isSame = (key: string): boolean => {
    const other = isNamespaced(key) ? undefined : hostOfKey(key);
    return other === host || (hubHosts.includes(host) && other !== undefined && hubHosts.includes(other));
  };
  for (const [key, entry] of Object.entries(auths)) {
    const credentials = isSame(key) ? parseEntry(entry, key) : undefined;
    if (credentials !== undefined) return credentials;
  }
  return undefined;
}

/** The helper that speaks for a registry: its own before the store for all; undefined when there is none. */
export function findHelper(config: DockerConfig, registry: string): string | undefined {
  const helpers = config.credHelpers ?? {};
  const host = hostOfKey(registry);
  const names = hubHosts.includes(host) ? [hubKey, ...hubHosts] : [host];
  const own = names.find((name) => Object.hasOwn(helpers, name) && helpers[name] !== "");
  return (own === undefined ? undefined : helpers[own]) ?? config.credsStore;
}

/** What a helper is asked for. */
export function serverKey(registry: string): string {
  const host = hostOfKey(registry);
  return hubHosts.includes(host) ? hubKey : host;
}

export type CredentialSource = {
  /** Whether there may be credentials, found without running a helper. */
  readonly mayHave: (registry: string) => Promise<boolean>;
  /** Read anew each time, because some helpers give out tokens that live for minutes. */
  readonly find: (registry: string, repository?: string) => Promise<FoundCredentials>;
};

/** Credentials as docker finds them: environment and config.json, helpers first. */
export function createCredentialSource(options: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly warn?: (message: string) => void;
  readonly run?: RunHelper;
}): CredentialSource {
  const { env, warn = () => {}, run = spawnHelper } = options;
  const fromConfig = async (
    { config, source }: LoadedConfig,
    registry: string,
    repository: string | undefined,
  ): Promise<FoundCredentials | undefined> => {
    const helper = findHelper(config, registry);
    if (helper !== undefined) {
      const credentials = await askHelper(helper, serverKey(registry), run);
      if (credentials !== undefined) return { credentials, source: `docker-credential-${helper}` };
    }
    const key = repository === undefined ? registry : `${registry}/${repository}`;
    const credentials = findCredentials(config, key);
    return credentials === undefined ? undefined : { credentials, source };
  };
  return {
    mayHave: async (registry) => {
      const configs = await loadDockerConfigs(env, warn);
      return configs.some(
        ({ config }) =>
          findHelper(config, registry) !== undefined ||
          Object.keys(config.auths ?? {}).some((key) => serverKey(key) === serverKey(registry)),
      );
    },
    find: async (registry, repository) => {
      const configs = await loadDockerConfigs(env, warn);
      for (const config of configs) {
        const found = await fromConfig(config, registry, repository);
        if (found !== undefined) return found;
      }
      return { source: configs.map(({ source }) => source).join(" or ") || "the environment" };
    },
  };
}

/** `host[:port]` of a key, whatever scheme and path older dockers wrote around it. */
export function hostOfKey(key: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(key)) {
    const authority = key.replace(/^[^:]+:\/\//, "").replace(/[/?#].*$/s, "");
    const bareIpv6 = /^([0-9a-f]*:[0-9a-f:]*:)(\d+)$/i.exec(authority);
    if (bareIpv6 !== null) return `[${(bareIpv6[1] ?? "").replace(/:$/, "")}]:${bareIpv6[2]}`;
    if (authority !== "") return authority;
  }
  return key.replace(/^https?:\/\//, "").replace(/\/.*$/s, "");
}

/** A key without scheme but with a path that is no API version belongs to that path alone. */
function isNamespaced(key: string): boolean {
  return !key.includes("://") && /\/(?!v[12]\/?$)./.test(key);
}

function lookupKeys(registry: string): readonly string[] {
  const keys: string[] = [];
  for (let key = registry; ; key = key.slice(0, key.lastIndexOf("/"))) {
    keys.push(key);
    if (key.includes("://") || !key.includes("/")) break;
  }
  return hubHosts.includes(hostOfKey(registry)) ? [...keys.slice(0, -1), hubKey, ...keys.slice(-1)] : keys;
}

function parseEntry(entry: unknown, key: string): Credentials | undefined {
  const wrong = (why: string): WorkError =>
    new WorkError(`the credentials for ${JSON.stringify(printable(key))} are malformed: ${why}`, {
      fix: `run docker login ${hostOfKey(key)} again`,
    });
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) throw wrong("not an object");
  const fields = entry as Record<string, unknown>;
  const field = (name: string): string => {
    const value = fields[name] ?? "";
    if (typeof value !== "string") throw wrong(`${name} is not a string`);
    return value;
  };
  const auth = field("auth");
  const [username, password] = auth === "" ? [field("username"), field("password")] : decodeAuth(auth, wrong);
  const [identityToken, registryToken] = [field("identitytoken"), field("registrytoken")];
  const credentials: Credentials = {
    ...(username === "" ? {} : { username }),
    ...(password === "" ? {} : { password }),
    ...(identityToken === "" ? {} : { identityToken }),
    ...(registryToken === "" ? {} : { registryToken }),
  };
  return Object.keys(credentials).length === 0 ? undefined : credentials;
}

/** `base64(user:password)`. */
function decodeAuth(auth: string, wrong: (why: string) => WorkError): readonly [string, string] {
  if (!/^[A-Za-z0-9+/_-]+={0,2}\s*$/.test(auth)) throw wrong("auth is not base64");
  const text = Buffer.from(auth, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon === -1) throw wrong("auth is not user:password in base64");
  return [text.slice(0, colon), text.slice(colon + 1).replace(/\0+$/, "")];
}

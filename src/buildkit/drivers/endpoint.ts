import { isIP } from "node:net";
import { InputError } from "../../errors.ts";
import type { Platform } from "../../oci/platform.ts";
import { formatPlatform, normalizePlatform, parsePlatform } from "../../oci/platform.ts";
import { formatCsv, parseCsv } from "../csv.ts";
import { tlsArguments } from "../tls/files.ts";
import type { Endpoint } from "./driver.ts";

/** One line that names a daemon, as it was written. */
export interface NamedEndpoint {
  readonly address: string;
  readonly platforms?: readonly Platform[];
  /** Each a file or PEM text; what is missing is taken from the inputs for all endpoints. */
  readonly tls: TlsSources;
}

/** Where certificates and key come from: paths of files, or PEM text. */
export interface TlsSources {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
}

const tlsFields: Readonly<Record<string, keyof TlsSources>> = {
  "tls-ca": "ca",
  "tls-cert": "cert",
  "tls-key": "key",
  "tls-server-name": "serverName",
};
/** What `docker buildx create --driver-opt` calls them. */
const buildxFields: Readonly<Record<string, string>> = {
  cacert: "tls-ca",
  cert: "tls-cert",
  key: "tls-key",
  servername: "tls-server-name",
};

/**
 * `ADDRESS[,platforms=linux/arm64;linux/arm/v7][,tls-ca=FILE][,tls-cert=FILE][,tls-key=FILE][,tls-server-name=NAME]`, in
 * the CSV of docker's inputs: a field with a comma is quoted whole. Throws InputError naming the text.
 */
export function parseEndpoint(text: string): NamedEndpoint {
  const [address = "", ...fields] = parseCsv(text);
  const wrong = (why: string): InputError =>
    new InputError(`not an endpoint: ${JSON.stringify(address)}: ${why}`);
  checkAddress(address, wrong);
  const tls: { -readonly [name in keyof TlsSources]: string } = {};
  let platforms: readonly Platform[] | undefined;
  const seen = new Set<string>();
  for (const field of fields) {
    const equals = field.indexOf("=");
    const name = equals === -1 ? field : field.slice(0, equals);
    const content = equals === -1 ? "" : field.slice(equals + 1);
    if (content === "") throw wrong(`${JSON.stringify(name)} has no value`);
    if (seen.has(name)) throw wrong(`${name} is given twice`);
    seen.add(name);
    const tlsField = tlsFields[name];
    if (name === "platforms") {
      platforms = content.split(/[;,]/).map((platform) => normalizePlatform(parsePlatform(platform.trim())));
    } else if (tlsField !== undefined) {
      tls[tlsField] = content;
    } else {
      const known = ["platforms", ...Object.keys(tlsFields)].join(", ");
      const meant = buildxFields[name];
      throw wrong(
        `there is no field ${JSON.stringify(name)}: ${meant === undefined ? `there are ${known}` : `write ${meant}`}`,
      );
    }
  }
  if (seen.size > (seen.has("platforms") ? 1 : 0) && !address.startsWith("tcp://")) {
    throw wrong("only tcp:// has TLS, the others are as safe as what they go through");
  }
  return { address, ...(platforms === undefined ? {} : { platforms }), tls };
}

/** One line from which `parseEndpoint` reads the same, without what is secret in it. */
export function formatEndpoint({ address, platforms }: Pick<Endpoint, "address" | "platforms">): string {
  return platforms === undefined
    ? address
    : `${address},platforms=${platforms.map(formatPlatform).join(";")}`;
}

// The programs that buildctl runs for these get the name as an argument: it must not be able to be a flag of theirs.
const containerPattern = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
const kubernetesPattern = /^[a-z0-9][a-z0-9.-]*$/;
const contextPattern = /^[A-Za-z0-9][A-Za-z0-9_.:@/-]*$/;
const hostPattern = /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$/;

type Wrong = (why: string) => InputError;

/** https://github.com/moby/buildkit/tree/v0.32.2/client/connhelper has what each kind of address may say. */
function checkAddress(address: string, wrong: Wrong): void {
  const match = /^([a-z-]+):\/\/([^?#]*)(?:\?([^#]*))?(#.*)?$/.exec(address);
  if (match === null) {
    throw wrong("an address is KIND://…, such as tcp://10.0.0.7:1234 or docker-container://name");
  }
  if (/[^\u0021-\u007E]/.test(address)) throw wrong("it has a space or another odd character");
  const [, scheme = "", rest = "", query, fragment] = match;
  if (fragment !== undefined) throw wrong("it has a part after #, which means nothing here");
  const parameters = new URLSearchParams(query ?? "");
  const check = checks[scheme];
  if (check === undefined) throw wrong(`there are ${Object.keys(checks).join("://, ")}://`);
  for (const [name, content] of parameters) {
    const pattern = check.parameters?.[name];
    if (pattern === undefined) throw wrong(`${scheme}:// takes no ${JSON.stringify(name)}`);
    if (!pattern.test(content)) throw wrong(`${JSON.stringify(content)} can't be a ${name}`);
  }
  check.rest(rest, wrong);
}

interface AddressCheck {
  readonly rest: (rest: string, wrong: Wrong) => void;
  readonly parameters?: Readonly<Record<string, RegExp>>;
}

const checkContainer = (name: string, wrong: Wrong): void => {
  if (!containerPattern.test(name)) throw wrong(`${JSON.stringify(name)} can't be a container's name`);
};

const checks: Readonly<Record<string, AddressCheck>> = {
  tcp: {
    rest: (rest, wrong) => {
      const { host, port } = splitHostPort(rest);
      if (isIP(host) === 0 && !hostPattern.test(host)) throw wrong("it has no host");
      if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
        throw wrong("it has no port: tcp://HOST:PORT");
      }
    },
  },
  unix: {
    rest: (path, wrong) => {
      if (!path.startsWith("/")) throw wrong("the socket's path must be absolute, unix:///run/…");
      if (Buffer.byteLength(path) > 107) throw wrong("a socket's path can't be longer than 107 bytes");
    },
  },
  npipe: { rest: () => {} },
  ssh: {
    rest: (rest, wrong) => {
      const [authority = "", ...path] = rest.split("/");
      const at = authority.lastIndexOf("@");
      const user = at === -1 ? undefined : authority.slice(0, at);
      if (user?.includes(":")) throw wrong("a password does not belong here: use a key and an agent");
      if (user !== undefined && !containerPattern.test(user)) throw wrong("its user is odd");
      const { host, port } = splitHostPort(authority.slice(at + 1));
      if (isIP(host) === 0 && !hostPattern.test(host)) throw wrong("it has no host");
      if (port !== "" && !/^\d{1,5}$/.test(port)) throw wrong("its port is not a number");
      // The other side's shell gets to see it.
      if (!/^[\w./-]*$/.test(path.join("/"))) throw wrong("the socket's path on the other side is odd");
    },
  },
  "docker-container": { rest: checkContainer, parameters: { context: contextPattern } },
  "podman-container": { rest: checkContainer },
  "nerdctl-container": { rest: checkContainer, parameters: { namespace: containerPattern } },
  "kube-pod": {
    rest: (name, wrong) => {
      if (!kubernetesPattern.test(name)) throw wrong(`${JSON.stringify(name)} can't be a pod's name`);
    },
    parameters: { context: contextPattern, namespace: kubernetesPattern, container: kubernetesPattern },
  },
};

/** `[::1]:1234` → `::1` and `1234`. */
function splitHostPort(text: string): { readonly host: string; readonly port: string } {
  const match = /^(?:\[([0-9A-Fa-f:.%]+)\]|([^:]*))(?::(.*))?$/.exec(text);
  return { host: match?.[1] ?? match?.[2] ?? "", port: match?.[3] ?? "" };
}

/** The host of a tcp address, else undefined. */
export function tcpHost(address: string): string | undefined {
  return address.startsWith("tcp://") ? splitHostPort(address.slice("tcp://".length)).host : undefined;
}

/** Whether a host is this machine's own loopback, which nobody else reaches. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith("127.");
  return host === "::1" || host.toLowerCase() === "localhost";
}

/** buildctl's global flags for a daemon: where it is, and how it is known. */
export function endpointArguments({ address, tls }: Pick<Endpoint, "address" | "tls">): readonly string[] {
  return [`--addr=${address}`, ...tlsArguments(tls)];
}

/** The arguments of docker that make the daemon a builder of buildx, for those who also use buildx. */
export function buildxArguments({ address, platforms, tls }: Endpoint, name: string): readonly string[] {
  const options = [
    ...(tls === undefined ? [] : [`cacert=${tls.ca}`]),
    ...(tls?.cert === undefined ? [] : [`cert=${tls.cert}`]),
    ...(tls?.key === undefined ? [] : [`key=${tls.key}`]),
    ...(tls?.serverName === undefined ? [] : [`servername=${tls.serverName}`]),
  ];
  return [
    "buildx",
    "create",
    `--name=${name}`,
    "--driver=remote",
    ...options.map((option) => `--driver-opt=${formatCsv([option])}`),
    ...(platforms === undefined ? [] : [`--platform=${platforms.map(formatPlatform).join(",")}`]),
    address,
  ];
}

import { isIP } from "node:net";

import type { RegistryTrust } from "./trust.ts";

/** Query values and user information may be secrets, so neither is ever shown. */
export function redactUrl(url: URL | string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return "(malformed URL)";
  }
  const query = [...parsed.searchParams.keys()].map((key) => `${encodeURIComponent(key)}=***`).join("&");
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}${query === "" ? "" : `?${query}`}`;
}

/** `host[:port]` of a registry's API: Docker Hub's differs from its name. */
export function apiHost(registry: string): string {
  return registry === "docker.io" ? "registry-1.docker.io" : registry;
}

/**
 * Whether a registry is on plain HTTP; undefined where nothing says so. Who has certificates is on HTTPS, also on the
 * loopback, where daemon and client otherwise expect none.
 */
export function speaksHttp({ ca, cert, http, insecure }: RegistryTrust): boolean | undefined {
  return http ?? (insecure || ca !== undefined || cert !== undefined ? false : undefined);
}

/** Where the registry's API is: HTTPS, except for loopback ones of which no certificate is known, or where told otherwise. */
export function registryUrl(
  registry: string,
  trust: RegistryTrust | undefined,
  hasCertificates = false,
): URL {
  const said = trust === undefined ? undefined : speaksHttp(trust);
  const plain = said ?? (isLoopback(registry) && !hasCertificates);
  return new URL(`${plain ? "http" : "https"}://${apiHost(registry)}`);
}

/** localhost, 127.0.0.0/8 or ::1, with or without a port: the registries that docker and BuildKit reach by plain HTTP. */
export function isLoopback(host: string): boolean {
  const name = hostname(host);
  if (name === undefined) return false;
  return (
    name === "localhost" ||
    name.endsWith(".localhost") ||
    (isIP(name) === 4 ? name.startsWith("127.") : name === "::1")
  );
}

/** The host of `host[:port]`, without brackets; undefined when malformed. */
export function hostname(host: string): string | undefined {
  if (isIP(host) !== 0) return host;
  const match = /^(?:\[([^\]]*)\]|([^:[\]]+))(?::\d+)?$/.exec(host);
  const [, bracketed, name] = match ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? bracketed : undefined;
  return name?.toLowerCase();
}

/** What a stranger's URL must not make us talk to. */
export type AddressKind = "public" | "private" | "loopback" | "link-local" | "unspecified";

/** The kind of a literal IP address; a name is undefined. */
export function addressKind(address: string): AddressKind | undefined {
  const bare = address.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  if (isIP(bare) === 4) return kindOfIpv4(bare);
  if (isIP(bare) !== 6) return undefined;
  const words = expandIpv6(bare);
  const [first = 0] = words;
  if (words.slice(0, 5).every((word) => word === 0) && (words[5] === 0xffff || words[5] === 0)) {
    const [high = 0, low = 0] = words.slice(6);
    if (words[5] === 0 && high === 0 && low <= 1) return low === 1 ? "loopback" : "unspecified";
    return kindOfIpv4([high >> 8, high & 255, low >> 8, low & 255].join("."));
  }
  if ((first & 0xfe00) === 0xfc00) return "private";
  return (first & 0xffc0) === 0xfe80 ? "link-local" : "public";
}

function kindOfIpv4(address: string): AddressKind {
  const [a = 0, b = 0] = address.split(".").map(Number);
  if (a === 0) return "unspecified";
  if (a === 127) return "loopback";
  if (a === 169 && b === 254) return "link-local";
  const isPrivate =
    a === 10 ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    (a === 100 && b >= 64 && b <= 127);
  return isPrivate ? "private" : "public";
}

function expandIpv6(address: string): readonly number[] {
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const [, a = 0, b = 0, c = 0, d = 0] = dotted?.map(Number) ?? [];
  const text =
    dotted === null
      ? address
      : address.slice(0, dotted.index) + `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  const [head = "", tail] = text.split("::");
  const words = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((w) => Number.parseInt(w, 16));
  const [front, back] = [words(head), words(tail ?? "")];
  const gap = tail === undefined ? 0 : 8 - front.length - back.length;
  return [...front, ...Array.from({ length: gap }, () => 0), ...back];
}

/** What a registry named as the next step, relative or absolute; undefined when it is no URL of the registry's own origin. */
export function ownUrl(text: string | undefined, base: URL): URL | undefined {
  if (text === undefined || !URL.canParse(text, base.href)) return undefined;
  const url = new URL(text, base);
  return url.origin === base.origin ? url : undefined;
}

/** The host part of a URL, brackets removed, lower case, without a final dot. */
export function urlHostname(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

/** `own-host`: an address inside must be the sender's own; `own-network`: it may be as far inside as the sender is. */
export type Reach = "own-host" | "own-network";

/**
 * Why a URL that a registry sent us to must not be used, or undefined when it may: it must not lead from HTTPS to HTTP,
 * nor from outside to an address inside (loopback, private, link-local).
 */
export function refusal(from: URL, to: URL, reach: Reach): string | undefined {
  if (to.protocol !== "https:" && to.protocol !== "http:") return `its scheme is ${to.protocol}`;
  if (to.username !== "" || to.password !== "") return "it carries a user name";
  if (from.protocol === "https:" && to.protocol === "http:") return "it leads from HTTPS to plain HTTP";
  const [sender, target] = [urlHostname(from), urlHostname(to)];
  const kind = hostKind(target);
  if (sender === target || kind === undefined || mayReach(hostKind(sender), kind, reach)) return undefined;
  return `${target} is a ${kind} address`;
}

/** Whether a host of one kind may send us to an address of another. */
export function mayReach(sender: AddressKind | undefined, target: AddressKind, reach: Reach): boolean {
  if (target === "public") return true;
  if (target === "loopback") return sender === "loopback";
  return target === "private" && reach === "own-network" && (sender === "loopback" || sender === "private");
}

function hostKind(host: string): AddressKind | undefined {
  return host === "localhost" || host.endsWith(".localhost") ? "loopback" : addressKind(host);
}

import { BlockList, isIP } from "node:net";

import { WorkError } from "../errors.ts";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for a URL by HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in the rules of Go's httpproxy, so that buildctl,
 * buildkitd and we take the same way. Loopback never goes through a proxy. Throws WorkError naming a malformed variable.
 */
export function proxyFor(url: URL, env: Env): URL | undefined {
  if (url.protocol !== "https:" && url.protocol !== "http:") return undefined;
  const variable = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const value = either(env, variable);
  // In a CGI program HTTP_PROXY is the visitor's `Proxy` header (httpoxy).
  if (value !== "" && variable === "HTTP_PROXY" && (env["REQUEST_METHOD"] ?? "") !== "") {
    throw new WorkError("HTTP_PROXY is not used in a CGI environment, where a visitor can set it");
  }
  const proxy = parseProxy(value, variable);
  return proxy !== undefined && usesProxy(canonicalAddress(url), either(env, "NO_PROXY")) ? proxy : undefined;
}

/** Whether `host:port` goes through the proxy, by the entries of NO_PROXY. */
export function usesProxy(address: string, noProxy: string): boolean {
  const { host, port } = splitAddress(address);
  if (host === "" || host === "localhost") return host === "";
  const family = isIP(host);
  if (family !== 0 && isLoopbackIp(host)) return false;
  return !noProxy
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry === "*" || matchesEntry(entry, host, port));
}

function matchesEntry(entry: string, host: string, port: string): boolean {
  const [, network = "", prefix = ""] = /^([0-9a-f.:]+)\/(\d+)$/.exec(entry) ?? [];
  if (isIP(network) !== 0) return isIP(host) !== 0 && inNetwork(host, network, Number(prefix));
  const { host: name, port: onlyPort } = isIP(entry) === 0 ? splitAddress(entry) : { host: entry, port: "" };
  if (name === "" || (onlyPort !== "" && onlyPort !== port)) return false;
  if (isIP(name) !== 0) return isIP(host) !== 0 && inNetwork(host, name, isIP(name) === 4 ? 32 : 128);
  const domain = toAscii(name.startsWith("*.") ? name.slice(1) : name);
  return domain.startsWith(".") ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

function inNetwork(host: string, network: string, prefix: number): boolean {
  const familyOf = (address: string) => (isIP(address) === 4 ? "ipv4" : "ipv6");
  if (prefix > (isIP(network) === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, prefix, familyOf(network));
  return list.check(host, familyOf(host));
}

function isLoopbackIp(host: string): boolean {
  return isIP(host) === 4 ? host.startsWith("127.") : /^(?:0*:)*:?0*1$|^::ffff:127\./.test(host);
}

/** `host` and `port` of an address; the host lower case, in ASCII, without brackets and final dot. */
function splitAddress(address: string): { readonly host: string; readonly port: string } {
  const [, bracketed, plain = "", port = ""] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(address) ?? [];
  const host = bracketed ?? plain;
  return { host: toAscii(host.toLowerCase()), port };
}

function toAscii(host: string): string {
  // oxlint-disable-next-line no-control-regex -- only non-ASCII names need the IDNA rules
  if (!/[^\x00-\x7f]/.test(host)) return host;
  const dot = host.startsWith(".") ? "." : "";
  try {
    return dot + new URL(`http://${host.slice(dot.length)}`).hostname;
  } catch {
    return host;
  }
}

function canonicalAddress(url: URL): string {
  return `${url.hostname}:${url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port}`;
}

function parseProxy(value: string, variable: string): URL | undefined {
  if (value === "") return undefined;
  const text = value.includes("://") ? value : `http://${value}`;
  if (URL.canParse(text)) {
    const url = new URL(text);
    if (url.host !== "" && /^(?:https?|socks5h?):$/.test(url.protocol)) return url;
  }
  throw new WorkError(`${variable} is not a proxy's address`);
}

function either(env: Env, name: string): string {
  return env[name] || env[name.toLowerCase()] || "";
}

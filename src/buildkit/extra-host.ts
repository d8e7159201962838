import { isIP } from "node:net";

/** A line of /etc/hosts in the containers of a build. */
export interface ExtraHost {
  readonly host: string;
  /** An IP address, or the word `host-gateway`. */
  readonly address: string;
}

/** Docker's `HOST:IP` or `HOST=IP`, IPv6 with or without brackets. Throws an Error naming the text. */
export function parseExtraHost(text: string): ExtraHost {
  const separator = text.includes("=") ? "=" : ":";
  const at = text.indexOf(separator);
  const [host, written] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
  const address = written.replace(/^\[(.*)\]$/, "$1");
  const wrong = (why: string): Error => new Error(`${JSON.stringify(text)} is not HOST:IP: ${why}`);
  if (at === -1) throw wrong("it has no :");
  if (!/^[\w.-]+$/.test(host)) throw wrong(`${JSON.stringify(host)} can't be a host's name`);
  // BuildKit takes no address with a zone.
  if (written !== "host-gateway" && (isIP(address) === 0 || address.includes("%"))) {
    throw wrong(`${JSON.stringify(written)} is neither an IP address nor host-gateway`);
  }
  return { host, address };
}

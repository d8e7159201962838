import { RegistryError } from "./error.ts";
import type { HttpRequest, HttpResponse, Transport } from "./transport.ts";
import { redactUrl, refusal } from "./url.ts";

export type Followed = {
  readonly response: HttpResponse;
  /** Where the answer came from in the end. */
  readonly url: URL;
  /** Whether any hop left scheme, host and port of the first: from there on nothing secret was sent. */
  readonly leftOrigin: boolean;
};

const maxHops = 10;
const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * Sends a request and follows its redirects by hand. Credentials are dropped at the first hop to another origin and not
 * restored on the way back. Throws RegistryError for too many hops, a hop from HTTPS to HTTP or to an address inside,
 * and a redirect that would change a write into a read.
 */
export async function sendFollowing(transport: Transport, first: HttpRequest): Promise<Followed> {
  let request = first;
  let leftOrigin = false;
  for (let hop = 0; ; hop++) {
    const response = await transport.request(request);
    const location = response.header("location");
    if (!redirects.has(response.status) || location === undefined) {
      return { response, url: request.url, leftOrigin };
    }
    const wrong = (why: string): RegistryError =>
      new RegistryError(`${request.method} ${redactUrl(request.url)}: redirect refused: ${why}`, {
        status: response.status,
      });
    if (hop === maxHops) throw wrong(`more than ${maxHops} of them`);
    const isRead = request.method === "GET" || request.method === "HEAD";
    if (!isRead && response.status < 307) throw wrong(`${response.status} would turn a write into a read`);
    const url = resolveLocation(location, request.url, first.url, wrong);
    leftOrigin ||= url.origin !== first.url.origin;
    if (leftOrigin && first.secretBody === true) throw wrong(`it would hand the credentials to ${url.host}`);
    request = {
      ...request,
      url,
      headers: leftOrigin ? withoutSecrets(request.headers) : request.headers,
      sentBy: { url: first.url, reach: "own-network" },
    };
  }
}

function resolveLocation(
  location: string,
  base: URL,
  origin: URL,
  wrong: (why: string) => RegistryError,
): URL {
  let url: URL;
  try {
    url = new URL(location, base);
  } catch {
    throw wrong("its location is not a URL");
  }
  // Against both: a detour over a host inside must not open a way that the registry itself has not.
  const why = refusal(base, url, "own-network") ?? refusal(origin, url, "own-network");
  if (why !== undefined) throw wrong(why);
  return url;
}

function withoutSecrets(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const kept = ["accept", "content-type", "user-agent"];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => kept.includes(name.toLowerCase())));
}

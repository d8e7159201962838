import { RegistryError } from "./error.ts";
import type { Operation, Perform } from "./operation.ts";
import { ownUrl, redactUrl } from "./url.ts";

const maxPages = 1000;

/** The bodies of a list and of all its further pages, in turn. Throws RegistryError for a list that never ends. */
export async function* readPages(perform: Perform, first: Operation): AsyncGenerator<Uint8Array> {
  const seen = new Set<string>();
  let operation = first;
  for (;;) {
    const { response, url } = await perform(operation);
    yield response.bytes;
    const next = nextPage(response.header("link"), url);
    if (next === undefined) return;
    seen.add(url.href);
    if (seen.has(next.href) || seen.size === maxPages) {
      throw new RegistryError(
        `GET ${redactUrl(url)}: the list goes round in circles, or has over ${maxPages} pages`,
      );
    }
    operation = { ...first, path: next };
  }
}

/**
 * The next page that a `Link` header names (RFC 8288), relative or absolute; undefined when there is none. Throws
 * RegistryError for a malformed header, and for a page of another origin.
 */
export function nextPage(header: string | undefined, url: URL): URL | undefined {
  if (header === undefined || header.trim() === "") return undefined;
  const links = [...header.matchAll(/<([^<>]*)>([^<]*)/g)];
  const [, target] = links.find(([, , params = ""]) => /;\s*rel\s*=\s*"?next\b/i.test(params)) ?? [];
  if (target === undefined && links.length > 0) return undefined;
  const next = ownUrl(target, url);
  if (next !== undefined) return next;
  throw new RegistryError(
    `GET ${redactUrl(url)}: the registry names a next page that is not its own; it was not asked for`,
  );
}

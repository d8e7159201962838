import { printable, RegistryError } from "./error.ts";
import { refusal } from "./url.ts";

/**
 * Where a Bearer challenge sends us for a token. Another host is normal (auth.docker.io), another network is not: throws
 * RegistryError when the realm is no absolute http(s) URL, is less safe than the registry, or lies inside.
 */
export function parseRealm(realm: string, registry: URL): URL {
  const wrong = (why: string): RegistryError =>
    new RegistryError(`${registry.host} asks for a token from ${JSON.stringify(printable(realm))}: ${why}`, {
      fix: "credentials were not sent; check the registry's address",
    });
  let url: URL;
  try {
    url = new URL(realm);
  } catch {
    throw wrong("not a URL");
  }
  const why = refusal(registry, url, "own-host");
  if (why !== undefined) throw wrong(why);
  return url;
}

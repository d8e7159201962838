import type { NamedEndpoint } from "../../buildkit/drivers/endpoint.ts";
import { parseEndpoint } from "../../buildkit/drivers/endpoint.ts";

/** The input `builder`: an address with its TLS fields, or the name that setup was given. Throws an Error naming the text. */
export function parseBuilder(text: string): NamedEndpoint {
  if (text.includes("://")) return parseEndpoint(text);
  if (/^[a-z0-9][a-z0-9_.-]{0,62}$/i.test(text))
    return { address: `docker-container://multiarch-${text}`, tls: {} };
  throw new Error(
    `${JSON.stringify(text)} is neither an address such as tcp://host:1234 or unix:///path nor the name of a daemon`,
  );
}

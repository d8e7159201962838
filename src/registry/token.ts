import { RegistryError } from "./error.ts";

/** A bearer token and its lifetime in seconds from receipt (distribution token spec). */
export type Token = { readonly token: string; readonly expiresIn: number };

/** The spec's lifetime for a token that names none; seconds. */
const defaultLifetime = 60;

/**
 * A token out of the token service's answer, under either of its names. `issued_at` is not looked at: clocks differ.
 * Throws RegistryError naming the service, never the body.
 */
export function parseTokenResponse(body: string, service: string): Token {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new RegistryError(`${service} answered with something that is not JSON instead of a token`);
  }
  const fields = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const token = [fields["token"], fields["access_token"]].find(
    (text) => typeof text === "string" && text !== "",
  );
  // It becomes a header, so it may hold only what a header may.
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) {
    throw new RegistryError(`${service} answered without a token`);
  }
  const seconds = Number(fields["expires_in"] ?? 0);
  return { token, expiresIn: Number.isFinite(seconds) && seconds > 0 ? seconds : defaultLifetime };
}

import { suggest } from "../inputs/suggestion.ts";

const names: readonly string[] =
  "core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack".split(
    " ",
  );

/**
 * Docker's `NAME=SOFT[:HARD]`, as `NAME=SOFT:HARD`; -1 is no limit. Throws an Error naming the text.
 * https://github.com/docker/go-units/blob/v0.5.0/ulimit.go
 */
export function parseUlimit(text: string): string {
  const wrong = (why: string): Error => new Error(`${JSON.stringify(text)} is not NAME=SOFT:HARD: ${why}`);
  const equals = text.indexOf("=");
  if (equals === -1) throw wrong("it has no =");
  const name = text.slice(0, equals);
  if (!names.includes(name)) throw wrong(`unknown limit ${JSON.stringify(name)}: ${suggest(name, names)}`);
  const [, soft, hard = soft] = /^(-1|\d{1,18})(?::(-1|\d{1,18}))?$/.exec(text.slice(equals + 1)) ?? [];
  if (soft === undefined || hard === undefined) throw wrong("a limit is a whole number, or -1 for none");
  if (BigInt.asUintN(64, BigInt(soft)) > BigInt.asUintN(64, BigInt(hard))) {
    throw wrong("the soft limit is above the hard one");
  }
  return `${name}=${soft}:${hard}`;
}

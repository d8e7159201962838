import { WorkError } from "../errors.ts";

/** One way in that a 401 offers (RFC 9110, 11.6.1). The scheme and the names of parameters are lower case. */
export type Challenge = {
  readonly scheme: string;
  readonly params: Readonly<Record<string, string>>;
};

const token = /[\w!#$%&'*+.^`|~-]+/y;
const looseValue = /[^\s,"]+/y;
const quoted = /"((?:[^"\\]|\\.)*)"/sy;
const space = /[ \t]*/y;

/**
 * Every challenge of every `WWW-Authenticate` header. Missing values, unquoted URLs and quoted names, which registries do
 * send, are read too. Throws WorkError naming the text when a quote stays open or a comma is missing.
 */
export function parseChallenges(header: string | readonly string[]): readonly Challenge[] {
  const headers = typeof header === "string" ? [header] : header;
  return headers.flatMap((text) => parseHeader(text));
}

function parseHeader(text: string): readonly Challenge[] {
  const challenges: { scheme: string; params: Record<string, string> }[] = [];
  let position = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match !== null) position = pattern.lastIndex;
    return match;
  };
  const skipSpace = (): void => void take(space);
  const wrong = (why: string): WorkError =>
    new WorkError(`unreadable WWW-Authenticate header ${JSON.stringify(text.slice(0, 300))}: ${why}`);
  const word = (): string | undefined => {
    const [all, inside] = take(quoted) ?? take(token) ?? [];
    return inside === undefined ? all : unquote(inside);
  };
  const value = (): string | undefined => {
    if (text[position] === '"') {
      const match = take(quoted);
      if (match === null) throw wrong("a quote is not closed");
      return unquote(match[1] ?? "");
    }
    return take(looseValue)?.[0];
  };

  let separated = true;
  for (;;) {
    skipSpace();
    while (text[position] === ",") {
      separated = true;
      position++;
      skipSpace();
    }
    if (position >= text.length) return challenges;
    const name = word();
    if (name === undefined) throw wrong(`unexpected ${JSON.stringify(text[position])}`);
    const afterName = position;
    skipSpace();
    const current = challenges.at(-1);
    if (text[position] === "=" && current !== undefined) {
      if (!separated) throw wrong(`a comma is missing before ${name}`);
      position++;
      skipSpace();
      const found = value();
      // The first of a repeated parameter counts, so that text appended by a proxy changes nothing.
      if (found !== undefined) current.params[name.toLowerCase()] ??= found;
      separated = false;
      continue;
    }
    position = afterName;
    if (!separated) throw wrong(`a comma is missing before ${name}`);
    challenges.push({ scheme: name.toLowerCase(), params: {} });
    // A scheme is parted from its first parameter by a space alone.
    separated = true;
    take(/ +[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y);
  }
}

function unquote(text: string): string {
  return text.replaceAll(/\\(.)/gs, "$1");
}

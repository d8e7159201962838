import { WorkError } from "../errors.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

export type JsonValue =
  | string
  | number
  | readonly JsonValue[]
  | ReadonlyMap<string, string>
  | { readonly [key: string]: JsonValue | undefined };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The JSON object in these bytes. Throws WorkError naming `what` for anything else, bad UTF-8 included. */
export function parseJsonObject(bytes: Uint8Array, what: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new WorkError(`${what} is not JSON (${bytes.length} bytes)`, { cause });
  }
  if (!isJsonObject(value)) throw new WorkError(`${what} is not a JSON object`);
  return value;
}

/** A map of strings, or undefined when absent. Throws WorkError naming `what`. */
export function stringMap(value: unknown, what: string): Readonly<Record<string, string>> | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) throw new WorkError(`${what} must be an object`);
  const entries = Object.entries(value).map(([key, text]): [string, string] => {
    if (typeof text !== "string") throw new WorkError(`${what}: ${JSON.stringify(key)} must be a string`);
    return [key, text];
  });
  return Object.fromEntries(entries);
}

/**
 * The layout of Go's `json.MarshalIndent(value, "", "  ")`, so that our bytes equal buildx's for the same content:
 * object keys as given, undefined left out, `Map` keys sorted by their bytes, HTML characters escaped, no final newline.
 */
export function marshalIndent(value: JsonValue, indent = ""): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") return JSON.stringify(value);
  const inner = `${indent}  `;
  if (isList(value)) {
    return enclose(
      "[",
      value.map((item) => marshalIndent(item, inner)),
      "]",
      indent,
    );
  }
  const members: [string, JsonValue][] = [];
  if (value instanceof Map) {
    members.push(...[...value].toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  } else {
    for (const [key, member] of Object.entries(value)) if (member !== undefined) members.push([key, member]);
  }
  return enclose(
    "{",
    members.map(([key, member]) => `${quote(key)}: ${marshalIndent(member, inner)}`),
    "}",
    indent,
  );
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function enclose(open: string, items: readonly string[], close: string, indent: string): string {
  if (items.length === 0) return open + close;
  return `${open}\n${items.map((item) => `${indent}  ${item}`).join(",\n")}\n${indent}${close}`;
}

function quote(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

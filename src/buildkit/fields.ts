import { suggest } from "../inputs/suggestion.ts";
import { formatCsv, parseCsv } from "./csv.ts";

/** A field as it was written, without spaces around its key; no value when it has no `=`. */
export interface RawField {
  readonly key: string;
  readonly value: string | undefined;
}

/** The fields of a line of BuildKit's CSV, cut at their first `=`. */
export function splitFields(text: string): readonly RawField[] {
  return parseCsv(text).map((field) => {
    const equals = field.indexOf("=");
    if (equals === -1) return { key: field.trim(), value: undefined };
    return { key: field.slice(0, equals).trim(), value: field.slice(equals + 1) };
  });
}

/**
 * The fields of `key=value,"k=a,b"`, their keys in lower case, as buildctl makes them. Throws an Error for a field without
 * `=`, for a key that is there twice and, when `known` are given, for one that is not known.
 */
export function parseFields(text: string, known: readonly string[] | undefined): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const { key: written, value } of splitFields(text)) {
    const key = written.toLowerCase();
    if (value === undefined) throw new Error(`${JSON.stringify(written)} is not KEY=VALUE`);
    if (key === "") throw new Error(`${JSON.stringify(`=${value}`)} has no key before the =`);
    if (fields.has(key)) throw new Error(`${key} is given twice`);
    if (known !== undefined) checkKey(key, known);
    fields.set(key, value);
  }
  return fields;
}

/** Fields without `type`, and it. */
export function takeType(fields: ReadonlyMap<string, string>): {
  readonly type: string | undefined;
  readonly attributes: ReadonlyMap<string, string>;
} {
  const attributes = new Map(fields);
  attributes.delete("type");
  return { type: fields.get("type"), attributes };
}

/** Throws an Error for a key that is not one of `known`. */
export function checkKey(key: string, known: readonly string[]): void {
  if (known.includes(key)) return;
  if (known.length === 0) throw new Error(`there is no ${JSON.stringify(key)}, nor any other attribute`);
  throw new Error(`there is no ${JSON.stringify(key)}: ${suggest(key, known)}`);
}

/** One line from which `parseFields`, and so buildctl, reads the same. */
export function formatFields(fields: Iterable<readonly [string, string]>): string {
  return formatCsv(Array.from(fields, ([key, value]) => `${key}=${value}`));
}

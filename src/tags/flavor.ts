import { parseCsv } from "../buildkit/csv.ts";
import { InputError } from "../errors.ts";
import { suggest } from "../inputs/suggestion.ts";
import { type GlobalExpression, globalExpressions, parseTemplate, type Template } from "./template.ts";

/** What the tags that rules make have in common: https://github.com/docker/metadata-action#flavor-input */
export interface Flavor {
  /** `auto`: the first tag decides by its kind. */
  readonly latest: "auto" | "true" | "false";
  readonly prefix: Affix;
  readonly suffix: Affix;
}

export interface Affix {
  readonly text: Template<GlobalExpression>;
  /** The tag `latest` has it, too. */
  readonly onLatest: boolean;
}

const names = ["latest", "prefix", "suffix", "onlatest"];

/** Reads `latest=true` and `prefix=v,onlatest=true`; what comes later wins. Throws InputError naming the item. */
export function parseFlavor(items: readonly string[]): Flavor {
  const none: Affix = { text: [], onLatest: false };
  return items.reduce<Flavor>((flavor, item) => ({ ...flavor, ...parseItem(item) }), {
    latest: "auto",
    prefix: none,
    suffix: none,
  });
}

/** The item as it is, if `parseFlavor` can read it. */
export function checkFlavor(item: string): string {
  parseItem(item);
  return item;
}

function parseItem(item: string): Partial<Flavor> {
  try {
    let read: Partial<Flavor> = {};
    let affix: "prefix" | "suffix" | undefined;
    for (const field of parseCsv(item)) {
      const equals = field.indexOf("=");
      if (equals === -1) throw new Error(`${JSON.stringify(field)} is not NAME=value`);
      const name = field.slice(0, equals).trim().toLowerCase();
      const value = field.slice(equals + 1).trim();
      if (name === "latest") {
        if (value !== "auto" && value !== "true" && value !== "false") {
          throw new Error(`latest=${value}: ${suggest(value, ["auto", "true", "false"])}`);
        }
        read = { ...read, latest: value };
      } else if (name === "prefix" || name === "suffix") {
        affix = name;
        read = { ...read, [affix]: { text: parseTemplate(value, globalExpressions), onLatest: false } };
      } else if (name === "onlatest") {
        if (value !== "true" && value !== "false")
          throw new Error(`onlatest=${value} is neither true nor false`);
        if (affix === undefined)
          throw new Error("onlatest stands behind the prefix or suffix that it is about");
        read = { ...read, [affix]: { text: read[affix]?.text ?? [], onLatest: value === "true" } };
      } else throw new Error(`there is no ${JSON.stringify(name)}: ${suggest(name, names)}`);
    }
    return read;
  } catch (error) {
    if (error instanceof InputError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError(`not a flavor: ${JSON.stringify(item)}: ${why}`, { cause: error });
  }
}

import { suggest } from "../inputs/suggestion.ts";

/** What may stand behind the `=` of an attribute: anything, a kind of value, or one of some words. */
export type AttributeKind = "text" | "boolean" | "integer" | "positive" | "duration" | readonly string[];

/** The attributes that an exporter, a cache or an attestation knows. */
export type AttributeTable = Readonly<Record<string, AttributeKind>>;

export const compressionAttributes = {
  compression: ["uncompressed", "gzip", "estargz", "zstd"],
  "compression-level": "integer",
  "force-compression": "boolean",
} as const satisfies AttributeTable;

/**
 * Throws an Error for a value that BuildKit would refuse after the build, or pass over in silence. It reads values with
 * Go's strconv.ParseBool, strconv.ParseInt and time.ParseDuration.
 */
export function checkAttribute(key: string, value: string, kind: AttributeKind | undefined): void {
  const wrong = (why: string): Error => new Error(`${key}=${value}: ${why}`);
  if (kind === undefined || kind === "text") return;
  if (kind === "boolean") {
    if (!isBoolean(value)) throw wrong("it is true or false");
  } else if (kind === "integer") {
    if (!/^-?\d{1,18}$/.test(value)) throw wrong("it is a whole number");
  } else if (kind === "positive") {
    if (!/^[1-9]\d{0,8}$/.test(value)) throw wrong("it is a whole number from 1");
  } else if (kind === "duration") {
    if (!/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(value))
      throw wrong("it is a time such as 90s or 24h");
  } else if (!kind.includes(value)) {
    throw wrong(suggest(value, kind));
  }
}

/** Whether a text is one that Go reads as a boolean. */
export function isBoolean(text: string): boolean {
  return /^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(text);
}

/** The value of a text that `isBoolean`. */
export function isTrue(text: string): boolean {
  return /^(?:1|t|true)$/i.test(text);
}

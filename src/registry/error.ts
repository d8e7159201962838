import { WorkError } from "../errors.ts";

/** What a registry said, or that it said nothing. The message holds method, redacted URL, status, code and message. */
export class RegistryError extends WorkError {
  override readonly name = "RegistryError";
  /** HTTP status; undefined when no answer came. */
  readonly status: number | undefined;
  /** The registry's own error codes, such as MANIFEST_UNKNOWN (distribution-spec, error codes). */
  readonly codes: readonly string[];
  /** Whether the same request may succeed later. */
  readonly temporary: boolean;

  constructor(message: string, options: RegistryErrorOptions = {}) {
    super(message, options);
    this.status = options.status;
    this.codes = options.codes ?? [];
    this.temporary = options.temporary ?? false;
  }

  get code(): string | undefined {
    return this.codes[0];
  }
}

type RegistryErrorOptions = ErrorOptions & {
  readonly fix?: string | undefined;
  readonly status?: number | undefined;
  readonly codes?: readonly string[];
  readonly temporary?: boolean;
};

/** A proxy that does not let us through. The message names it, without its login. */
export class ProxyError extends Error {
  override readonly name = "ProxyError";
  /** What it answered; undefined when it did not. */
  readonly status: number | undefined;

  constructor(proxy: URL, what: string, options: ErrorOptions & { readonly status?: number } = {}) {
    super(`the proxy ${proxy.host} ${what}`, options);
    this.status = options.status;
  }
}

export type ErrorEntry = { readonly code: string; readonly message: string };

/** The `errors` of a distribution-spec error body; empty for any other body. Docker Hub's `details` form counts as one. */
export function parseErrorBody(body: string): readonly ErrorEntry[] {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return [];
  }
  if (typeof value !== "object" || value === null) return [];
  const { errors, details, message } = value as Record<string, unknown>;
  if (Array.isArray(errors)) return errors.flatMap((entry) => readEntry(entry));
  const text = typeof details === "string" ? details : message;
  return typeof text === "string" ? [{ code: "", message: text }] : [];
}

function readEntry(entry: unknown): readonly ErrorEntry[] {
  if (typeof entry !== "object" || entry === null) return [];
  const { code, message, detail } = entry as Record<string, unknown>;
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  // `detail` names the thing, such as the missing blob, when it is more than a structure.
  const parts = [text(message), text(detail)].filter((part) => part !== "");
  return [{ code: text(code), message: parts.join("; ") }];
}

/** What the registry said, on one line: `NAME_INVALID: a message`, or the start of a body of another form. */
export function summarizeErrorBody(body: string): string {
  const entries = parseErrorBody(body);
  const said = entries.map(({ code, message }) => [code, message].filter((part) => part !== "").join(": "));
  const text = entries.length > 0 ? said.join("; ") : body;
  return printable(text).slice(0, 300);
}

/** Text from a stranger: control characters, which could forge log lines, become spaces. */
export function printable(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** Longest warning header that is read, in bytes. */
const maxLength = 4096;

/** The texts of `Warning: 299 - "text"` headers (distribution-spec, warnings); others are not for us and left out. */
export function parseWarnings(headers: readonly string[]): readonly string[] {
  return headers.flatMap((header) => parseWarning(header) ?? []);
}

/** The text of one header, percent-decoded; undefined for any other code, agent or form, and for control characters. */
export function parseWarning(header: string): string | undefined {
  if (Buffer.byteLength(header) > maxLength) return undefined;
  const quoted = /^299 - "((?:[^"\\]|\\.)+)"$/s.exec(header)?.[1];
  if (quoted === undefined) return undefined;
  const text = percentDecode(quoted.replaceAll(/\\(.)/gs, "$1"));
  // A tab may stand in a header; nothing else below a space may, nor a quote that was hidden as %22.
  const hidesQuote = /%22/.test(quoted);
  return hidesQuote || /[^\P{Cc}\t]/u.test(text) ? undefined : text;
}

function percentDecode(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (bytes) =>
    Buffer.from(bytes.replaceAll("%", ""), "hex").toString("utf8"),
  );
}

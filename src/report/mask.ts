/**
 * The texts that would show a secret: itself, each of its lines, and both as base64, in a URL, in JSON, in XML and quoted
 * for a shell, as GitHub's runner does it. A line of fewer than four characters stays, because hiding `}` hides the log.
 */
export function secretForms(secret: string): readonly string[] {
  const whole = secret.trim();
  if (whole === "") return [];
  const lines = whole.split(/[\r\n]+/).map((line) => line.trim());
  const values = new Set([secret, whole, ...lines.filter((line) => line.length >= 4)]);
  return [...new Set([...values].flatMap(spellings))];
}

function spellings(value: string): string[] {
  const bytes = Buffer.from(value);
  const inUrl = encodeURIComponent(value);
  return [
    value,
    bytes.toString("base64"),
    bytes.toString("base64url"),
    ...insideBase64(bytes),
    inUrl,
    // RFC 3986 reserves these too; encodeURIComponent is older than it.
    inUrl.replaceAll(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`),
    JSON.stringify(value).slice(1, -1),
    value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
    value.replaceAll('"', String.raw`\"`),
    value.replaceAll("'", String.raw`'\''`),
    ...(/^".{8,}"$/s.test(value) ? [value.slice(1, -1)] : []),
  ];
}

/**
 * What base64 of `user:secret` shows of the secret: three bytes are four characters, so it depends on how many bytes are
 * before, and the up to two bytes at either end that share a group with others are not in it.
 */
function insideBase64(bytes: Buffer): string[] {
  return [0, 1, 2]
    .map((shift) => bytes.subarray(shift))
    .map((rest) => rest.subarray(0, rest.length - (rest.length % 3)).toString("base64"))
    .filter((text) => text.length >= 8);
}

/** Replaces every form in the text by `***`; forms that overlap or touch become one. */
export function hideForms(text: string, forms: Iterable<string>): string {
  const found: { readonly start: number; readonly end: number }[] = [];
  for (const form of forms) {
    for (let start = text.indexOf(form); start !== -1; start = text.indexOf(form, start + 1)) {
      found.push({ start, end: start + form.length });
    }
  }
  if (found.length === 0) return text;
  const parts: string[] = [];
  let end = -1;
  for (const each of found.toSorted((one, other) => one.start - other.start)) {
    if (each.start > end) parts.push(text.slice(Math.max(end, 0), each.start), "***");
    end = Math.max(end, each.end);
  }
  return [...parts, text.slice(end)].join("");
}

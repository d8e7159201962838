import { InputError } from "../errors.ts";

/**
 * The fields of one line of BuildKit's `key=value,"k=a,b"` syntax (RFC 4180, read as go-csvvalue does: a quoted field is
 * quoted whole, spaces count, a final line break does not). Throws InputError naming the text.
 */
export function parseCsv(text: string): readonly string[] {
  const wrong = (why: string, position: number): InputError =>
    new InputError(
      `not a comma-separated line: ${JSON.stringify(text)}: ${why} at character ${position + 1}`,
    );
  const line = text.replace(/\r?\n$/, "");
  if (line === "") throw wrong("it is empty", 0);
  const fields: string[] = [];
  for (let position = 0; ; position++) {
    if (line[position] === '"') {
      const closing = closingQuote(line, position);
      if (closing === -1) throw wrong("a quote is not closed", position);
      fields.push(line.slice(position + 1, closing).replaceAll('""', '"'));
      position = closing + 1;
      if (position < line.length && line[position] !== ",") {
        throw wrong("a quoted field goes on after its quote", position);
      }
    } else {
      const comma = line.indexOf(",", position);
      const field = line.slice(position, comma === -1 ? line.length : comma);
      if (field.includes('"')) {
        throw wrong('quote the whole field, as in "name=a,b": a quote', position + field.indexOf('"'));
      }
      fields.push(field);
      position += field.length;
    }
    if (position >= line.length) return fields;
  }
}

/** The line that `parseCsv`, and so buildctl, reads back as exactly these fields. */
export function formatCsv(fields: readonly string[]): string {
  // One empty field alone would be an empty line, which is no field at all.
  if (fields.length === 1 && fields[0] === "") return '""';
  return fields
    .map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(",");
}

function closingQuote(line: string, opening: number): number {
  for (let at = line.indexOf('"', opening + 1); at !== -1; at = line.indexOf('"', at + 2)) {
    if (line[at + 1] !== '"') return at;
  }
  return -1;
}

/**
 * How many columns a terminal may take for a line: never fewer than it does. Marks that combine take none; beyond the
 * alphabets of one column, two are reckoned with.
 */
export function displayWidth(line: string): number {
  let width = 0;
  for (const character of line) width += widthOf(character);
  return width;
}

/** The line in at most so many columns: the end gives way to `…`, but what `right` says stays, at the right edge. */
export function fitLine(left: string, right: string, columns: number): string {
  const room = columns - (right === "" ? 0 : displayWidth(right) + 1);
  if (room < 2) return truncate(left, columns);
  const text = truncate(left, room);
  return right === "" ? text : `${text}${" ".repeat(room - displayWidth(text))} ${right}`;
}

function truncate(line: string, columns: number): string {
  if (displayWidth(line) <= columns) return line;
  let kept = "";
  let width = 1;
  for (const character of line) {
    width += widthOf(character);
    if (width > columns) break;
    kept += character;
  }
  return `${kept}…`;
}

function widthOf(character: string): number {
  if (/[\p{Mark}\p{Default_Ignorable_Code_Point}]/u.test(character)) return 0;
  return (character.codePointAt(0) ?? 0) < 0x1100 || character === "…" ? 1 : 2;
}

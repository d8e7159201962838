// oxlint-disable-next-line no-control-regex -- control sequences are what is looked for
const parts = /\u001b\[\??(\d*)([A-Za-z])|[^]/gu;

/** The screen of a terminal that is written to: the part of ECMA-48 that pinned lines use, and lines that wrap. */
export function createScreen(columns: number) {
  let rows: string[] = [""];
  let row = 0;
  let column = 0;
  let cursorShown = true;
  const put = (character: string): void => {
    if (column === columns) {
      column = 0;
      row++;
    }
    const line = (rows[row] ?? "").padEnd(column);
    rows[row] = line.slice(0, column) + character + line.slice(column + 1);
    column++;
  };
  const control = (count: number, final: string): void => {
    if (final === "A") row = Math.max(0, row - count);
    else if (final === "J") rows = [...rows.slice(0, row), (rows[row] ?? "").slice(0, column)];
    else if (final === "K") rows[row] = "";
    else if (final === "h") cursorShown = true;
    else if (final === "l") cursorShown = false;
    else if (final !== "m") throw new Error(`the screen does not know ${final}`);
  };
  return {
    write: (text: string): void => {
      for (const [part, count, final] of text.matchAll(parts)) {
        if (final !== undefined) control(Number(count || 1), final);
        else if (part === "\r") column = 0;
        else if (part === "\n") {
          column = 0;
          row++;
          rows[row] ??= "";
        } else put(part);
      }
    },
    lines: (): readonly string[] => rows.slice(0, -1),
    cursor: () => ({ row, column, shown: cursorShown }),
  };
}

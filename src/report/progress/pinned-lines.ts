import { displayWidth } from "./width.ts";

const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";
const eraseBelow = "\u001b[J";
const eraseLine = "\u001b[2K";

export interface PinnedLines {
  /** Writes text of whole lines above the pinned ones. */
  readonly print: (text: string) => void;
  /** Replaces the pinned lines. */
  readonly pin: (lines: readonly string[]) => void;
}

/**
 * Keeps a few lines at the bottom of a terminal. The cursor is back at the line below them, and to be seen, after every
 * single write, so that nothing has to be restored when the process ends at any moment.
 */
export function createPinnedLines(write: (text: string) => void, columns: () => number): PinnedLines {
  let pinned: readonly string[] = [];
  // A narrower window has wrapped what was written for a wider one.
  const toTop = (): string => {
    const width = Math.max(columns(), 1);
    const rows = pinned.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / width)), 0);
    return rows === 0 ? "" : `\u001b[${rows}A\r`;
  };
  const draw = (lines: readonly string[]): string => lines.map((line) => `${eraseLine}${line}\n`).join("");
  return {
    print: (text) => {
      write(
        pinned.length === 0
          ? text
          : `${hideCursor}${toTop()}${eraseBelow}${text}${draw(pinned)}${showCursor}`,
      );
    },
    pin: (lines) => {
      if (lines.length === pinned.length && lines.every((line, at) => line === pinned[at])) return;
      write(`${hideCursor}${toTop()}${draw(lines)}${eraseBelow}${showCursor}`);
      pinned = [...lines];
    },
  };
}

import { describe, expect, it } from "vitest";
import { createPinnedLines } from "../../../src/report/progress/pinned-lines.ts";
import { createScreen } from "./screen.ts";

function open(width = 20) {
  const size = { columns: width };
  const screen = createScreen(width);
  const writes: string[] = [];
  const write = (text: string): void => {
    writes.push(text);
    screen.write(text);
  };
  return { ...createPinnedLines(write, () => size.columns), screen, size, writes };
}

describe("pinned lines", () => {
  it("change in place, below what is printed", () => {
    const { pin, print, screen } = open();
    print("first\n");
    pin(["a 1", "b 1"]);
    expect(screen.lines()).toEqual(["first", "a 1", "b 1"]);
    pin(["a 22", "b 2", "c 2"]);
    expect(screen.lines()).toEqual(["first", "a 22", "b 2", "c 2"]);
    pin(["b"]);
    expect(screen.lines()).toEqual(["first", "b"]);
    print("second\nthird\n");
    expect(screen.lines()).toEqual(["first", "second", "third", "b"]);
    pin([]);
    expect(screen.lines()).toEqual(["first", "second", "third"]);
    print("last\n");
    expect(screen.lines()).toEqual(["first", "second", "third", "last"]);
  });

  it("may fill their rows, and leave room for printed lines that wrap", () => {
    const { pin, print, screen } = open(5);
    pin(["12345", "abcde"]);
    pin(["12346", "abcdf"]);
    expect(screen.lines()).toEqual(["12346", "abcdf"]);
    print("wrapped\n");
    expect(screen.lines()).toEqual(["wrapp", "ed", "12346", "abcdf"]);
  });

  it("are still found when the window became narrower, and so they wrapped", () => {
    const { pin, screen, size, writes } = open(10);
    pin(["1234567890", "ab"]);
    size.columns = 4;
    pin(["1"]);
    expect(writes.at(-1)?.startsWith("\u001b[?25l\u001b[4A\r")).toBe(true);
    expect(screen.lines()).toEqual(["1"]);
  });

  it("leave the cursor shown, below them, after every write", () => {
    const { pin, print, screen } = open();
    for (const step of [() => pin(["a", "b"]), () => print("x\n"), () => pin(["c"]), () => pin([])]) {
      step();
      expect(screen.cursor()).toEqual({ row: screen.lines().length, column: 0, shown: true });
    }
  });

  it("write nothing when nothing changed, and no sequence when nothing is pinned", () => {
    const { pin, print, writes } = open();
    pin([]);
    print("x\n");
    pin(["a"]);
    pin(["a"]);
    expect(writes).toHaveLength(2);
    expect(writes[0]).toBe("x\n");
  });
});

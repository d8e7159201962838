import { describe, expect, it } from "vitest";
import { displayWidth, fitLine } from "../../../src/report/progress/width.ts";

it.each([
  ["", 0],
  ["plain", 5],
  ["ümläüt", 6],
  ["u\u0308", 1],
  ["a\u200bb", 2],
  ["日本", 4],
  ["🚀", 2],
  ["cut…", 4],
])("%j takes %d columns", (text, width) => {
  expect(displayWidth(text)).toBe(width);
});

describe("fitLine", () => {
  it.each([
    { left: "name", right: "", columns: 10, line: "name" },
    { left: "name", right: "12 s", columns: 10, line: "name  12 s" },
    { left: "long name", right: "12 s", columns: 10, line: "long… 12 s" },
    { left: "exact", right: "12 s", columns: 10, line: "exact 12 s" },
    { left: "long name", right: "", columns: 5, line: "long…" },
    { left: "日本語", right: "", columns: 5, line: "日本…" },
    { left: "日本語", right: "", columns: 4, line: "日…" },
    { left: "name", right: "12 s", columns: 5, line: "name" },
    { left: "name", right: "12 s", columns: 1, line: "…" },
  ])("$left | $right in $columns is $line", ({ left, right, columns, line }) => {
    expect(fitLine(left, right, columns)).toBe(line);
    expect(displayWidth(line)).toBeLessThanOrEqual(columns);
  });
});

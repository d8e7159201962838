import { describe, expect, it } from "vitest";
import { describeError, WorkError } from "../../src/errors.ts";
import { formatBytes, renderTable } from "../../src/report/table.ts";

describe("renderTable", () => {
  it("lines the columns up", () => {
    expect(
      renderTable([
        ["a", "bb"],
        ["ccc", "d"],
        ["", "e"],
      ]),
    ).toEqual(["a    bb", "ccc  d", "     e"]);
  });
});

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [1_234_567, "1.2 MB"],
    [5e12, "5000.0 GB"],
  ])("%d is %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe("describeError", () => {
  it("adds the causes that say something new, and the fix", () => {
    const error = new WorkError("the push failed", {
      cause: new Error("the push failed", { cause: new Error("no route") }),
      fix: "plug it in",
    });
    expect(describeError(error)).toBe("the push failed\ncause: no route\nfix: plug it in");
  });
});

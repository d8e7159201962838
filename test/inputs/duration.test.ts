import { describe, expect, it } from "vitest";
import { parseDuration } from "../../src/inputs/duration.ts";

describe("a duration", () => {
  it.each([
    { text: "0", milliseconds: 0 },
    { text: "90", milliseconds: 90_000 },
    { text: "1.5", milliseconds: 1500 },
    { text: "90s", milliseconds: 90_000 },
    { text: "30m", milliseconds: 1_800_000 },
    { text: "1h30m", milliseconds: 5_400_000 },
    { text: "1h0m5s250ms", milliseconds: 3_605_250 },
    { text: "0.5h", milliseconds: 1_800_000 },
    { text: "500ms", milliseconds: 500 },
    { text: "596h", milliseconds: 2_145_600_000 },
  ])("$text is $milliseconds ms", ({ milliseconds, text }) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each([
    "",
    "m",
    "-1s",
    "1d",
    "1.",
    ".5",
    "1.2.3",
    "1m30",
    "30m1h",
    "1 m",
    "1M",
    "30 minutes",
    "1s\n",
    "600h",
  ])("refuses %j", (text) => {
    expect(() => parseDuration(text)).toThrow(JSON.stringify(text));
  });
});

import { describe, expect, it } from "vitest";
import { createStepLogs } from "../../src/buildkit/step-log.ts";

function write(...parts: readonly (string | Buffer | readonly [number, string])[]) {
  const log = createStepLogs().create();
  for (const part of parts) {
    if (typeof part === "string" || Buffer.isBuffer(part)) log.write(1, Buffer.from(part));
    else log.write(part[0], Buffer.from(part[1]));
  }
  return log;
}

describe("a step's log", () => {
  it.each([
    { of: "nothing", parts: [], lines: [] },
    { of: "a line", parts: ["one\n"], lines: ["one"] },
    { of: "blank lines", parts: ["\n\none\n\n"], lines: ["", "", "one", ""] },
    { of: "a line without its end", parts: ["one\ntw"], lines: ["one", "tw"] },
    { of: "a line in parts", parts: ["par", "ti", "al\nnext\n"], lines: ["partial", "next"] },
    {
      of: "a character in parts",
      parts: [Buffer.from("ü").subarray(0, 1), Buffer.from("ü").subarray(1), "\n"],
      lines: ["ü"],
    },
    {
      of: "two streams",
      parts: [
        [1, "out"],
        [2, "err\n"],
        [1, "put\n"],
      ],
      lines: ["err", "output"],
    },
    { of: "Windows' line ends", parts: ["one\r\ntwo\r", "\n"], lines: ["one", "two"] },
    { of: "a progress bar", parts: ["10%\r", "50%", "\r10", "0%\r", "\n"], lines: ["100%"] },
    { of: "a progress bar that is wiped", parts: ["50%\r     ", "\r", "done\n"], lines: ["done"] },
    { of: "a progress bar that goes on", parts: ["10%\r", "50%\r"], lines: ["50%"] },
    { of: "commands", parts: ["::er", "ror::x\n#", "#[group]x\n"], lines: [": :error::x", "# #[group]x"] },
    {
      of: "colours and more",
      parts: ["\u001b[3", "1mred\u001b[0m\u001b[2", "J\n"],
      lines: ["\u001b[31mred\u001b[0m"],
    },
  ] as const)("of $of", ({ parts, lines }) => {
    const log = write(...parts);
    expect(log.lines()).toEqual(lines);
    log.flush();
    expect(log.lines()).toEqual(lines);
    expect(log.last(100)).toEqual(lines);
  });

  it("gives its last lines", () => {
    const log = write("a\nb\nc\nd");
    expect(log.last(1)).toEqual(["d"]);
    expect(log.last(3)).toEqual(["b", "c", "d"]);
  });

  it("goes on after a flush", () => {
    const log = write("a");
    log.flush();
    log.write(1, Buffer.from("b\n"));
    expect(log.lines()).toEqual(["a", "b"]);
  });

  it("cuts a line of any length", () => {
    const log = write(...Array.from({ length: 100 }, () => "x".repeat(1000)), "\nnext\n");
    expect(log.lines()).toEqual([`${"x".repeat(8192)}… [91808 characters left out]`, "next"]);
  });

  it("forgets what was cut when the line is written over", () => {
    expect(write("x".repeat(100_000), "\rshort\n").lines()).toEqual(["short"]);
  });
});

describe("the logs of a solve", () => {
  const number = (at: number): string => `line ${String(at).padStart(7, "0")}`;

  it("keep the first and the last lines of one that is too long", () => {
    const log = createStepLogs(10_000).create();
    for (let at = 0; at < 100_000; at++) log.write(1, Buffer.from(`${number(at)}\n`));
    const lines = log.lines();
    const gap = lines.findIndex((line) => line.endsWith(" lines left out]"));
    const leftOut = Number(/\d+/.exec(lines[gap] ?? "")?.[0]);
    expect(lines.length - 1 + leftOut).toBe(100_000);
    expect(lines.join("").length).toBeLessThan(10_000);
    expect(lines.slice(0, gap)).toEqual(Array.from({ length: gap }, (_, at) => number(at)));
    expect(lines.slice(gap + 1)).toEqual(
      Array.from({ length: lines.length - gap - 1 }, (_, at) => number(gap + leftOut + at)),
    );
    expect(gap).toBeGreaterThan(20);
    expect(lines.length - gap).toBeGreaterThan(20);
    expect(log.last(2)).toEqual([number(99_998), number(99_999)]);
  });

  it("share what there is, at the cost of the longest", () => {
    const logs = createStepLogs(20_000);
    const short = logs.create();
    short.write(1, Buffer.from("one\ntwo\n"));
    const all = Array.from({ length: 10 }, () => logs.create());
    for (let at = 0; at < 2000; at++) {
      for (const log of all) log.write(1, Buffer.from(`${number(at)}\n`));
    }
    expect(short.lines()).toEqual(["one", "two"]);
    const lines = all.map((log) => log.lines());
    expect(lines.flat().join("").length).toBeLessThan(20_000);
    for (const each of lines) {
      const gap = each.find((line) => line.endsWith(" lines left out]")) ?? "";
      expect(each.length - 1 + Number(/\d+/.exec(gap)?.[0])).toBe(2000);
    }
    expect(lines.map((each) => each.at(0))).toEqual(all.map(() => number(0)));
    expect(lines.map((each) => each.at(-1))).toEqual(all.map(() => number(1999)));
  });

  it("tell of every line, also of those that are not kept", () => {
    const seen: string[] = [];
    const log = createStepLogs(100).create((line) => seen.push(line));
    log.write(1, Buffer.from("a\n".repeat(1000)));
    expect(seen).toHaveLength(1000);
  });
});

import { describe, expect, it } from "vitest";
import { neutralise, withoutColours } from "../../src/report/untrusted.ts";
import { parseCommand } from "../host/runner-commands.ts";

describe("neutralise", () => {
  it.each([
    ["plain text, ümläüt 👩‍💻", "plain text, ümläüt 👩‍💻"],
    ["a\tb\n\nc", "a\tb\n\nc"],
    ["::set-output name=a::b", ": :set-output name=a::b"],
    ["  ::error::x", "  : :error::x"],
    ["\u00a0\u2003::error::x", "\u00a0\u2003: :error::x"],
    ["a::b", "a::b"],
    ["::::", ": :::"],
    ["one\n::add-path::/x", "one\n: :add-path::/x"],
    ["one\r::add-path::/x", ": :add-path::/x"],
    ["\u2028::add-path::/x", ": :add-path::/x"],
    ["\u0000:\u0000:add-path::/x", ": :add-path::/x"],
    ["\u200b:\u200b:add-path::/x", "\u200b: \u200b:add-path::/x"],
    ["#7 0.1 ##[set-output name=a]b", "#7 0.1 # #[set-output name=a]b"],
    ["#\u0001#\u001b[K[set-output name=a]b", "# #[set-output name=a]b"],
    ["#\u00ad#[set-output name=a]b", "# \u00ad#[set-output name=a]b"],
    ["#\u001b[1m#\u001b[0m[group]", "# \u001b[1m#\u001b[0m[group]"],
    ["####[group]##[endgroup]", "### #[group]# #[endgroup]"],
    ["## [a] ##x", "## [a] ##x"],
    ["##vso[task.setvariable]x", "# #vso[task.setvariable]x"],
    ["##VSO[task.setvariable]x", "# #VSO[task.setvariable]x"],
    ["##teamcity[message]", "# #teamcity[message]"],
    ["\u001b[0Ksection_start:1:a\r\u001b[0Ktitle", "title"],
    ["section_start:1:a section_end:1:a", "section-start:1:a section-end:1:a"],
    ["travis_fold:start:a", "travis-fold:start:a"],
    ["my_section_starts: 1", "my_section_starts: 1"],
    [
      "\u001b[31mred\u001b[0m \u001b[38:2::1:2:3mx\u001b[m",
      "\u001b[31mred\u001b[0m \u001b[38:2::1:2:3mx\u001b[m",
    ],
    ["\u001b[2Jgone\u001b]0;title\u0007", "gone"],
    ["\u001b]8;;https://a\u001b\\link\u001b]8;;\u001b\\", "link"],
    ["\u001b]0;the rest of the line stays", "0;the rest of the line stays"],
    ["\u001b[?25l\u001b[>4;1m\u001b(B\u001b7\u001bcx\u001b", "x"],
    ["\u009b2Jx\u0085y\u202ez", "2Jxyz"],
    ["10%\r 50%\r100%", "100%"],
    ["100%\r", "100%"],
    ["50%\r    \rdone", "done"],
    ["50%\r    \r", "50%"],
    ["one\r\ntwo\r\r\n", "one\ntwo\n"],
    ["a\u0008b", "ab"],
  ])("%j becomes %j", (text, safe) => {
    expect(neutralise(text)).toBe(safe);
    expect(neutralise(safe)).toBe(safe);
  });

  it("leaves nothing that the runner would parse, whatever is put together", () => {
    const parts = [
      ..."#:[] =;,\n\r\t x",
      ...[
        "##[",
        "::",
        "warning",
        "set-output name=a",
        "::warning::m",
        "##[warning]m",
        "\u00ad",
        "\u200b",
        "\ufeff",
      ],
      ...["\u0000", "\u0085", "\u2028", "\u001b", "\u001b[31m", "\u001b[K", "\u001b]0;", "\u0007", "\u009b"],
    ];
    const registered = new Set(["warning", "set-output", "x", "m"]);
    // A generator of its own (xorshift), so that a failure comes again.
    let seed = 2_463_534_242;
    const pick = (): string => {
      seed ^= seed << 13;
      seed ^= seed >>> 17;
      seed ^= seed << 5;
      return parts[(seed >>> 0) % parts.length] ?? "";
    };
    let dangerous = 0;
    const wrong: string[] = [];
    const isParsed = (text: string): boolean =>
      text.split(/\r\n|\r|\n/).some((line) => parseCommand(line, registered) !== undefined);
    for (let round = 0; round < 20_000; round++) {
      const text = Array.from({ length: 12 }, pick).join("");
      const safe = neutralise(text);
      if (isParsed(text)) dangerous++;
      if (isParsed(safe) || neutralise(safe) !== safe) wrong.push(text);
    }
    expect(wrong).toEqual([]);
    expect(dangerous).toBeGreaterThan(1000);
  });

  it.each(["\ufeff", " ", "\n", "#", ":", "\r", "\u001b", "\u001b]", "\u001b[", "#\u00ad"])(
    "does not get lost in many times %j",
    (part) => {
      expect(neutralise(part.repeat(200_000)).length).toBeLessThanOrEqual(part.length * 200_000 + 1);
    },
  );
});

describe("withoutColours", () => {
  it("leaves the text", () => {
    expect(withoutColours("\u001b[1;31mred\u001b[0m and\u001b[m more")).toBe("red and more");
  });
});

import { expect, it } from "vitest";
import { chooseProgress } from "../../../src/report/progress/mode.ts";

it.each([
  { mode: "auto", isTerminal: true, ci: false, shown: "tty" },
  { mode: "auto", isTerminal: true, ci: true, shown: "plain" },
  { mode: "auto", isTerminal: false, ci: false, shown: "plain" },
  { mode: "auto", isTerminal: false, ci: true, shown: "plain" },
  { mode: "tty", isTerminal: true, ci: true, shown: "tty" },
  { mode: "tty", isTerminal: false, ci: false, shown: "plain" },
  { mode: "plain", isTerminal: true, ci: false, shown: "plain" },
  { mode: "rawjson", isTerminal: true, ci: false, shown: "rawjson" },
  { mode: "quiet", isTerminal: false, ci: true, shown: "quiet" },
] as const)("$mode, terminal: $isTerminal, CI: $ci is $shown", ({ mode, shown, ...where }) => {
  expect(chooseProgress(mode, where)).toBe(shown);
});

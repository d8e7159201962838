import { describe, expect, it } from "vitest";
import { parseUlimit } from "../../src/buildkit/ulimit.ts";

describe("a ulimit", () => {
  it.each([
    { text: "nofile=1024:2048", limit: "nofile=1024:2048" },
    { text: "nofile=1024", limit: "nofile=1024:1024" },
    { text: "core=0", limit: "core=0:0" },
    { text: "memlock=-1", limit: "memlock=-1:-1" },
    { text: "memlock=5:-1", limit: "memlock=5:-1" },
  ])("$text is $limit", ({ limit, text }) => {
    expect(parseUlimit(text)).toBe(limit);
    expect(parseUlimit(limit)).toBe(limit);
  });

  it.each([
    { text: "nofile", why: "it has no =" },
    { text: "nofiles=1", why: 'unknown limit "nofiles": did you mean nofile?' },
    { text: "as=1", why: 'unknown limit "as"' },
    { text: "=1", why: 'unknown limit ""' },
    { text: "nofile=", why: "a limit is a whole number" },
    { text: "nofile=a", why: "a limit is a whole number" },
    { text: "nofile=-2", why: "a limit is a whole number" },
    { text: "nofile=1:2:3", why: "a limit is a whole number" },
    { text: "nofile=1,core=2", why: "a limit is a whole number" },
    { text: "nofile=2048:1024", why: "the soft limit is above the hard one" },
    { text: "nofile=-1:1024", why: "the soft limit is above the hard one" },
  ])("refuses $text", ({ text, why }) => {
    expect(() => parseUlimit(text)).toThrow(`${JSON.stringify(text)} is not NAME=SOFT:HARD: ${why}`);
  });
});

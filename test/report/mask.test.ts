import { describe, expect, it } from "vitest";
import { hideForms, secretForms } from "../../src/report/mask.ts";

const hide = (text: string, ...secrets: readonly string[]): string =>
  hideForms(text, secrets.flatMap(secretForms));
const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("a secret is hidden", () => {
  it.each([
    { as: "itself, several times", secret: "hunter2", text: "a hunter2, a hunter2", shown: "a ***, a ***" },
    { as: "itself, however short", secret: "x1", text: "PIN=x1", shown: "PIN=***" },
    { as: "what a file with a line break holds", secret: "abc\n", text: "<abc>", shown: "<***>" },
    { as: "each line", secret: "line one\nline two", text: "two: line two", shown: "two: ***" },
    { as: "all lines together", secret: "line one\nline two", text: "<line one\nline two>", shown: "<***>" },
    { as: "an indented line", secret: "{\n  key: hunter2\n}", text: "key: hunter2 }", shown: "*** }" },
    { as: "base64", secret: "hunter2!?>", text: base64("hunter2!?>"), shown: "***" },
    {
      as: "base64url",
      secret: "hunter2!?>",
      text: Buffer.from("hunter2!?>").toString("base64url"),
      shown: "***",
    },
    { as: "a URL's part", secret: "p@ss/w*rd", text: "https://u:p%40ss%2Fw*rd@h", shown: "https://u:***@h" },
    { as: "RFC 3986's escapes", secret: "p@ss!", text: "p%40ss%21", shown: "***" },
    { as: "JSON", secret: 'a"b\nc\td', text: JSON.stringify({ a: 'a"b\nc\td' }), shown: '{"a":"***"}' },
    { as: "XML", secret: "a<b>&c", text: "<p>a&lt;b&gt;&amp;c</p>", shown: "<p>***</p>" },
    { as: "a shell's word", secret: "it's one", text: String.raw`--x 'it'\''s one'`, shown: "--x '***'" },
    { as: "a quoted argument", secret: 'say "it"', text: String.raw`"say \"it\""`, shown: '"***"' },
    { as: "what its quotes hold", secret: '"in quotes"', text: "in quotes", shown: "***" },
  ])("$as", ({ secret, text, shown }) => {
    expect(hide(text, secret)).toBe(shown);
  });

  it.each([0, 1, 2, 3, 4, 5])("base64 of it after %d bytes", (before) => {
    const text = base64(`${"u".repeat(before)}correct horse battery${"v".repeat(5)}`);
    const shown = hide(text, "correct horse battery");
    expect(shown).toContain("***");
    expect(Buffer.from(shown.replace("***", ""), "base64").toString()).not.toMatch(/rre|orse|atte/);
  });

  it("where two overlap, as a whole", () => {
    expect(hide("<abcdef>", "abcd", "cdef")).toBe("<***>");
    expect(hide("<abcdef>", "abc", "def")).toBe("<***>");
    expect(hide("<aaaaa>", "aaaa")).toBe("<***>");
    expect(hide("<abcdef>", "abcdef", "cd")).toBe("<***>");
  });
});

it.each(["", " ", "\n\n"])("%j is no secret", (secret) => {
  expect(secretForms(secret)).toEqual([]);
});

it("lines of fewer than four characters are no secret by themselves", () => {
  expect(hide("a } b end", "{\nlong enough\n}\nend")).toBe("a } b end");
});

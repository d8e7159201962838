import { describe, expect, it } from "vitest";
import type { Secret } from "../../src/buildkit/secret.ts";
import { parseSecretEnv, parseSecretFile, parseSecretValue } from "../../src/buildkit/secret.ts";

describe("a secret", () => {
  it.each<{ text: string; id: string; optional: boolean; value: string }>([
    { text: "TOKEN=abc", id: "TOKEN", optional: false, value: "abc" },
    { text: 'TOKEN=a=b,c\nd "e"', id: "TOKEN", optional: false, value: 'a=b,c\nd "e"' },
    { text: "TOKEN=-x", id: "TOKEN", optional: false, value: "-x" },
    { text: "TOKEN= x ", id: "TOKEN", optional: false, value: " x " },
    { text: "TOKEN=?x", id: "TOKEN", optional: false, value: "?x" },
    { text: "NPM_TOKEN?=", id: "NPM_TOKEN", optional: true, value: "" },
    { text: "NPM_TOKEN?=x", id: "NPM_TOKEN", optional: true, value: "x" },
    {
      text: "GIT_AUTH_TOKEN.git.example:8443=x",
      id: "GIT_AUTH_TOKEN.git.example:8443",
      optional: false,
      value: "x",
    },
    { text: "a/b-c=x", id: "a/b-c", optional: false, value: "x" },
  ])("by its value: $text", ({ id, optional, text, value }) => {
    const secret: Secret = { id, optional, source: { kind: "value", value } };
    expect(parseSecretValue(text)).toEqual(secret);
  });

  it.each([
    { text: "hidden", message: "a line is not ID=VALUE" },
    { text: "hidden?", message: "a line is not ID=VALUE" },
    { text: "-hidden=hidden", message: "does not begin with ID=" },
    { text: "hid den=hidden", message: "does not begin with ID=" },
    { text: "aGlkZGVu+hidden==", message: "does not begin with ID=" },
    { text: "-----BEGIN hidden-----", message: "does not begin with ID=" },
    { text: "=hidden", message: "does not begin with ID=" },
    { text: "id,src=hidden", message: "does not begin with ID=" },
    { text: "TOKEN=", message: "TOKEN is empty: write TOKEN?= if it may be" },
  ])("is refused, and not shown: $text", ({ message, text }) => {
    let said = "";
    try {
      parseSecretValue(text);
    } catch (error) {
      said = String(error);
    }
    expect(said).toContain(message);
    expect(said).not.toMatch(/hid|den|aGlk/);
  });

  it.each<{ text: string; id: string; optional: boolean; name: string }>([
    { text: "TOKEN=MY_TOKEN", id: "TOKEN", optional: false, name: "MY_TOKEN" },
    { text: "TOKEN", id: "TOKEN", optional: false, name: "TOKEN" },
    { text: "TOKEN?", id: "TOKEN", optional: true, name: "TOKEN" },
    { text: "a.b?=_X1", id: "a.b", optional: true, name: "_X1" },
  ])("by a variable: $text", ({ id, name, optional, text }) => {
    expect(parseSecretEnv(text)).toEqual({ id, optional, source: { kind: "env", name } });
  });

  it.each(["TOKEN=", "TOKEN=hid-den", "TOKEN=$HIDDEN", "TOKEN=1hidden", "TOKEN=A\nB", "a.b", "-x=Y", ""])(
    "by a variable is refused: %j",
    (text) => {
      let said = "";
      try {
        parseSecretEnv(text);
      } catch (error) {
        said = String(error);
      }
      expect(said).not.toBe("");
      expect(said).not.toMatch(/hid|den/i);
    },
  );

  it.each<{ text: string; id: string; optional: boolean; path: string }>([
    { text: "TOKEN=./a,b=c", id: "TOKEN", optional: false, path: "./a,b=c" },
    { text: "TOKEN?=-x", id: "TOKEN", optional: true, path: "-x" },
  ])("by a file: $text", ({ id, optional, path, text }) => {
    expect(parseSecretFile(text)).toEqual({ id, optional, source: { kind: "file", path } });
  });

  it.each([
    { text: "TOKEN", message: "TOKEN names no file: write TOKEN=PATH" },
    { text: "TOKEN=", message: "TOKEN names no file: write TOKEN=PATH" },
    { text: "TOKEN?=", message: "TOKEN names no file" },
    { text: "./secret.txt", message: "does not begin with ID=" },
  ])("by a file is refused: $text", ({ message, text }) => {
    expect(() => parseSecretFile(text)).toThrow(message);
  });
});

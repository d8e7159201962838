import { describe, expect, it } from "vitest";
import { parsePep440 } from "../../src/tags/pep440.ts";

describe("parsePep440", () => {
  it.each([
    { text: "1.2.3", version: "1.2.3", release: ["1", "2", "3"], isFinal: true },
    { text: " v1 ", version: "1", release: ["1"], isFinal: true },
    { text: "01.020.0", version: "1.20.0", release: ["1", "20", "0"], isFinal: true },
    { text: "2!1.0", version: "2!1.0", release: ["1", "0"], isFinal: true },
    { text: "0!1.0", version: "1.0", release: ["1", "0"], isFinal: true },
    { text: "1.0+Ubuntu-1_02", version: "1.0+ubuntu.1.2", release: ["1", "0"], isFinal: true },
    { text: "1.1beta2", version: "1.1b2", release: ["1", "1"], isFinal: false },
    { text: "1.1.ALPHA", version: "1.1a0", release: ["1", "1"], isFinal: false },
    { text: "1.1-c_3", version: "1.1rc3", release: ["1", "1"], isFinal: false },
    { text: "1.1preview.03", version: "1.1rc3", release: ["1", "1"], isFinal: false },
    { text: "1.2post1", version: "1.2.post1", release: ["1", "2"], isFinal: false },
    { text: "1.2-4", version: "1.2.post4", release: ["1", "2"], isFinal: false },
    { text: "1.2-r", version: "1.2.post0", release: ["1", "2"], isFinal: false },
    { text: "1.0dev4", version: "1.0.dev4", release: ["1", "0"], isFinal: false },
    {
      text: "v1!1.2rc1.post2.dev3+a",
      version: "1!1.2rc1.post2.dev3+a",
      release: ["1", "2"],
      isFinal: false,
    },
  ])("$text is $version", ({ text, ...version }) => {
    expect(parsePep440(text)).toEqual(version);
    // A normal form is its own.
    expect(parsePep440(version.version)).toEqual(version);
  });

  it.each([
    "",
    "v",
    "sometag",
    "1.2.x",
    "1..2",
    "1.2-",
    "1.0+",
    "1.0+a..b",
    "p1-v1.0.0",
    "1.2.3-beta-x",
    "1.0-1-2",
  ])("%j is none", (text) => {
    expect(parsePep440(text)).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { parseBytes } from "../../src/inputs/bytes.ts";

describe("bytes", () => {
  it.each([
    { text: "0", bytes: 0 },
    { text: "32", bytes: 32 },
    { text: "32b", bytes: 32 },
    { text: "32B", bytes: 32 },
    { text: "32k", bytes: 32 * 1024 },
    { text: "32K", bytes: 32 * 1024 },
    { text: "32kb", bytes: 32 * 1024 },
    { text: "32KiB", bytes: 32 * 1024 },
    { text: "64m", bytes: 64 * 1024 ** 2 },
    { text: "2g", bytes: 2 * 1024 ** 3 },
    { text: "2 GB", bytes: 2 * 1024 ** 3 },
    { text: "1t", bytes: 1024 ** 4 },
    { text: "1p", bytes: 1024 ** 5 },
    { text: "1.5g", bytes: 1.5 * 1024 ** 3 },
    { text: "32.5", bytes: 32 },
    { text: ".5k", bytes: 512 },
    { text: "2.k", bytes: 2048 },
  ])("$text is $bytes", ({ bytes, text }) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  it.each(["", "g", "-1", "-2g", "2x", "2gg", "2bk", "2ki", "2  g", " 2g", "1e3", "0x10", "2g\n", "9999p"])(
    "refuses %j",
    (text) => {
      expect(() => parseBytes(text)).toThrow(JSON.stringify(text));
    },
  );
});

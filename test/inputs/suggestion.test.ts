import { describe, expect, it } from "vitest";
import { suggest } from "../../src/inputs/suggestion.ts";

describe("a word that is none of those there are", () => {
  it.each([
    { word: "imgae", words: ["image", "local"], said: "did you mean image?" },
    { word: "IMAGE", words: ["image", "local"], said: "did you mean image?" },
    { word: "mid", words: ["min", "max"], said: "did you mean min?" },
    { word: "3", words: ["1", "2"], said: "there are 1, 2" },
    { word: "", words: ["1", "2"], said: "there are 1, 2" },
    { word: "elephant", words: ["image"], said: "there is only image" },
  ])("$word: $said", ({ said, word, words }) => {
    expect(suggest(word, words)).toBe(said);
  });
});

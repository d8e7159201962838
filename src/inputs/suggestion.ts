import { nearest } from "./nearest.ts";

/** What to say behind a word that is none of `words`: the one that was meant, else all there are. */
export function suggest(word: string, words: readonly string[]): string {
  // A word of one letter is as near to any other.
  const limit = Math.min(word.length - 1, Math.max(2, Math.floor(word.length / 3)));
  const meant = nearest(word.toLowerCase(), words, limit);
  if (meant !== undefined) return `did you mean ${meant}?`;
  return words.length === 1 ? `there is only ${words[0]}` : `there are ${words.join(", ")}`;
}

import { expect, it } from "vitest";
import { boundSummary } from "../../src/host/summary.ts";

const note = "\n\n*The rest does not fit here.*\n";

it.each([
  { markdown: "a\nb", bytes: 3, bounded: "a\nb" },
  { markdown: "aa\nbb\ncc".padEnd(60, "c"), bytes: note.length + 5, bounded: `aa\nbb${note}` },
  { markdown: "aa\nbb\ncc".padEnd(60, "c"), bytes: note.length + 4, bounded: `aa${note}` },
  { markdown: "é\né\n".padEnd(60, "é"), bytes: note.length + 4, bounded: `é${note}` },
  { markdown: "a".repeat(100), bytes: 50, bounded: "" },
  { markdown: "a", bytes: 0, bounded: "" },
  { markdown: "a", bytes: -5, bounded: "" },
])("$bytes bytes of $markdown", ({ markdown, bytes, bounded }) => {
  expect(boundSummary(markdown, bytes)).toBe(bounded);
});

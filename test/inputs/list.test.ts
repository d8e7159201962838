import { describe, expect, it } from "vitest";
import { splitList } from "../../src/inputs/list.ts";

describe("splitList", () => {
  it.each([
    { text: "a", commas: true, items: ["a"] },
    { text: "", commas: true, items: [] },
    { text: " a , b ,", commas: true, items: ["a", "b"] },
    { text: "a\r\n\r\nb,c", commas: true, items: ["a", "b", "c"] },
    { text: 'a\n"b,c"', commas: true, items: ["a", "b", "c"] },
    { text: "A=1,2\nB=3", commas: false, items: ["A=1,2", "B=3"] },
    {
      text: 'A=1\n"B=two\nlines, and ""quotes"""\nC=3',
      commas: false,
      items: ["A=1", 'B=two\nlines, and "quotes"', "C=3"],
    },
    { text: 'type=image,"name=a,b"', commas: false, items: ['type=image,"name=a,b"'] },
    { text: 'A=it is "quoted" here\nB=1', commas: false, items: ['A=it is "quoted" here', "B=1"] },
    { text: '"never closed\nb', commas: false, items: ['"never closed\nb'] },
  ])("splits $text into $items", ({ text, commas, items }) => {
    expect(splitList(text, { commas })).toEqual(items);
  });
});

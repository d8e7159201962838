import { describe, expect, it } from "vitest";
import { formatFields, parseFields } from "../../src/buildkit/fields.ts";

describe("fields", () => {
  it.each<{ text: string; fields: readonly [string, string][] }>([
    {
      text: "type=image,push=true",
      fields: [
        ["type", "image"],
        ["push", "true"],
      ],
    },
    {
      text: 'a=1,"b=x,y","c=""q"""',
      fields: [
        ["a", "1"],
        ["b", "x,y"],
        ["c", '"q"'],
      ],
    },
    { text: "a=b=c", fields: [["a", "b=c"]] },
    { text: "a=", fields: [["a", ""]] },
    {
      text: "a=-x,b= y ",
      fields: [
        ["a", "-x"],
        ["b", " y "],
      ],
    },
    { text: '"a=1\n::set-output name=x::y"', fields: [["a", "1\n::set-output name=x::y"]] },
  ])("$text and back", ({ fields, text }) => {
    expect([...parseFields(text, undefined)]).toEqual(fields);
    expect(formatFields(parseFields(text, undefined))).toBe(text);
  });

  it("makes keys lower case, without spaces around them", () => {
    expect([...parseFields("Type=Image, Push=TRUE", ["type", "push"])]).toEqual([
      ["type", "Image"],
      ["push", "TRUE"],
    ]);
  });

  it.each([
    { text: "type=image,pusch=true", message: 'there is no "pusch": did you mean push?' },
    { text: "type=image,elephant=1", message: 'there is no "elephant": there are type, push' },
    { text: "type=image,push", message: '"push" is not KEY=VALUE' },
    { text: "push=1,PUSH=2", message: "push is given twice" },
    { text: "=1", message: '"=1" has no key before the =' },
    { text: "", message: "it is empty" },
    { text: 'a="b,c"', message: "quote the whole field" },
    { text: "constructor=1", message: 'there is no "constructor"' },
  ])("refuses $text", ({ message, text }) => {
    expect(() => parseFields(text, ["type", "push"])).toThrow(message);
  });
});

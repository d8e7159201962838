import { describe, expect, it } from "vitest";

import { formatCsv, parseCsv } from "../../src/buildkit/csv.ts";

describe("csv", () => {
  it.each([
    { fields: ["type=image", "name=r.io/a"], line: "type=image,name=r.io/a" },
    { fields: ["name=r.io/a,r.io/b", "push=true"], line: '"name=r.io/a,r.io/b",push=true' },
    { fields: ['annotation.a={"b":1}'], line: '"annotation.a={""b"":1}"' },
    { fields: ["a=1\n2", "b=\r\n"], line: '"a=1\n2","b=\r\n"' },
    { fields: [" a", "b "], line: " a,b " },
    { fields: ["", "a", ""], line: ",a," },
    { fields: [""], line: '""' },
    { fields: ['"', '""', ","], line: '"""","""""",","' },
    { fields: ["é=€"], line: "é=€" },
  ])("$line", ({ fields, line }) => {
    expect(formatCsv(fields)).toBe(line);
    expect(parseCsv(line)).toEqual(fields);
  });

  it("drops one final line break", () => {
    expect(parseCsv("a,b\n")).toEqual(["a", "b"]);
    expect(parseCsv("a,b\r\n")).toEqual(["a", "b"]);
  });

  it.each([
    { line: "", why: "it is empty" },
    { line: 'name="a,b"', why: "quote the whole field" },
    { line: '"a', why: "not closed" },
    { line: '"a"b,c', why: "goes on after its quote" },
    { line: '"', why: "not closed" },
    { line: '"""', why: "not closed" },
  ])("refuses $line", ({ line, why }) => {
    expect(() => parseCsv(line)).toThrow(JSON.stringify(line));
    expect(() => parseCsv(line)).toThrow(why);
  });

  it("survives any fields", () => {
    const letters = ["a", ",", '"', "=", " ", "\n"];
    for (let seed = 0; seed < 2000; seed++) {
      const fields = Array.from({ length: 1 + (seed % 3) }, (_, at) =>
        Array.from({ length: (seed >> at) % 5 }, (__, n) => letters[(seed * 7 + at * 3 + n * n) % 6]).join(
          "",
        ),
      );
      // A final line break of the last field is inside its quotes, so it stays.
      expect(parseCsv(formatCsv(fields))).toEqual(fields);
    }
  });
});

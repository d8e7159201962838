import { describe, expect, it } from "vitest";
import { InputError } from "../../src/errors.ts";
import { checkFlavor, parseFlavor } from "../../src/tags/flavor.ts";

const none = { text: [], onLatest: false };
const plain = { latest: "auto", prefix: none, suffix: none };

describe("parseFlavor", () => {
  it.each([
    { items: [], flavor: {} },
    { items: ["latest=auto"], flavor: {} },
    { items: ["latest=true"], flavor: { latest: "true" } },
    { items: ["latest=true", "LATEST = false"], flavor: { latest: "false" } },
    { items: ["prefix="], flavor: {} },
    { items: ["prefix=dev-"], flavor: { prefix: { text: ["dev-"], onLatest: false } } },
    {
      items: ["prefix=dev-,onlatest=true", "suffix=-alpine,onlatest=false", "latest=false"],
      flavor: {
        latest: "false",
        prefix: { text: ["dev-"], onLatest: true },
        suffix: { text: ["-alpine"], onLatest: false },
      },
    },
    {
      items: ["prefix=a,onlatest=true,suffix=b"],
      flavor: { prefix: { text: ["a"], onLatest: true }, suffix: { text: ["b"], onLatest: false } },
    },
    {
      items: ['"suffix=-{{branch}},x"'],
      flavor: { suffix: { text: ["-", { name: "branch" }, ",x"], onLatest: false } },
    },
  ])("$items", ({ flavor, items }) => {
    expect(parseFlavor(items)).toEqual({ ...plain, ...flavor });
  });

  it.each([
    { item: "latest", says: '"latest" is not NAME=value' },
    { item: "latest=yes", says: "latest=yes: there are auto, true, false" },
    { item: "latest=ture", says: "did you mean true?" },
    { item: "prefx=a", says: "did you mean prefix?" },
    { item: "onlatest=true", says: "behind the prefix or suffix" },
    { item: "prefix=a,onlatest=1", says: "onlatest=1 is neither true nor false" },
    { item: "prefix={{brnch}}", says: "did you mean branch?" },
    { item: 'prefix="a"', says: "quote the whole field" },
  ])("refuses $item", ({ item, says }) => {
    expect(() => checkFlavor(item)).toThrow(InputError);
    expect(() => parseFlavor(["latest=true", item])).toThrow(says);
    expect(() => parseFlavor([item])).toThrow(JSON.stringify(item));
  });

  it("leaves an item as it is", () => {
    expect(checkFlavor("prefix=a,onlatest=true")).toBe("prefix=a,onlatest=true");
  });
});

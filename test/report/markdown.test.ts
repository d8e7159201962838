import { expect, it } from "vitest";
import { renderMarkdownTable } from "../../src/report/markdown.ts";

it("renders a table in which cells are text", () => {
  const rows = [
    ["platform", "says"],
    ["linux/arm64", "a|b <img src=x> [x](y)\n`c`"],
  ];
  expect(renderMarkdownTable("built", rows)).toBe(
    [
      "### built",
      "",
      "| platform | says |",
      "| --- | --- |",
      String.raw`| linux/arm64 | a\|b &lt;img src=x> \[x\](y) \`c\` |`,
      "",
    ].join("\n"),
  );
});

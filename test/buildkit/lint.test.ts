import { expect, it } from "vitest";
import { parseLint } from "../../src/buildkit/lint.ts";

const rule = "-".repeat(20);

it("reads the findings, and not the Dockerfile between them", () => {
  const text = [
    "",
    "WARNING: StageNameCasing - https://docs.docker.com/go/dockerfile/rule/stage-name-casing/",
    "Stage name 'Stage' should be lowercase",
    "docker/Dockerfile:1",
    rule,
    "   1 | >>> FROM busybox AS Stage",
    "WARNING: this is a line of the Dockerfile",
    rule,
    "",
    "ERROR: dockerfile parse error on line 3: unknown instruction: RUM",
    "Dockerfile:3",
    "",
  ].join("\n");
  expect(parseLint(text)).toEqual([
    {
      rule: "StageNameCasing",
      url: "https://docs.docker.com/go/dockerfile/rule/stage-name-casing/",
      message: "Stage name 'Stage' should be lowercase",
      file: "docker/Dockerfile",
      line: 1,
      isError: false,
    },
    {
      rule: "",
      url: "",
      message: "dockerfile parse error on line 3: unknown instruction: RUM",
      file: "Dockerfile",
      line: 3,
      isError: true,
    },
  ]);
  expect(parseLint("Check complete, no warnings found.")).toEqual([]);
});

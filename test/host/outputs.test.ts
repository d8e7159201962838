import { describe, expect, it } from "vitest";
import { checkOutputs, oneLine, renderOutputs, stepVariables } from "../../src/host/outputs.ts";
import { misspelledVariables } from "../../src/inputs/parse.ts";
import { buildStep } from "../../src/steps/build/step.ts";
import { multiarchStep } from "../../src/steps/multiarch/step.ts";
import { publishStep } from "../../src/steps/publish-manifest/step.ts";
import { setupStep } from "../../src/steps/setup/step.ts";
import { inputNames } from "../../src/steps/tables.ts";

describe("renderOutputs", () => {
  const result = {
    step: "publish-manifest",
    outputs: { digest: "sha256:1", tags: "a:1\na:2", previous: "it's {}" },
    variables: { BUILDKIT_HOST: "unix:///x y" },
    paths: ["/opt/tools"],
  };
  it.each([
    { print: "none", text: "" },
    {
      print: "json",
      text: '{\n  "digest": "sha256:1",\n  "tags": "a:1\\na:2",\n  "previous": "it\'s {}"\n}\n',
    },
    {
      print: "shell",
      text:
        "export BUILDKIT_HOST='unix:///x y'\n" +
        "export MULTIARCH_PUBLISH_MANIFEST_DIGEST=sha256:1\n" +
        "export MULTIARCH_PUBLISH_MANIFEST_TAGS='a:1\na:2'\n" +
        "export MULTIARCH_PUBLISH_MANIFEST_PREVIOUS='it'\\''s {}'\n" +
        'export PATH=/opt/tools:"$PATH"\n',
    },
    {
      print: "dotenv",
      text:
        "BUILDKIT_HOST=unix:///x y\n" +
        "MULTIARCH_PUBLISH_MANIFEST_DIGEST=sha256:1\n" +
        "MULTIARCH_PUBLISH_MANIFEST_TAGS=a:1,a:2\n" +
        "MULTIARCH_PUBLISH_MANIFEST_PREVIOUS=it's {}\n",
    },
  ] as const)("$print", ({ print, text }) => {
    expect(renderOutputs(result, print)).toBe(text);
  });
});

describe("a value as one line", () => {
  it.each([
    { value: "a b", line: "a b" },
    { value: '{ "a": 1 }', line: '{ "a": 1 }' },
    { value: '{\n  "a": "x\\ny"\n}', line: '{"a":"x\\ny"}' },
    { value: "a:1\na:2\n", line: "a:1,a:2" },
    { value: "a\nEVIL=1", line: "a,EVIL=1" },
  ])("$value", ({ value, line }) => {
    expect(oneLine(value)).toBe(line);
  });
});

describe("outputs that no step gives", () => {
  const good = {
    step: "build",
    outputs: { digest: `sha256:${"a".repeat(64)}`, "buildkit-host": "", tags: "a:1\na:2" },
    variables: { BUILDKIT_HOST: "unix:///x y" },
    paths: ["/opt/x y"],
  };
  it("are refused before anything is written, and others are not", () => {
    expect(() => checkOutputs(good)).not.toThrow();
  });

  it.each([
    { wrong: { outputs: { "a\nb": "" } }, says: 'not an output: "a\\nb"' },
    { wrong: { outputs: { "a=b": "" } }, says: 'not an output: "a=b"' },
    { wrong: { outputs: { A: "" } }, says: 'not an output: "A"' },
    { wrong: { variables: { "A;isoutput": "" } }, says: 'not a variable: "A;isoutput"' },
    { wrong: { variables: { "": "" } }, says: 'not a variable: ""' },
    { wrong: { outputs: { tags: "a\u0000b" } }, says: 'tags can\'t be "a\\u0000b"' },
    { wrong: { outputs: { tags: "a\rb" } }, says: 'tags can\'t be "a\\rb"' },
    { wrong: { outputs: { tags: "\u001b[2J" } }, says: 'tags can\'t be "\\u001b[2J"' },
    { wrong: { outputs: { digest: "sha256:x" } }, says: 'digest can\'t be "sha256:x"' },
    {
      wrong: { outputs: { digest: `${good.outputs.digest}\n::error::x` } },
      says: "digest can't be",
    },
    { wrong: { variables: { BUILDKIT_HOST: "$(id)" } }, says: 'BUILDKIT_HOST can\'t be "$(id)"' },
    { wrong: { variables: { BUILDKIT_HOST: "tcp://a\nb" } }, says: "BUILDKIT_HOST can't be" },
    { wrong: { paths: ["/a\n/b"] }, says: 'not a folder for PATH: "/a\\n/b"' },
  ])("$says", ({ wrong, says }) => {
    expect(() => checkOutputs({ ...good, ...wrong })).toThrow(says);
  });
});

describe("the variables that steps hand on", () => {
  it.each([setupStep, buildStep, publishStep, multiarchStep])(
    "are no inputs of later steps, nor slips in their names: $name",
    ({ name: step, outputs }) => {
      const variables = stepVariables({ step, outputs, variables: {}, paths: [] });
      const inputs = new Set([...inputNames(), "state", "env-file", "dry-run", "debug", "print"]);
      const taken = [...inputs].map((name) => `MULTIARCH_${name.toUpperCase().replaceAll("-", "_")}`);
      expect(variables.length).toBeGreaterThan(3);
      expect(variables.filter(([name]) => taken.includes(name))).toEqual([]);
      expect(misspelledVariables(Object.fromEntries(variables), inputs)).toEqual([]);
    },
  );
});

import { describe, expect, it } from "vitest";
import { parseArgv } from "../../src/inputs/argv.ts";
import { boolean, choice, list, text } from "../../src/inputs/field.ts";
import { misspelledVariables, parseInputs } from "../../src/inputs/parse.ts";

const table = {
  image: text({ description: "Where to.", required: true }),
  buildArgs: list({
    description: "Arguments.",
    commas: false,
    item: (argument) => {
      if (!argument.includes("=")) throw new Error(`${argument} has no =`);
      return argument;
    },
  }),
  mode: choice({ description: "How.", words: ["slow", "fast"], fallback: "slow" }),
  keep: boolean({ description: "Whether." }),
};

function parse(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const flags = parseArgv(argv, table, ["setup", "build"]);
  const { inputs, problems } = parseInputs(table, flags.values, env);
  return { inputs, problems: [...flags.problems, ...problems] };
}

describe("what is read", () => {
  const fallbacks = { image: "i", buildArgs: [], mode: "slow", keep: false };
  it.each([
    { argv: ["--image", "i"], env: {}, inputs: {} },
    { argv: ["--image=i", "--keep"], env: {}, inputs: { keep: true } },
    { argv: ["--keep", "false", "--image", "i"], env: {}, inputs: { keep: false } },
    { argv: ["--keep", "true", "--image", "i"], env: {}, inputs: { keep: true } },
    { argv: ["--image=i", "--keep=false"], env: { MULTIARCH_KEEP: "true" }, inputs: { keep: false } },
    {
      argv: ["--image=i", "--build-args", "A=1", "--build-args=B=2,3"],
      env: {},
      inputs: { buildArgs: ["A=1", "B=2,3"] },
    },
    { argv: ["--image=i", "--build-args=--x=1"], env: {}, inputs: { buildArgs: ["--x=1"] } },
    {
      argv: [],
      env: { INPUT_IMAGE: "i", "INPUT_BUILD-ARGS": "A=1\nB=2" },
      inputs: { buildArgs: ["A=1", "B=2"] },
    },
    { argv: [], env: { INPUT_IMAGE: "i", INPUT_BUILD_ARGS: "A=1" }, inputs: { buildArgs: ["A=1"] } },
    { argv: [], env: { PLUGIN_IMAGE: "i", MULTIARCH_IMAGE: "no" }, inputs: {} },
    { argv: [], env: { MULTIARCH_IMAGE: "i", MULTIARCH_MODE: "fast" }, inputs: { mode: "fast" } },
    { argv: ["--image=i"], env: { INPUT_MODE: "", MULTIARCH_MODE: "fast" }, inputs: { mode: "fast" } },
    { argv: ["--image=i", "--mode=fast"], env: { INPUT_MODE: "slow" }, inputs: { mode: "fast" } },
  ])("$argv with $env", ({ argv, env, inputs }) => {
    expect(parse(argv, env as Record<string, string>)).toEqual({
      inputs: { ...fallbacks, ...inputs },
      problems: [],
    });
  });
});

describe("what is refused, all at once and by name", () => {
  it.each([
    { argv: [], problems: ["image is missing: Where to."] },
    {
      argv: ["--image=i", "--build-arg=A=1"],
      problems: ["unknown input --build-arg: did you mean --build-args?"],
    },
    {
      argv: ["--image=i", "--build_args=A=1"],
      problems: ["unknown input --build_args: did you mean --build-args?"],
    },
    { argv: ["--image=i", "--zzzzzzzz=1"], problems: ["unknown input --zzzzzzzz: --help lists the inputs"] },
    { argv: ["--image=i", "--image=j"], problems: ["--image is given twice"] },
    {
      argv: ["--image", "--keep"],
      problems: [
        "--image needs a value (one that begins with a dash is written --image=-value)",
        "image is missing: Where to.",
      ],
    },
    { argv: ["biuld", "--image=i"], problems: ['unexpected argument "biuld": did you mean build?'] },
    {
      argv: ["--image=i", "--keep=maybe", "--mode=medium", "--build-args=A", "--build-args=B"],
      problems: [
        "build-args: A has no =",
        "build-args: B has no =",
        'mode: "medium" is not one of slow, fast',
        'keep: "maybe" is neither true nor false',
      ],
    },
  ])("$argv", ({ argv, problems }) => {
    expect(parse(argv).problems).toEqual(problems);
  });

  it("says which variable a bad value came from", () => {
    expect(parse(["--image=i"], { MULTIARCH_MODE: "x" }).problems).toEqual([
      'mode (from MULTIARCH_MODE): "x" is not one of slow, fast',
    ]);
  });

  it("finds slips in the names of variables, and leaves other names alone", () => {
    const names = ["platforms", "build-args"];
    expect(
      misspelledVariables(
        { MULTIARCH_PLATFORM: "x", MULTIARCH_BUILD_ARGS: "A=1", MULTIARCH_LAB_HOME: "/x" },
        names,
      ),
    ).toEqual(["unknown variable MULTIARCH_PLATFORM: did you mean MULTIARCH_PLATFORMS?"]);
  });
});

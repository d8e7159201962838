import { shellQuote } from "../exec.ts";
import type { PrintFormat, StepOutputs } from "./host.ts";

/** What the values of these names always look like. */
const shapes: Readonly<Record<string, RegExp>> = {
  digest: /^sha(?:256:[\da-f]{64}|512:[\da-f]{128})$/,
  imageid: /^sha(?:256:[\da-f]{64}|512:[\da-f]{128})$/,
  "buildkit-host": /^(?:[a-z][a-z\d+-]*:\/\/.*)?$/,
  BUILDKIT_HOST: /^(?:[a-z][a-z\d+-]*:\/\/.*)?$/,
  changed: /^(?:true|false)$/,
};

/**
 * Refuses what a CI could misread, before any of it is written: names that are more than a name, values that hold control
 * characters or don't look like what they are called. Throws an Error, because no input leads here.
 */
export function checkOutputs({ outputs, paths, variables }: StepOutputs): void {
  for (const name of Object.keys(outputs)) {
    if (!/^[a-z][a-z\d]*(?:-[a-z\d]+)*$/.test(name)) throw new Error(`not an output: ${quote(name)}`);
  }
  for (const name of Object.keys(variables)) {
    if (!/^[A-Z][A-Z\d_]*$/.test(name)) throw new Error(`not a variable: ${quote(name)}`);
  }
  for (const [name, value] of [...Object.entries(outputs), ...Object.entries(variables)]) {
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    if (/[\u0000-\u0008\u000b-\u001f]/.test(value) || shapes[name]?.test(value) === false) {
      throw new Error(`${name} can't be ${quote(value)}`);
    }
  }
  for (const path of paths) {
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    if (/[\u0000-\u001f\u007f]/.test(path)) throw new Error(`not a folder for PATH: ${quote(path)}`);
  }
}

/**
 * What a step hands on, as environment variables. `digest` of the step build is MULTIARCH_BUILD_DIGEST: no input has such a
 * name, so it can't become one.
 */
export function stepVariables(result: StepOutputs): readonly (readonly [name: string, value: string])[] {
  const prefix = `MULTIARCH_${result.step}`;
  return [
    ...Object.entries(result.variables),
    ...Object.entries(result.outputs).map(
      ([name, value]) => [`${prefix}_${name}`.toUpperCase().replaceAll("-", "_"), value] as const,
    ),
  ];
}

/** Outputs as text for stdout: JSON, lines for `eval "$(…)"`, or lines for a dotenv file. */
export function renderOutputs(result: StepOutputs, print: PrintFormat): string {
  switch (print) {
    case "none":
      return "";
    case "json":
      return `${JSON.stringify(result.outputs, undefined, 2)}\n`;
    case "shell":
      return renderShell(result);
    case "dotenv":
      return renderDotenv(result);
    default:
      return print satisfies never;
  }
}

/** Lines that a POSIX shell reads. */
export function renderShell(result: StepOutputs): string {
  return [
    ...stepVariables(result).map(([name, value]) => `export ${name}=${shellQuote(value)}\n`),
    ...result.paths.map((path) => `export PATH=${shellQuote(path)}:"$PATH"\n`),
  ].join("");
}

/** One `NAME=value` per line, nothing quoted. */
export function renderDotenv(result: StepOutputs): string {
  return stepVariables(result)
    .map(([name, value]) => `${name}=${oneLine(value)}\n`)
    .join("");
}

/** A value without line breaks: JSON stays the same JSON; other texts of several lines are lists, so they get commas. */
export function oneLine(value: string): string {
  if (!value.includes("\n")) return value;
  try {
    return JSON.stringify(JSON.parse(value));
  } catch {
    return value
      .split("\n")
      .filter((line) => line !== "")
      .join(",");
  }
}

function quote(text: string): string {
  return JSON.stringify(text);
}

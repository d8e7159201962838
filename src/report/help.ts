import type { Field, InputTable } from "../inputs/field.ts";
import { kebabCase } from "../inputs/field.ts";
import type { Step } from "../steps/step.ts";

const width = 100;
const indent = " ".repeat(6);

/** `--help` of an entrypoint, made from its input table. */
export function renderHelp(
  step: Pick<Step<InputTable>, "name" | "summary" | "outputs">,
  table: InputTable,
): string {
  const usage =
    step.name === "multiarch"
      ? "multiarch [setup|build|publish-manifest|teardown] [--input value …]"
      : `multiarch ${step.name} [--input value …]   (or: node dist/${step.name}.js …)`;
  return [
    step.summary,
    "",
    `Usage: ${usage}`,
    "",
    "Inputs:",
    ...Object.entries(table).flatMap(([key, field]) => [
      `  --${kebabCase(key)}${field.flag ? "" : ` ${field.placeholder}`}`,
      ...wrap(describe(field)),
    ]),
    "  --help",
    "  --version",
    ...(Object.keys(step.outputs).length === 0
      ? []
      : [
          "",
          "Outputs:",
          ...Object.entries(step.outputs).flatMap(([name, text]) => [`  ${name}`, ...wrap(text)]),
        ]),
    "",
    "Every input can also be given as a variable: MULTIARCH_ and its name, as in MULTIARCH_BUILD_ARGS.",
    "",
  ].join("\n");
}

/** The description of an input with whether it is required, its default, and whether it may repeat. */
export function describe(field: Field<unknown>): string {
  const fallback = defaultOf(field);
  return [
    field.description,
    ...(field.required ? ["Required."] : []),
    ...(fallback === "" ? [] : [`Default: ${fallback}.`]),
    ...(field.repeats ? ["May be given more than once."] : []),
  ].join(" ");
}

/** The default as people read it, `""` for none. */
export function defaultOf(field: Field<unknown>): string {
  if (field.defaultText !== undefined) return field.defaultText;
  return typeof field.fallback === "string" || field.fallback === true ? String(field.fallback) : "";
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(" ")) {
    if (line !== indent && line.length + word.length + 1 > width) {
      lines.push(line);
      line = indent;
    }
    line += line === indent ? word : ` ${word}`;
  }
  return [...lines, line];
}

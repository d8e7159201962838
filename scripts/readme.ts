import { kebabCase } from "../src/inputs/field.ts";
import { defaultOf } from "../src/report/help.ts";
import type { DocumentedStep } from "./steps.ts";
import { documentedSteps } from "./steps.ts";

/** The README with what stands between `<!-- inputs: NAME -->` and `<!-- end -->` written anew. */
export function renderReadme(readme: string): string {
  return readme.replaceAll(
    /(<!-- inputs: ([\w-]+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => {
      const step = documentedSteps.find((candidate) => candidate.name === name);
      if (step === undefined) throw new Error(`README.md has a table for ${name}, which is no step`);
      return `${begin}\n${renderTables(step)}\n${end}`;
    },
  );
}

function renderTables(step: DocumentedStep): string {
  const inputs = Object.entries(step.inputs).map(([key, field]) => [
    `\`${kebabCase(key)}\``,
    cell(field.description),
    field.required ? "**required**" : code(defaultOf(field)),
  ]);
  const outputs = Object.entries(step.outputs).map(([name, text]) => [`\`${name}\``, cell(text)]);
  return [
    table(["input", "what it is", "default"], inputs),
    ...(outputs.length === 0 ? [] : [table(["output", "what it is"], outputs)]),
  ].join("\n");
}

function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heading, heading.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |\n`).join("");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function code(text: string): string {
  return text === "" || text.includes(" ") ? cell(text) : `\`${cell(text)}\``;
}

import { kebabCase } from "../src/inputs/field.ts";
import { defaultOf } from "../src/report/help.ts";
import type { DocumentedJob } from "./jobs.ts";
import { documentedJobs } from "./jobs.ts";

/** The README with what stands between `<!-- inputs: NAME -->` and `<!-- end -->` written anew. */
export function renderReadme(readme: string): string {
  return readme.replaceAll(
    /(<!-- inputs: ([\w-]+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => {
      const job = documentedJobs.find((candidate) => candidate.name === name);
      if (job === undefined) throw new Error(`README.md has a table for ${name}, which is no step`);
      return `${begin}\n${renderTables(job)}\n${end}`;
    },
  );
}

function renderTables(job: DocumentedJob): string {
  const inputs = Object.entries(job.inputs).map(([key, field]) => [
    `\`${kebabCase(key)}\``,
    cell(field.description),
    field.required ? "**required**" : code(defaultOf(field)),
  ]);
  const outputs = Object.entries(job.outputs).map(([name, text]) => [`\`${name}\``, cell(text)]);
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

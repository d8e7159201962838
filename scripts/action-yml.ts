import { posix } from "node:path";
import { stringify } from "yaml";
import { kebabCase } from "../src/inputs/field.ts";
import { describe } from "../src/report/help.ts";
import type { DocumentedJob } from "./jobs.ts";

/** The action.yml of a job; defaults are told in the descriptions, so that MULTIARCH_ variables still count. */
export function renderActionYml(job: DocumentedJob): string {
  const dist = posix.relative(job.actionFolder ?? ".", "dist");
  const inputs = Object.entries(job.inputs).filter(([, field]) => !field.commandLineOnly);
  const document = {
    name: job.name === "multiarch" ? "multiarch" : `multiarch ${job.name}`,
    description: job.summary,
    author: "multiarch contributors",
    branding: { icon: "layers", color: "blue" },
    inputs: Object.fromEntries(
      inputs.map(([key, field]) => [
        kebabCase(key),
        { description: describe({ ...field, required: false, repeats: false }), required: field.required },
      ]),
    ),
    outputs: Object.fromEntries(
      Object.entries(job.outputs).map(([name, description]) => [name, { description }]),
    ),
    runs: {
      using: "node24",
      main: `${dist}/${job.name}.js`,
      ...(job.tearsDown ? { post: `${dist}/teardown.js` } : {}),
    },
  };
  return `# Written by npm run docs from the input tables in src/steps.\n${stringify(document, { lineWidth: 110 })}`;
}

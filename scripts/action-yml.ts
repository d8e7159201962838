import { posix } from "node:path";
import { stringify } from "yaml";
import { kebabCase } from "../src/inputs/field.ts";
import { describe } from "../src/report/help.ts";
import type { DocumentedStep } from "./steps.ts";

/** The action.yml of a step; defaults are told in the descriptions, so that MULTIARCH_ variables still count. */
export function renderActionYml(step: DocumentedStep): string {
  const dist = posix.relative(step.actionFolder ?? ".", "dist");
  const inputs = Object.entries(step.inputs).filter(([, field]) => !field.commandLineOnly);
  const document = {
    name: step.name === "multiarch" ? "multiarch" : `multiarch ${step.name}`,
    description: step.summary,
    author: "multiarch contributors",
    branding: { icon: "layers", color: "blue" },
    inputs: Object.fromEntries(
      inputs.map(([key, field]) => [
        kebabCase(key),
        {
          description: describe({ ...field, required: false, repeats: false }),
          required: field.required,
          ...(field.actionDefault === undefined ? {} : { default: field.actionDefault }),
        },
      ]),
    ),
    outputs: Object.fromEntries(
      Object.entries(step.outputs).map(([name, description]) => [name, { description }]),
    ),
    runs: {
      using: "node24",
      main: `${dist}/${step.name}.js`,
      ...(step.tearsDown ? { post: `${dist}/teardown.js` } : {}),
    },
  };
  return `# Written by npm run docs from the input tables in src/steps.\n${stringify(document, { lineWidth: 110 })}`;
}

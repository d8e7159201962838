import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { renderActionYml } from "../scripts/action-yml.ts";
import { documentedSteps } from "../scripts/steps.ts";
import { kebabCase } from "../src/inputs/field.ts";
import { parseInputs } from "../src/inputs/parse.ts";
import { renderReadme } from "../scripts/readme.ts";

const readme = readFileSync("README.md", "utf8");
const actions = documentedSteps.flatMap((step) =>
  step.actionFolder === undefined ? [] : [{ ...step, actionFolder: step.actionFolder }],
);

interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly required: boolean }>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly runs: { readonly using: string; readonly main: string; readonly post?: string };
}

function readAction(folder: string): Action {
  return parse(readFileSync(join(folder, "action.yml"), "utf8")) as Action;
}

describe.each(actions)("action.yml of $name", ({ actionFolder, name, ...step }) => {
  it("is what npm run docs writes", () => {
    expect(readFileSync(join(actionFolder, "action.yml"), "utf8")).toBe(
      renderActionYml({ actionFolder, name, ...step }),
    );
  });

  it("runs files that exist, on Node 24", () => {
    const { runs } = readAction(actionFolder);
    expect(runs.using).toBe("node24");
    for (const file of [runs.main, runs.post ?? runs.main])
      expect(existsSync(join(actionFolder, file))).toBe(true);
  });
});

describe("README.md", () => {
  it("has the tables that npm run docs writes", () => {
    expect(readme).toBe(renderReadme(readme));
  });

  it("links to files that exist", () => {
    for (const [, target = ""] of readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g))
      expect(existsSync(target)).toBe(true);
  });
});

interface WorkflowStep {
  readonly uses: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

describe.each(["README.md", ...readdirSync("docs").map((name) => join("docs", name))])("%s", (document) => {
  const blocks = [...readFileSync(document, "utf8").matchAll(/```yaml\n# (\S+)\n([\s\S]*?)```/g)];

  it.each(blocks.map(([, file = "", text = ""]) => ({ file, text })))(
    "$file in it gives inputs that exist, with values that they take",
    ({ text }) => {
      const steps: WorkflowStep[] = [];
      JSON.stringify(parse(text), (_, value: unknown) => {
        if (typeof value === "object" && value !== null && "uses" in value) steps.push(value as WorkflowStep);
        return value;
      });
      for (const { uses, with: given = {} } of steps) {
        const match = /^multiarch\/multiarch(?:\/([\w-]+))?@/.exec(uses);
        if (match === null) continue;
        const { inputs } =
          documentedSteps.find(({ actionFolder }) => actionFolder === (match[1] ?? ".")) ?? {};
        const names = Object.keys(inputs ?? {}).map(kebabCase);
        expect(names).toEqual(expect.arrayContaining(Object.keys(given)));
        const texts = new Map(Object.entries(given).map(([name, value]) => [name, evaluate(String(value))]));
        expect(parseInputs(inputs ?? {}, texts, {}).problems).toEqual([]);
      }
    },
  );
});

/** What the runner's expressions would give. */
function evaluate(text: string): string {
  return text.replaceAll(/\$\{\{(.*?)\}\}/g, (_, expression: string) => {
    if (expression.includes("matrix.platform")) return "linux/arm64";
    return expression.includes("!=") ? "true" : "someone/x";
  });
}

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { renderActionYml } from "../scripts/action-yml.ts";
import { documentedSteps } from "../scripts/steps.ts";
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

  it.each(
    [...readme.matchAll(/```yaml\n# (\S+)\n([\s\S]*?)```/g)].map(([, file = "", text = ""]) => ({
      file,
      text,
    })),
  )("$file in it gives only inputs that exist", ({ text }) => {
    const steps: unknown[] = [];
    JSON.stringify(parse(text), (_, value: unknown) => {
      if (typeof value === "object" && value !== null && "uses" in value) steps.push(value);
      return value;
    });
    for (const { uses, with: given = {} } of steps as readonly { uses: string; with?: object }[]) {
      const match = /^multiarch\/multiarch(?:\/([\w-]+))?@/.exec(uses);
      if (match === null) continue;
      const { inputs } = readAction(match[1] ?? ".");
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
      const required = Object.keys(inputs).filter((input) => inputs[input]?.required);
      expect(Object.keys(given)).toEqual(expect.arrayContaining(required));
    }
  });

  it("links to files that exist", () => {
    for (const [, target = ""] of readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g))
      expect(existsSync(target)).toBe(true);
  });
});

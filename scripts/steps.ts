import { spineInputs } from "../src/run.ts";
import type { InputTable } from "../src/inputs/field.ts";
import { buildStep } from "../src/steps/build/step.ts";
import { multiarchStep } from "../src/steps/multiarch/step.ts";
import { publishStep } from "../src/steps/publish-manifest/step.ts";
import { setupStep } from "../src/steps/setup/step.ts";
import { teardownStep } from "../src/steps/teardown/step.ts";

/** What is documented of an entrypoint: the same declaration that it runs by. */
export interface DocumentedStep {
  readonly name: string;
  readonly summary: string;
  readonly inputs: InputTable;
  readonly outputs: Readonly<Record<string, string>>;
  /** Folder of its action.yml, or undefined when it is no action. */
  readonly actionFolder: string | undefined;
  /** Whether the action removes the daemon when the job ends. */
  readonly tearsDown: boolean;
}

export const documentedSteps: readonly DocumentedStep[] = [
  { ...multiarchStep, actionFolder: ".", tearsDown: true },
  { ...setupStep, actionFolder: "setup", tearsDown: true },
  { ...buildStep, actionFolder: "build", tearsDown: false },
  { ...publishStep, actionFolder: "publish-manifest", tearsDown: false },
  { ...teardownStep, actionFolder: undefined, tearsDown: false },
].map(({ name, summary, inputs, outputs, actionFolder, tearsDown }) => ({
  name,
  summary,
  inputs: { ...inputs, ...spineInputs },
  outputs,
  actionFolder,
  tearsDown,
}));

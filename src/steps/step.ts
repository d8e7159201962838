import { InputError } from "../errors.ts";
import type { Exec } from "../exec.ts";
import type { Host, Log, StepOutputs } from "../host/host.ts";
import type { InputTable, Inputs } from "../inputs/field.ts";
import type { Env } from "../inputs/parse.ts";
import type { StateStore } from "../state.ts";

/** The world, as a step sees it. */
export interface Ports {
  readonly env: Env;
  readonly cwd: string;
  readonly log: Log;
  readonly mask: Host["mask"];
  readonly exec: Exec;
  readonly state: StateStore;
  /** Pid of a process that lives as long as the job, where there is one that we know. */
  readonly jobProcess: number | undefined;
  /** Plans are shown and not carried out; the state is changed in memory only. */
  readonly dryRun: boolean;
  /** Aborted with a CancelledError when the job is cancelled. */
  readonly signal: AbortSignal;
}

/** One step: probe reads the world, plan is pure, execute changes the world, report says what came of it. */
export interface Step<T extends InputTable, Facts, Plan, Result> {
  readonly name: string;
  readonly summary: string;
  readonly inputs: T;
  /** Kebab-case name to description. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Everything wrong that one input by itself does not show; reads files, changes nothing. */
  readonly check: (inputs: Inputs<T>, ports: Ports) => readonly string[];
  readonly probe: (inputs: Inputs<T>, ports: Ports) => Promise<Facts>;
  readonly plan: (inputs: Inputs<T>, facts: Facts) => Plan;
  /** The plan for a person: what `--dry-run` prints, commands whole. */
  readonly describe: (plan: Plan) => readonly string[];
  /** What the steps after this one may take for granted when it was only planned. */
  readonly foresee?: (plan: Plan, ports: Ports) => void;
  readonly execute: (plan: Plan, ports: Ports) => Promise<Result>;
  readonly report: (result: Result, plan: Plan) => StepReport;
}

export interface StepReport extends Omit<StepOutputs, "step"> {
  /** The result in a few lines. */
  readonly lines: readonly string[];
}

/** Something that an entrypoint runs: a single step, or several in a row. */
export interface Job<T extends InputTable> {
  readonly name: string;
  readonly summary: string;
  /** What the command takes as its first argument instead. */
  readonly words?: readonly string[];
  readonly inputs: T;
  readonly outputs: Readonly<Record<string, string>>;
  readonly check: (inputs: Inputs<T>, ports: Ports) => readonly string[];
  readonly perform: (inputs: Inputs<T>, ports: Ports) => Promise<StepOutputs>;
}

/** probe → plan → execute → report; in a dry run the plan is shown and nothing else happens. */
export async function performStep<T extends InputTable, Facts, Plan, Result>(
  step: Step<T, Facts, Plan, Result>,
  inputs: Inputs<T>,
  ports: Ports,
): Promise<StepOutputs> {
  const plan = step.plan(inputs, await step.probe(inputs, ports));
  if (ports.dryRun) {
    ports.log.group(`${step.name} would do this:`, step.describe(plan));
    step.foresee?.(plan, ports);
    return { step: step.name, outputs: {}, variables: {}, paths: [] };
  }
  const result = await step.execute(plan, ports);
  const { lines, ...outputs } = step.report(result, plan);
  if (lines.length > 0) ports.log.info(lines.join("\n"));
  return { step: step.name, ...outputs };
}

/** A single step as a job. */
export function stepJob<T extends InputTable, Facts, Plan, Result>(
  step: Step<T, Facts, Plan, Result>,
): Job<T> {
  return { ...step, perform: (inputs, ports) => performStep(step, inputs, ports) };
}

/** Throws what several checks found as one InputError. */
export function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new InputError([...new Set(problems)]);
}

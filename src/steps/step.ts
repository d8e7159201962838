import { InputError } from "../errors.ts";
import type { Exec } from "../exec.ts";
import type { GitFacts } from "../git.ts";
import type { JobFacts } from "../host/facts.ts";
import type { Host, Log, StepOutputs, Terminal } from "../host/host.ts";
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
  readonly job: JobPort;
  /** Where the log is a terminal that a person looks at. */
  readonly terminal: Terminal | undefined;
  /** Pid of a process that lives as long as the job, where there is one that we know. */
  readonly jobProcess: number | undefined;
  /** Plans are shown and not carried out; the state is changed in memory only. */
  readonly dryRun: boolean;
  /** Aborted with a CancelledError when the job is cancelled. */
  readonly signal: AbortSignal;
}

/** What this job is about; each is found out once. */
export interface JobPort {
  /** What the CI says. */
  readonly fromCi: () => Promise<JobFacts>;
  /** The same, completed by the Git repository of the working directory. */
  readonly withGit: () => Promise<{ readonly job: JobFacts; readonly git: GitFacts }>;
}

/** Something that an entrypoint runs. Declaring it costs next to nothing; what it does is loaded when it is done. */
export interface Step<T extends InputTable> {
  readonly name: string;
  readonly summary: string;
  /** What the command takes as its first argument instead. */
  readonly words?: readonly string[];
  readonly inputs: T;
  /** Kebab-case name to description. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Everything wrong that one input by itself does not show; reads files, changes nothing. */
  readonly check: (inputs: Inputs<T>, ports: Ports) => Promise<readonly string[]>;
  readonly perform: (inputs: Inputs<T>, ports: Ports) => Promise<StepOutputs>;
}

/** What a step does: probe reads the world, plan is pure, execute changes the world, report says what came of it. */
export interface StepWork<T extends InputTable, Facts, Plan, Result> {
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

/** probe → plan → execute → report; in a dry run the plan is shown and nothing else happens. */
export async function performWork<T extends InputTable, Facts, Plan, Result>(
  name: string,
  work: StepWork<T, Facts, Plan, Result>,
  inputs: Inputs<T>,
  ports: Ports,
): Promise<StepOutputs> {
  const plan = work.plan(inputs, await work.probe(inputs, ports));
  if (ports.dryRun) {
    ports.log.group(`${name} would do this:`, work.describe(plan));
    work.foresee?.(plan, ports);
    return { step: name, outputs: {}, variables: {}, paths: [] };
  }
  const result = await work.execute(plan, ports);
  const { lines, ...outputs } = work.report(result, plan);
  if (lines.length > 0) ports.log.info(lines.join("\n"));
  return { step: name, ...outputs };
}

/** Throws what several checks found as one InputError. */
export function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new InputError([...new Set(problems)]);
}

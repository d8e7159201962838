import { CancelledError, InputError, WorkError, describeError } from "./errors.ts";
import { exec } from "./exec.ts";
import { createHost } from "./host/create.ts";
import type { Host } from "./host/host.ts";
import { createJobPort } from "./job.ts";
import { parseArgv } from "./inputs/argv.ts";
import type { InputTable, Inputs } from "./inputs/field.ts";
import { boolean, choice } from "./inputs/field.ts";
import { misspelledVariables, parseInputs } from "./inputs/parse.ts";
import { renderHelp } from "./report/help.ts";
import { openState, statePath } from "./state.ts";
import type { Ports, Step } from "./steps/step.ts";
import { refuse } from "./steps/step.ts";
import { inputNames } from "./steps/tables.ts";
import { version } from "./version.ts";

/** Inputs that every entrypoint has. */
export const spineInputs = {
  dryRun: boolean({ description: "Print what would be done, commands and all, and do nothing." }),
  debug: boolean({
    description: "Log more, and show a stack trace when something fails.",
    commandLineOnly: true,
  }),
  print: choice({
    description: "Print the outputs on stdout; the log goes to stderr.",
    words: ["none", "json", "shell", "dotenv"],
    fallback: "none",
    commandLineOnly: true,
  }),
} satisfies InputTable;

const signals = { SIGINT: 130, SIGTERM: 143 } as const;

/** The spine: host → parse → the step → report. Sets the exit code: 0 done, 1 failed, 2 wrong input, 130/143 cancelled. */
export async function run<T extends InputTable>(
  step: Step<T>,
  argv: readonly string[] = process.argv.slice(2),
): Promise<void> {
  const controller = new AbortController();
  cancelOnSignals(controller);
  outliveReaders();
  const { env } = process;
  const wantsDebug = argv.includes("--debug") || env["RUNNER_DEBUG"] === "1";
  const table = { ...step.inputs, ...spineInputs };
  const flags = parseArgv(argv, table, step.words);
  const { print } = parseInputs({ print: spineInputs.print }, flags.values, env).inputs;
  const { isTTY } = process.stderr;
  const host = await createHost({
    env,
    debug: wantsDebug,
    printsResults: print !== "none",
    stderr: (text) => process.stderr.write(text),
    stdout: (text) => process.stdout.write(text),
    ...(isTTY
      ? { terminal: { columns: () => process.stderr.columns, rows: () => process.stderr.rows } }
      : {}),
    exec,
    now: Date.now,
  });
  try {
    if (flags.help || flags.version) {
      process.stdout.write(flags.help ? renderHelp(step, table) : `multiarch ${version}\n`);
      return;
    }
    const parsed = parseInputs(table, flags.values, env);
    const inputs: Inputs<T> & Inputs<typeof spineInputs> = parsed.inputs;
    const ports: Ports = {
      env,
      cwd: process.cwd(),
      log: host.log,
      mask: host.mask,
      exec: (command, options) => exec(command, { signal: controller.signal, ...options }),
      state: openState(statePath(env, process.cwd()), { dryRun: inputs.dryRun }),
      job: createJobPort({ env, cwd: process.cwd(), signal: controller.signal }),
      terminal: host.terminal,
      // The runner's worker starts each step of a job; other CIs start a shell for some of them.
      jobProcess: host.name === "github" ? process.ppid : undefined,
      dryRun: inputs.dryRun,
      signal: controller.signal,
    };
    refuse([
      ...flags.problems,
      ...parsed.problems,
      ...misspelledVariables(env, [...inputNames(), "state", "env-file", "dry-run", "debug", "print"]),
      ...(await step.check(inputs, ports)),
    ]);
    const outputs = await step.perform(inputs, ports);
    await host.emit(outputs, inputs.print);
    if (outputs.summary !== undefined) await host.summary?.(outputs.summary);
  } catch (error) {
    // What fails after a cancellation fails because of it.
    const cause: unknown = controller.signal.aborted ? controller.signal.reason : error;
    process.exitCode = reportFailure(cause, host, wantsDebug);
  }
  // Who cancelled it looks at no annotation, and waits for the end.
  if (!controller.signal.aborted) await host.close?.();
}

/** A log that nobody reads any more, because the job's runner has gone, must not cost the clean-up. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
}

/** The first signal cancels; those that follow change nothing, so that a clean-up is not cut short by impatience. */
function cancelOnSignals(controller: AbortController): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => controller.abort(new CancelledError(signal)));
  }
}

function reportFailure(error: unknown, host: Host, debug: boolean): number {
  if (error instanceof CancelledError) {
    host.log.warning(error.message);
    return error.signal === "SIGINT" ? signals.SIGINT : signals.SIGTERM;
  }
  if (error instanceof InputError) {
    for (const problem of error.problems) host.log.error(problem);
    return 2;
  }
  host.log.error(describeError(error));
  if (debug && error instanceof Error) host.log.info(error.stack ?? "");
  else if (!(error instanceof WorkError)) {
    host.log.info("This looks like a defect of multiarch; --debug shows where it happened.");
  }
  return 1;
}

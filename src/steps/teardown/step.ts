import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { removeCommand } from "../../buildkit/drivers/docker-container.ts";
import { describeError } from "../../errors.ts";
import type { Command } from "../../exec.ts";
import { formatCommand } from "../../exec.ts";
import type { InputTable } from "../../inputs/field.ts";
import type { Step } from "../step.ts";

const teardownInputs = {} satisfies InputTable;

interface TeardownPlan {
  readonly container: string | undefined;
  readonly commands: readonly Command[];
  /** Where a buildctl that came out of the container was put. */
  readonly folder: string;
}

/** Removes what setup made; with nothing to remove it succeeds, so that it can run whatever happened before. */
export const teardownStep: Step<
  typeof teardownInputs,
  TeardownPlan,
  TeardownPlan,
  { readonly removed: boolean }
> = {
  name: "teardown",
  summary: "Remove the BuildKit daemon that setup started, its cache, and the state of this job.",
  inputs: teardownInputs,
  outputs: {},
  check: () => [],
  probe: async (_inputs, { state }) => {
    const { builder, job } = state.read();
    return {
      container: builder?.container,
      commands: builder === undefined ? [] : [removeCommand(builder.container)],
      folder: join(dirname(state.path), `multiarch-${job}`),
    };
  },
  plan: (_inputs, facts) => facts,
  describe: ({ commands }) =>
    commands.length === 0 ? ["# there is nothing to remove"] : commands.map(formatCommand),
  execute: async ({ commands, container, folder }, { exec, log, state }) => {
    for (const command of commands) {
      try {
        await exec(command);
      } catch (error) {
        // A clean-up that fails must not turn a good build red.
        log.warning(`the container ${container} could not be removed: ${describeError(error)}`);
        return { removed: false };
      }
    }
    await rm(folder, { recursive: true, force: true });
    state.remove();
    return { removed: commands.length > 0 };
  },
  report: ({ removed }, { container }) => ({
    outputs: {},
    variables: {},
    paths: [],
    lines: removed ? [`removed the container ${container}`] : [],
  }),
};

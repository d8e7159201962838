import { rm } from "node:fs/promises";
import { removeCommand } from "../../buildkit/drivers/container.ts";
import type { Removal } from "../../buildkit/drivers/driver.ts";
import { describeError } from "../../errors.ts";
import { formatCommand } from "../../exec.ts";
import { jobFolder } from "../../state.ts";
import type { StepWork } from "../step.ts";
import type { teardownInputs } from "./inputs.ts";
import { removeDaemon } from "./remove.ts";

interface TeardownPlan {
  readonly removal: Removal;
  /** The job's own folder: sockets, certificates, a buildctl that came out of the container. */
  readonly folder: string;
}

export const teardownWork: StepWork<
  typeof teardownInputs,
  TeardownPlan,
  TeardownPlan,
  { readonly removed: boolean }
> = {
  probe: async (_inputs, { state }) => {
    const { builder, job } = state.read();
    return { removal: builder?.removal ?? { kind: "none" }, folder: jobFolder(state.path, job) };
  },
  plan: (_inputs, facts) => facts,
  describe: ({ removal }) => [describeRemoval(removal)],
  execute: async ({ folder, removal }, ports) => {
    let removed: boolean;
    try {
      removed = await removeDaemon(removal, { exec: ports.exec, job: ports.state.read().job });
    } catch (error) {
      // A clean-up that fails must not turn a good build red; what is left is found by its label later.
      ports.log.warning(`BuildKit could not be removed: ${describeError(error)}`);
      return { removed: false };
    }
    await rm(folder, { recursive: true, force: true });
    ports.state.remove();
    return { removed };
  },
  report: ({ removed }, { removal }) => ({
    outputs: {},
    variables: {},
    paths: [],
    lines: removed ? [`removed ${nameOf(removal)}`] : [],
  }),
};

function nameOf(removal: Removal): string {
  return removal.kind === "container" ? `the container ${removal.name}` : "the BuildKit daemon";
}

function describeRemoval(removal: Removal): string {
  switch (removal.kind) {
    case "none":
      return "# there is nothing to remove";
    case "container":
      return formatCommand(removeCommand(removal));
    case "process":
      return `kill ${removal.pid}`;
    default:
      return removal satisfies never;
  }
}

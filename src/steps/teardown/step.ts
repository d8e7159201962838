import type { Step } from "../step.ts";
import { performWork } from "../step.ts";
import { teardownInputs } from "./inputs.ts";

/** Removes what setup made; with nothing to remove it succeeds, so that it can run whatever happened before. */
export const teardownStep: Step<typeof teardownInputs> = {
  name: "teardown",
  summary: "Remove the BuildKit daemon that setup started, its cache, and the state of this job.",
  inputs: teardownInputs,
  outputs: {},
  check: async () => [],
  perform: async (inputs, ports) => {
    const { teardownWork } = await import("./work.ts");
    return performWork("teardown", teardownWork, inputs, ports);
  },
};

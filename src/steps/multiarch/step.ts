import { describeError } from "../../errors.ts";
import { exec } from "../../exec.ts";
import { buildStep } from "../build/step.ts";
import { publishStep } from "../publish-manifest/step.ts";
import { setupStep } from "../setup/step.ts";
import type { Ports, Step } from "../step.ts";
import { teardownStep } from "../teardown/step.ts";
import { multiarchInputs } from "./inputs.ts";

/** setup, build and publish-manifest in one go, and teardown at the end, whatever happened. */
export const multiarchStep: Step<typeof multiarchInputs> = {
  name: "multiarch",
  summary: "Build one Dockerfile for several platforms and put one tag over them.",
  words: ["setup", "build", "publish-manifest", "teardown"],
  inputs: multiarchInputs,
  outputs: {
    ...publishStep.outputs,
    descriptors: buildStep.outputs["descriptors"] ?? "",
    metadata: buildStep.outputs["metadata"] ?? "",
  },
  check: (inputs, ports) => [
    ...setupStep.check(inputs, ports),
    ...buildStep.check({ ...inputs, builder: "" }, ports),
    ...publishStep.check({ ...inputs, descriptors: "" }, ports),
  ],
  perform: async (inputs, ports) => {
    try {
      const setup = await setupStep.perform(inputs, { ...ports, jobProcess: process.pid });
      const build = await buildStep.perform({ ...inputs, builder: "" }, ignoringBuilder(ports));
      const publish = await publishStep.perform({ ...inputs, descriptors: "" }, ports);
      return {
        step: "multiarch",
        outputs: { ...build.outputs, ...publish.outputs },
        ...(inputs.keep ? { variables: setup.variables, paths: setup.paths } : { variables: {}, paths: [] }),
      };
    } finally {
      if (!inputs.keep && !ports.dryRun) await tearDown(ports);
    }
  },
};

/** The daemon is the one that setup has just started, also where BUILDKIT_HOST names another. */
function ignoringBuilder(ports: Ports): Ports {
  const { BUILDKIT_HOST: _, ...env } = ports.env;
  return { ...ports, env };
}

/** Runs to its end also when the job was cancelled. */
async function tearDown(ports: Ports): Promise<void> {
  const uncancelled = { ...ports, exec, signal: new AbortController().signal };
  try {
    await teardownStep.perform({}, uncancelled);
  } catch (error) {
    ports.log.warning(`the clean-up failed: ${describeError(error)}`);
  }
}

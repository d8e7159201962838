import { describeError } from "../../errors.ts";
import { exec } from "../../exec.ts";
import type { Inputs } from "../../inputs/field.ts";
import type { StepOutputs } from "../../host/host.ts";
import { loads, pushes, withOutputTargets } from "../build/pushing.ts";
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
  outputs: { ...buildStep.outputs, ...publishStep.outputs },
  check: async (inputs, ports) => {
    const { build, publish, setup } = splitInputs(inputs);
    return [
      ...(await setupStep.check(setup, ports)),
      ...(await buildStep.check(build, ports)),
      ...(publish === undefined ? [] : await publishStep.check(publish, ports)),
    ];
  },
  perform: async (inputs, ports) => {
    const { build, publish, setup } = splitInputs(inputs);
    try {
      const prepared = await setupStep.perform(setup, { ...ports, jobProcess: process.pid });
      const built = await buildStep.perform(build, ignoringBuilder(ports));
      const published = publish === undefined ? undefined : await publishStep.perform(publish, ports);
      return joinOutputs(inputs.keep, prepared, built, published);
    } finally {
      if (!inputs.keep && !ports.dryRun) await tearDown(ports);
    }
  },
};

/** What is published is what was built here, whatever else build does for other jobs. */
const onlyBuilt = {
  descriptors: "",
  descriptorsFile: [],
  sources: [],
  handoff: "none",
  wait: 0,
  annotations: [],
} as const;

/** What each step gets. There is nothing to publish when nothing is pushed. */
function splitInputs(given: Inputs<typeof multiarchInputs>) {
  const inputs = withOutputTargets(given);
  const platforms = inputs.platforms.map(({ platform }) => platform);
  const here = inputs.platforms.filter(({ builder }) => builder === undefined);
  return {
    setup: {
      ...inputs,
      platforms: here.map(({ platform }) => platform),
      allow: inputs.network === "host" ? [...inputs.allow, "network.host"] : inputs.allow,
    },
    build: { ...inputs, builder: undefined },
    publish: publishes(inputs) ? { ...inputs, ...onlyBuilt, platforms } : undefined,
  };
}

/** To build for nothing but the cache is what somebody has to ask for, with `push: false` or an output. */
function publishes(inputs: Inputs<typeof multiarchInputs>): boolean {
  const { call, image, outputs, push, tags } = inputs;
  const asksNothing =
    push === undefined && image.length + tags.length + outputs.length === 0 && !loads(inputs);
  return call === "build" && (asksNothing || pushes(inputs));
}

function joinOutputs(
  keep: boolean,
  { paths, variables }: StepOutputs,
  built: StepOutputs,
  published: StepOutputs | undefined,
): StepOutputs {
  return {
    step: "multiarch",
    outputs: { ...built.outputs, ...published?.outputs },
    summary: [built.summary, published?.summary].filter(Boolean).join("\n"),
    ...(keep ? { variables, paths } : { variables: {}, paths: [] }),
  };
}

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

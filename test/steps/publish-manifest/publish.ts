import { join } from "node:path";
import { parseInputs } from "../../../src/inputs/parse.ts";
import type { JobFacts } from "../../../src/host/facts.ts";
import type { Descriptor } from "../../../src/oci/descriptor.ts";
import type { BuiltDescriptor, State } from "../../../src/state.ts";
import { openState } from "../../../src/state.ts";
import { exec } from "../../../src/exec.ts";
import { describeError } from "../../../src/errors.ts";
import { performPublish } from "../../../src/steps/publish-manifest/work.ts";
import { publishInputs } from "../../../src/steps/publish-manifest/inputs.ts";
import { publishStep } from "../../../src/steps/publish-manifest/step.ts";
import { refuse, type Ports } from "../../../src/steps/step.ts";
import { temporaryFolder } from "../../registry/bench.ts";

export type Published = {
  /** Undefined when it failed. */
  readonly outputs: Readonly<Record<string, string>> | undefined;
  /** The whole message; empty when it did not fail. */
  readonly failure: string;
  readonly log: readonly string[];
};

export type PublishOptions = {
  /** What build left in this job. */
  readonly state?: Partial<Pick<State, "annotations">> & {
    readonly builds?: Readonly<Record<string, readonly BuiltDescriptor[]>>;
  };
  readonly job?: JobFacts;
  readonly cwd?: string;
  readonly dryRun?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
};

/** The step as an entrypoint performs it, in this process. */
export async function publish(
  given: Readonly<Record<string, string>>,
  { cwd, dryRun = false, env = {}, job, signal, state }: PublishOptions = {},
): Promise<Published> {
  const folder = await temporaryFolder();
  const log: string[] = [];
  const { inputs, problems } = parseInputs(publishInputs, new Map(Object.entries(given)), {});
  const store = openState(join(folder, "state.json"), { dryRun: false });
  store.update((before) => ({ ...before, ...state, builds: state?.builds ?? {} }));
  const facts: JobFacts = job ?? { ci: "none", event: "unknown" };
  const say = (level: string) => (message: string) => void log.push(`${level}${message}`);
  const ports: Ports = {
    env: { DOCKER_CONFIG: folder, ...env },
    cwd: cwd ?? folder,
    log: {
      debug: say("debug: "),
      info: say(""),
      warning: say("warning: "),
      error: say("error: "),
      group: (title, lines) => void log.push(title, ...lines),
      untrusted: (title, lines) => void log.push(title, ...lines),
    },
    mask: () => {},
    exec,
    state: store,
    job: { fromCi: async () => facts, withGit: async () => ({ job: facts, git: { tags: [] } }) },
    terminal: undefined,
    jobProcess: undefined,
    dryRun,
    signal: signal ?? new AbortController().signal,
  };
  try {
    refuse([...problems, ...(await publishStep.check(inputs, ports))]);
    const { outputs } = await performPublish(inputs, ports);
    return { outputs, failure: "", log };
  } catch (error) {
    return { outputs: undefined, failure: describeError(error), log };
  }
}

export const asJson = (descriptors: readonly Descriptor[]): string => JSON.stringify(descriptors);

type Listed = {
  readonly digest: string;
  readonly mediaType: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: Readonly<Record<string, unknown>>;
};

export type IndexJson = {
  readonly mediaType: string;
  readonly manifests: readonly Listed[];
  readonly annotations?: Readonly<Record<string, string>>;
};

export const parseIndex = (text: string | undefined): IndexJson => JSON.parse(text ?? "") as IndexJson;

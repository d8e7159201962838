import { join } from "node:path";
import type { RunningProcess } from "../../buildkit/drivers/process-life.ts";
import type { NamedEndpoint } from "../../buildkit/drivers/endpoint.ts";
import { formatEndpoint } from "../../buildkit/drivers/endpoint.ts";
import { startCommand } from "../../buildkit/drivers/container.ts";
import type { RemotePlan } from "../../buildkit/drivers/remote.ts";
import { planRemote } from "../../buildkit/drivers/remote.ts";
import { formatCommand } from "../../exec.ts";
import type { Inputs } from "../../inputs/field.ts";
import { renderRegistryToml } from "../../registry/trust.ts";
import { resolveRegistries } from "../fields.ts";
import { daemonFlags } from "./daemon-flags.ts";
import type { setupInputs } from "./inputs.ts";
import { daemonLabels, labels, specOf } from "./labels.ts";
import type { ContainerPlan } from "./plan-container.ts";
import { planContainer } from "./plan-container.ts";
import type { SetupFacts } from "./probe.ts";
import { containerCommands } from "./start-container.ts";

/** A daemon as a process of this machine; its programs are known only when they are there. */
export interface ProcessPlan {
  readonly driver: "process";
  /** A folder for this daemon alone. */
  readonly folder: string;
  readonly temp: string;
  readonly job: string;
  readonly flags: readonly string[];
  /** Text of its buildkitd.toml, "" for none. */
  readonly config: string;
  readonly cleanup: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** What is done about a daemon of this job that runs already. */
  readonly existing: "none" | "use" | "replace";
  readonly running: RunningProcess | undefined;
}

/** Daemons that others run. */
export interface RemoteDaemonPlan {
  readonly driver: "remote";
  readonly remote: RemotePlan;
}

export type DaemonPlan = ContainerPlan | ProcessPlan | RemoteDaemonPlan;

/** The daemon by the driver that was chosen. `folder` is the job's own, `image` the BuildKit image of container drivers. */
export function planDaemon(
  inputs: Inputs<typeof setupInputs>,
  facts: SetupFacts,
  options: { readonly folder: string; readonly image: string },
): DaemonPlan {
  const { choice, cwd } = facts;
  const { folder, image } = options;
  if (choice.engine !== undefined) {
    return planContainer(inputs, facts, { engine: choice.engine.name, image, folder });
  }
  if (choice.driver === "remote") return planRemoteDaemon(inputs, choice.endpoints, folder, cwd);
  return planProcess(inputs, facts, folder);
}

/** Only this job has this folder, so a daemon that runs there is used, or replaced when it was to be another. */
function planProcess(inputs: Inputs<typeof setupInputs>, facts: SetupFacts, folder: string): ProcessPlan {
  const { cwd, runningProcess: running, state, temp } = facts;
  const flags = daemonFlags(inputs);
  const config = [
    inputs.buildkitdConfigInline || facts.config,
    renderRegistryToml(resolveRegistries(inputs.registries, cwd), (path) => path),
  ]
    .filter((part) => part !== "")
    .join("\n");
  const planned = daemonLabels(facts, specOf({ version: inputs.buildkitVersion, flags, config }));
  const isSame = running?.labels[labels.spec] === planned[labels.spec];
  return {
    driver: "process",
    folder: processFolder(folder),
    temp,
    job: state.job,
    flags,
    config,
    cleanup: inputs.cleanup,
    labels: planned,
    existing: running === undefined ? "none" : isSame ? "use" : "replace",
    running,
  };
}

/** Of the daemon, in the job's own folder. */
export function processFolder(folder: string): string {
  return join(folder, "buildkitd");
}

function planRemoteDaemon(
  inputs: Inputs<typeof setupInputs>,
  endpoints: readonly NamedEndpoint[],
  folder: string,
  cwd: string,
): RemoteDaemonPlan {
  const tls = {
    ca: inputs.tlsCa,
    cert: inputs.tlsCert,
    key: inputs.tlsKey,
    serverName: inputs.tlsServerName,
  };
  return {
    driver: "remote",
    remote: planRemote({ endpoints, tls, insecure: inputs.insecureEndpoints, folder, cwd }),
  };
}

/** The plan in lines for a person. */
export function describeDaemon(plan: DaemonPlan): readonly string[] {
  switch (plan.driver) {
    case "remote":
      return plan.remote.endpoints.map((endpoint) => `# uses the daemon at ${formatEndpoint(endpoint)}`);
    case "process":
      return plan.existing === "use"
        ? [`# the daemon in ${plan.folder} is used, which runs already`]
        : [`# starts buildkitd of the BuildKit release, with its files in ${plan.folder}`];
    case "docker-container":
    case "podman-container": {
      const commands = containerCommands(plan);
      return commands.length === 0
        ? [`# the daemon ${plan.container.name} is used, which runs already`]
        : [...commands, startCommand(plan.container)].map(formatCommand);
    }
    default:
      return plan satisfies never;
  }
}

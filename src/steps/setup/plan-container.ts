import type { ContainerEngine, DaemonContainer, InspectedDaemon } from "../../buildkit/drivers/container.ts";
import { filesInContainer } from "../../buildkit/drivers/container.ts";
import type { Endpoint, Removal } from "../../buildkit/drivers/driver.ts";
import { WorkError } from "../../errors.ts";
import type { Inputs } from "../../inputs/field.ts";
import type { RegistryTrust } from "../../registry/trust.ts";
import { renderRegistryToml } from "../../registry/trust.ts";
import { resolveRegistries } from "../fields.ts";
import { daemonFlags } from "./daemon-flags.ts";
import type { setupInputs } from "./inputs.ts";
import { daemonLabels, isAbandoned, labels, specOf } from "./labels.ts";
import type { SetupFacts } from "./probe.ts";

/** A file to put into the container: its text, or where its content is on this machine. */
export interface PlannedFile {
  /** Relative to /multiarch in the container. */
  readonly path: string;
  readonly text?: string;
  readonly source?: string;
}

export interface ContainerPlan {
  readonly driver: "docker-container" | "podman-container";
  readonly container: DaemonContainer;
  readonly files: readonly PlannedFile[];
  /** What is done about a container that has the name already. */
  readonly existing: "none" | "use" | "replace";
  /** The id of the one that is replaced. */
  readonly replaced?: string;
  /** Where a daemon of this job that is used again listens for TCP. */
  readonly exposed?: Endpoint;
  readonly removal: Removal;
}

/** The container that the daemon runs in. `folder` is this job's own. */
export function planContainer(
  inputs: Inputs<typeof setupInputs>,
  facts: SetupFacts,
  options: { readonly engine: ContainerEngine; readonly image: string; readonly folder: string },
): ContainerPlan {
  const { engine, image, folder } = options;
  const name = inputs.name === "" ? `multiarch-${facts.state.job}` : `multiarch-${inputs.name}`;
  const registries = resolveRegistries(inputs.registries, facts.cwd);
  const files = planFiles(inputs, facts, registries);
  const settings = {
    image,
    network: inputs.daemonNetwork,
    memory: inputs.memory,
    cpus: inputs.cpus,
    options: inputs.containerOptions,
    flags: daemonFlags(inputs),
    expose: inputs.expose,
    files,
  };
  const spec = specOf(settings);
  const existing = planExisting(name, spec, facts);
  return {
    driver: `${engine}-container`,
    files,
    existing,
    ...(existing === "replace" && facts.existing !== undefined ? { replaced: facts.existing.id } : {}),
    ...(existing === "use" && inputs.expose === "tcp" ? { exposed: knownEndpoint(name, facts) } : {}),
    container: {
      engine,
      name,
      image,
      labels: daemonLabels(facts, spec),
      ...given("network", inputs.daemonNetwork),
      ...given("memory", inputs.memory),
      ...given("cpus", inputs.cpus),
      options: inputs.containerOptions,
      flags: daemonFlags(inputs),
      ...(inputs.keepState ? { volume: name } : {}),
      ...(facts.sharesMachine ? { socket: { folder: `${folder}/socket`, ...socketGroup(facts) } } : {}),
      ...(files.length === 0 && inputs.expose === "none" ? {} : { files: `${folder}/files` }),
      ...(inputs.expose === "none" ? {} : { tcp: { hostNetwork: inputs.daemonNetwork === "host" } }),
      hasConfig: files.some(({ path }) => path === configFile),
    },
    removal:
      !inputs.cleanup || (existing === "use" && facts.existing?.labels[labels.job] !== facts.state.job)
        ? { kind: "none" }
        : { kind: "container", engine, name, keepVolume: inputs.keepState },
  };
}

const configFile = "buildkitd.toml";

/** Only the job that made the daemon has the certificates of its clients. */
function knownEndpoint(name: string, { existing, state }: SetupFacts): Endpoint {
  const exposed = state.builder?.exposed;
  if (exposed !== undefined && existing?.labels[labels.job] === state.job) return exposed;
  throw foreignTcp(name);
}

export function foreignTcp(name: string): WorkError {
  return new WorkError(`the daemon ${name} of another job listens for TCP with certificates of that job`, {
    fix: "use another name, or leave expose out in both",
  });
}

function given<K extends string>(key: K, value: string): { readonly [key in K]?: string } {
  return value === "" ? {} : ({ [key]: value } as { [key in K]: string });
}

/** Root may use any socket; others need it to belong to their group. */
function socketGroup({ user }: SetupFacts): { readonly group?: number } {
  return user.uid === 0 ? {} : { group: user.gid };
}

/** The daemon's configuration: the user's, and behind it what `registries` says. */
function planFiles(
  inputs: Inputs<typeof setupInputs>,
  facts: SetupFacts,
  registries: readonly RegistryTrust[],
): readonly PlannedFile[] {
  const sources = [...new Set(registries.flatMap(({ ca, cert, key }) => [ca, cert, key]))].filter(
    (path) => path !== undefined,
  );
  const nameOf = (source: string): string => `registries/${sources.indexOf(source)}.pem`;
  const config = [
    inputs.buildkitdConfigInline || facts.config,
    renderRegistryToml(registries, (source) => `${filesInContainer}/${nameOf(source)}`),
  ].filter((part) => part !== "");
  return [
    ...(config.length === 0 ? [] : [{ path: configFile, text: config.join("\n") }]),
    ...sources.map((source) => ({ path: nameOf(source), source })),
  ];
}

/** A neighbour's daemon is used when it is the same, and never removed while it lives. */
function planExisting(name: string, spec: string, facts: SetupFacts): ContainerPlan["existing"] {
  const { existing, now, state } = facts;
  if (existing === undefined) return "none";
  const judged = judgeExisting(name, spec, existing, { job: state.job, now });
  // One that a neighbour is just starting is found again when ours can't be made.
  return judged === "starts" ? "none" : judged;
}

/** What a container that has the name is to us; throws a WorkError when it is in the way. */
export function judgeExisting(
  name: string,
  spec: string,
  existing: InspectedDaemon,
  { job, now }: { readonly job: string; readonly now: number },
): "use" | "starts" | "replace" {
  const owner = existing.labels[labels.job];
  if (owner === undefined) {
    throw new WorkError(`there is a container ${name} that is not ours`, {
      fix: "choose another name, or remove it",
    });
  }
  const isSame = existing.labels[labels.spec] === spec;
  if (existing.running && isSame) return "use";
  if (owner === job || isAbandoned(existing, now)) return "replace";
  if (/^(?:exited|dead|stopped)$/.test(existing.status)) return "replace";
  if (isSame) return "starts";
  throw new WorkError(`the daemon ${name} of another job runs with other settings`, {
    fix: "use the same settings in both, or another name",
  });
}

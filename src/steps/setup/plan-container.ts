import { createHash } from "node:crypto";
import type { ContainerEngine, DaemonContainer } from "../../buildkit/drivers/container.ts";
import { filesInContainer } from "../../buildkit/drivers/container.ts";
import type { Removal } from "../../buildkit/drivers/driver.ts";
import { WorkError } from "../../errors.ts";
import type { Inputs } from "../../inputs/field.ts";
import type { RegistryTrust } from "../../registry/trust.ts";
import { renderRegistryToml } from "../../registry/trust.ts";
import { resolveRegistries } from "../fields.ts";
import type { setupInputs } from "./inputs.ts";
import { containerLabels, isAbandoned, labels } from "./labels.ts";
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
  const tcp = planTcp(inputs, facts);
  const settings = {
    image,
    network: inputs.network,
    memory: inputs.memory,
    cpus: inputs.cpus,
    options: inputs.containerOptions,
    flags: inputs.buildkitdFlags,
    expose: inputs.expose,
    files,
  };
  const spec = createHash("sha256").update(JSON.stringify(settings)).digest("hex").slice(0, 16);
  const existing = planExisting(name, spec, facts);
  return {
    driver: `${engine}-container`,
    files,
    existing,
    container: {
      engine,
      name,
      image,
      labels: containerLabels(facts, spec),
      ...given("network", inputs.network),
      ...given("memory", inputs.memory),
      ...given("cpus", inputs.cpus),
      options: inputs.containerOptions,
      flags: inputs.buildkitdFlags,
      ...(inputs.keepState ? { volume: name } : {}),
      ...(facts.sharesMachine ? { socket: { folder: `${folder}/socket`, ...socketGroup(facts) } } : {}),
      ...(files.length === 0 && tcp === undefined ? {} : { files: `${folder}/files` }),
      ...(tcp === undefined ? {} : { tcp }),
      hasConfig: files.some(({ path }) => path === configFile),
    },
    removal:
      !inputs.cleanup || (existing === "use" && facts.existing?.labels[labels.job] !== facts.state.job)
        ? { kind: "none" }
        : { kind: "container", engine, name, keepVolume: inputs.keepState },
  };
}

const configFile = "buildkitd.toml";
const tcpPort = 1234;

/** On the host's network the daemon's port is this machine's, so it has to be one that nobody has. */
function planTcp(inputs: Inputs<typeof setupInputs>, { freePort }: SetupFacts): DaemonContainer["tcp"] {
  if (inputs.expose !== "tcp") return undefined;
  const hostNetwork = inputs.network === "host";
  return { hostNetwork, port: hostNetwork ? freePort : tcpPort };
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

/** A neighbour's daemon is used when it is the same, and never removed. */
function planExisting(name: string, spec: string, facts: SetupFacts): ContainerPlan["existing"] {
  const { existing, now, state } = facts;
  if (existing === undefined) return "none";
  const job = existing.labels[labels.job];
  if (job === undefined) {
    throw new WorkError(`there is a container ${name} that is not ours`, {
      fix: "choose another name, or remove it",
    });
  }
  if (existing.running && existing.labels[labels.spec] === spec) return "use";
  if (job === state.job || isAbandoned(existing, now)) return "replace";
  throw new WorkError(`the daemon ${name} of another job runs with other settings`, {
    fix: "use the same settings in both, or another name",
  });
}

import { basename, dirname, resolve } from "node:path";
import type { Pairs } from "../../buildkit/buildctl.ts";
import { planAttestations } from "../../buildkit/attestation.ts";
import { formatCsv } from "../../buildkit/csv.ts";
import { WorkError } from "../../errors.ts";
import type { Inputs } from "../../inputs/field.ts";
import { formatPlatform } from "../../oci/platform.ts";
import { ociLabels } from "../../tags/oci-labels.ts";
import type { buildInputs } from "./inputs.ts";
import type { PlatformLine } from "./platform-line.ts";
import type { BuildFacts } from "./probe.ts";

type BuildInputs = Inputs<typeof buildInputs>;

/** What the Dockerfile frontend is told for one platform, and the folders that it may read. */
export interface FrontendPlan {
  readonly options: Pairs;
  readonly locals: Pairs;
  readonly ociLayouts: Pairs;
}

/** Options as moby/buildkit's `frontend/dockerui/config.go` and its Dockerfile frontend read them. */
export function planFrontend(
  inputs: BuildInputs,
  facts: BuildFacts,
  line: PlatformLine,
  version: string | undefined,
): FrontendPlan {
  const source = planSource(facts, line);
  const contexts = planContexts(inputs, facts);
  const isBuilt = inputs.call === "build";
  return {
    locals: [...source.locals, ...contexts.locals],
    ociLayouts: contexts.ociLayouts,
    options: [
      ...source.options,
      ["platform", formatPlatform(line.platform)],
      ...when(line.target ?? inputs.target, (target) => ["target", target]),
      ...buildArguments(inputs, facts, line).map(([name, value]) => [`build-arg:${name}`, value] as const),
      ...imageLabels(inputs, facts, version).map(([name, value]) => [`label:${name}`, value] as const),
      ...contexts.options,
      ...(inputs.addHosts.length === 0 ? [] : [["add-hosts", extraHosts(inputs, facts)] as const]),
      ...(inputs.network === "default" ? [] : [["force-network-mode", inputs.network] as const]),
      ...when(inputs.cgroupParent, (cgroup) => ["cgroup-parent", cgroup]),
      ...(inputs.shmSize === 0 ? [] : [["shm-size", String(inputs.shmSize)] as const]),
      ...(inputs.ulimit.length === 0 ? [] : [["ulimit", formatCsv(inputs.ulimit)] as const]),
      ...(inputs.pull ? [["image-resolve-mode", "pull"] as const] : []),
      ...(inputs.noCacheFilters.length === 0
        ? []
        : [["no-cache", formatCsv(inputs.noCacheFilters)] as const]),
      ...(isBuilt ? [...attestations(inputs, facts), ...versionControl(facts)] : callOptions(inputs)),
    ],
  };
}

function when(text: string, pair: (text: string) => readonly [string, string]): Pairs {
  return text === "" ? [] : [pair(text)];
}

function planSource(
  { context, cwd }: BuildFacts,
  line: PlatformLine,
): Pick<FrontendPlan, "options" | "locals"> {
  if (context.kind === "url") {
    const file = line.file ?? context.file;
    return { locals: [], options: [["context", context.url], ...when(file, (name) => ["filename", name])] };
  }
  const file = line.file === undefined ? context.file : resolve(cwd, line.file);
  return {
    locals: [
      ["context", context.path],
      ["dockerfile", dirname(file)],
    ],
    options: [["filename", basename(file)]],
  };
}

function planContexts({ buildContexts }: BuildInputs, { cwd, layouts }: BuildFacts): FrontendPlan {
  const options: (readonly [string, string])[] = [];
  const locals: (readonly [string, string])[] = [];
  const ociLayouts: (readonly [string, string])[] = [];
  for (const { name, source } of buildContexts) {
    switch (source.kind) {
      case "path": {
        // The main context and the Dockerfile's folder have these names already.
        const local = name === "context" || name === "dockerfile" ? `_${name}` : name;
        locals.push([local, resolve(cwd, source.path)]);
        options.push([`context:${name}`, `local:${local}`]);
        break;
      }
      case "image":
        options.push([`context:${name}`, `docker-image://${source.reference}`]);
        break;
      case "url":
        options.push([`context:${name}`, source.url]);
        break;
      case "oci-layout": {
        const id = `layout-${ociLayouts.length}`;
        ociLayouts.push([id, resolve(cwd, source.path)]);
        options.push([`context:${name}`, `oci-layout://${id}@${layouts[name]}`]);
        break;
      }
      default:
        source satisfies never;
    }
  }
  return { options, locals, ociLayouts };
}

/** Docker's configured proxies first, as `docker build` takes them, then what is given, the platform's own last. */
function buildArguments(inputs: BuildInputs, facts: BuildFacts, line: PlatformLine): Pairs {
  const given = [...inputs.buildArgs, ...line.buildArgs].map((argument): readonly [string, string] => {
    const equals = argument.indexOf("=");
    return equals === -1
      ? [argument, facts.env[argument] ?? ""]
      : [argument.slice(0, equals), argument.slice(equals + 1)];
  });
  const names = new Set(given.map(([name]) => name.toLowerCase()));
  const epoch = sourceDateEpoch(inputs, facts);
  return [
    ...new Map([
      ...facts.proxies.filter(([name]) => !names.has(name.toLowerCase())),
      ...(epoch === undefined ? [] : [["SOURCE_DATE_EPOCH", epoch] as const]),
      ...given,
    ]),
  ];
}

function sourceDateEpoch({ sourceDateEpoch: wanted }: BuildInputs, facts: BuildFacts): string | undefined {
  if (wanted !== "commit") return wanted === "" ? facts.sourceDateEpoch : wanted;
  if (facts.context.kind === "url") return "context";
  if (facts.git.commitTime !== undefined) return String(facts.git.commitTime);
  throw new WorkError(
    "source-date-epoch: the context is not in a Git repository, so there is no commit's time",
    {
      fix: "give the time in seconds instead of commit",
    },
  );
}

function imageLabels({ labels }: BuildInputs, facts: BuildFacts, version: string | undefined): Pairs {
  return [
    ...new Map(
      labels.flatMap((label) =>
        label === "auto"
          ? Object.entries(ociLabels(facts.job, version, facts.now, facts.git.commitTime))
          : [label],
      ),
    ),
  ];
}

function extraHosts({ addHosts }: BuildInputs, { hostGateway }: BuildFacts): string {
  return formatCsv(
    addHosts.map(({ address, host }) => {
      if (address !== "host-gateway") return `${host}=${address}`;
      if (hostGateway !== undefined) return `${host}=${hostGateway}`;
      throw new WorkError(
        `add-hosts: what host-gateway of ${host} is can't be known of a daemon that others run`,
        {
          fix: "write the address instead",
        },
      );
    }),
  );
}

function attestations(inputs: BuildInputs, facts: BuildFacts): Pairs {
  const { attests, load, outputs, provenance, sbom } = inputs;
  const isReproducible = inputs.sourceDateEpoch !== "";
  const intoDocker = load || outputs.some(({ type }) => type === "docker");
  const planned = planAttestations({
    attests,
    provenance,
    sbom,
    // What is built twice has two provenances, and Docker takes none.
    hasDefault: !intoDocker && !isReproducible && !facts.withoutDefaultAttestations,
    isPrivate: facts.job.isPrivate ?? true,
    onGithub: facts.job.ci === "github",
    builderId: facts.job.runUrl,
  });
  return [...planned].map(([type, parameters]) => [`attest:${type}`, parameters]);
}

/** What `docker buildx build` says about a folder that is in a Git repository. */
function versionControl({ git, inRepository }: BuildFacts): Pairs {
  if (inRepository === undefined) return [];
  return [
    ...when(git.repositoryUrl ?? "", (url) => ["vcs:source", url]),
    ...when(git.commit ?? "", (commit) => ["vcs:revision", commit]),
    ["vcs:localdir:context", inRepository.context],
    ["vcs:localdir:dockerfile", inRepository.file],
  ];
}

const requests = {
  check: "frontend.lint",
  lint: "frontend.lint",
  outline: "frontend.outline",
  targets: "frontend.targets",
};

function callOptions({ call }: BuildInputs): Pairs {
  return call === "build" ? [] : [["requestid", requests[call]]];
}

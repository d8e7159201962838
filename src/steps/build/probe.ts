import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import type { Pairs } from "../../buildkit/buildctl.ts";
import { proxyArguments } from "../../buildkit/docker-proxies.ts";
import type { Endpoint } from "../../buildkit/drivers/driver.ts";
import type { NamedEndpoint } from "../../buildkit/drivers/endpoint.ts";
import { planRemote } from "../../buildkit/drivers/remote.ts";
import { probeWorkers } from "../../buildkit/workers.ts";
import { WorkError } from "../../errors.ts";
import { ExecError, ProgramMissingError } from "../../exec.ts";
import type { GitFacts } from "../../git.ts";
import type { JobFacts } from "../../host/facts.ts";
import type { Inputs } from "../../inputs/field.ts";
import type { Platform } from "../../oci/platform.ts";
import { dockerConfigPath } from "../../registry/docker-config.ts";
import type { RegistryTrust } from "../../registry/trust.ts";
import { resolveRegistries } from "../fields.ts";
import type { Ports } from "../step.ts";
import { parseBuilder } from "./builder.ts";
import type { buildInputs } from "./inputs.ts";
import { layoutDigest } from "./oci-layout.ts";
import { findSecrets, maskSecrets } from "./secret-sources.ts";
import type { Source } from "./source.ts";
import { findSource } from "./source.ts";

type BuildInputs = Inputs<typeof buildInputs>;

export interface BuildFacts {
  readonly nodes: readonly BuildNode[];
  /** The nodes that single platforms name, by how they name them. */
  readonly builders: Readonly<Record<string, BuildNode>>;
  readonly buildctl: string;
  readonly registries: readonly RegistryTrust[];
  readonly cwd: string;
  /** Absolute path of a folder that does not exist yet, for the files of this run. */
  readonly folder: string;
  readonly context: Source;
  /** Where context and Dockerfile are in the Git repository of the working directory; "." is its root. */
  readonly inRepository: { readonly context: string; readonly file: string } | undefined;
  /** Digest of the image in each OCI layout, by the name of its build context. */
  readonly layouts: Readonly<Record<string, string>>;
  /** Values of the build arguments that were given by name alone. */
  readonly env: Readonly<Record<string, string>>;
  /** Build arguments that docker's config.json asks for. */
  readonly proxies: Pairs;
  /** Of the environment, in seconds. */
  readonly sourceDateEpoch: string | undefined;
  /** Ids of secrets that may be missing, and are. */
  readonly absentSecrets: readonly string[];
  /** Address of the daemon's machine as RUN steps see it, where that is known. */
  readonly hostGateway: string | undefined;
  readonly withoutDefaultAttestations: boolean;
  readonly wantsSummary: boolean;
  readonly job: JobFacts;
  readonly git: GitFacts;
  readonly now: Date;
}

/** A BuildKit daemon, and what it says it can build, its own platform first; empty when it can't be asked. */
export interface BuildNode {
  readonly endpoint: Endpoint;
  readonly workers: readonly Platform[];
}

export async function probeBuild(inputs: BuildInputs, ports: Ports): Promise<BuildFacts> {
  const { cwd, env } = ports;
  maskSecrets(inputs, ports);
  const { builder, registries = [] } = ports.state.read();
  const buildctl = builder?.buildctl ?? "buildctl";
  const given = resolveRegistries(inputs.registries, cwd);
  const context = findSource(inputs, await ports.job.fromCi(), cwd);
  const names = [...new Set(inputs.platforms.flatMap((line) => line.builder ?? []))];
  const ask = async (endpoint: Endpoint): Promise<BuildNode> => ({
    endpoint,
    workers: await askDaemon(buildctl, endpoint, ports),
  });
  const needsNodes =
    inputs.platforms.length === 0 || inputs.platforms.some((line) => line.builder === undefined);
  const [nodes, named, { git, job }, hostGateway] = await Promise.all([
    needsNodes ? probeNodes(findEndpoints(inputs, ports), inputs, ask, ports) : [],
    Promise.all(names.map((name) => ask(resolveBuilder(parseBuilder(name), ports)))),
    needsGit(inputs) ? ports.job.withGit() : { job: await ports.job.fromCi(), git: { tags: [] } },
    inputs.addHosts.some(({ address }) => address === "host-gateway") ? findHostGateway(ports) : undefined,
  ]);
  return {
    nodes,
    builders: Object.fromEntries(
      names.flatMap((name, index) => {
        const node = named[index];
        return node === undefined ? [] : [[name, node]];
      }),
    ),
    buildctl,
    registries: given.length > 0 ? given : registries,
    cwd,
    folder: join(env["RUNNER_TEMP"] || tmpdir(), `multiarch-build-${randomBytes(6).toString("hex")}`),
    context,
    inRepository: placeInRepository(context, git),
    layouts: readLayouts(inputs, cwd),
    env: namedArguments(inputs, ports),
    proxies: readProxies(ports),
    sourceDateEpoch: env["SOURCE_DATE_EPOCH"] || undefined,
    absentSecrets: findSecrets(inputs, ports).absent,
    hostGateway,
    withoutDefaultAttestations: /^(1|t|true)$/i.test(env["BUILDX_NO_DEFAULT_ATTESTATIONS"] ?? ""),
    wantsSummary: !/^(0|f|false)$/i.test(env["DOCKER_BUILD_SUMMARY"] ?? ""),
    job,
    git,
    now: new Date(),
  };
}

/** Git is asked for what provenance tells of the source, and for what is made of the commit. */
function needsGit(inputs: BuildInputs): boolean {
  const { annotations, attests, handoff, labels, provenance, sourceDateEpoch, tags } = inputs;
  return (
    !/^(0|f|false)$/i.test(provenance) ||
    attests.length > 0 ||
    [...labels, ...annotations].includes("auto") ||
    tags.some(({ kind }) => kind === "rule" || kind === "auto") ||
    sourceDateEpoch === "commit" ||
    handoff === "registry"
  );
}

/** One daemon that setup has just started is what it was, and there is nothing to choose: it need not be asked. */
async function probeNodes(
  endpoints: readonly Endpoint[],
  { platforms }: BuildInputs,
  ask: (endpoint: Endpoint) => Promise<BuildNode>,
  { state }: Ports,
): Promise<readonly BuildNode[]> {
  const { builder } = state.read();
  const [only, ...others] = endpoints;
  const isOurs = only !== undefined && builder?.endpoints[0]?.address === only.address;
  if (isOurs && others.length === 0 && platforms.length > 0 && builder?.architecture !== undefined) {
    return [{ endpoint: only, workers: [{ os: "linux", architecture: builder.architecture }] }];
  }
  return Promise.all(endpoints.map(ask));
}

/** What is named counts first; BUILDKIT_HOST is often our own setup's, which knows its certificates, too. */
function findEndpoints({ builder }: BuildInputs, ports: Ports): readonly Endpoint[] {
  const known = ports.state.read().builder?.endpoints ?? [];
  const host = ports.env["BUILDKIT_HOST"] ?? "";
  if (builder !== undefined) return [resolveBuilder(builder, ports)];
  if (host !== "") return known[0]?.address === host ? known : [{ address: host }];
  if (known.length > 0) return known;
  throw new WorkError("there is no BuildKit daemon to build with", {
    fix: "run setup before build, or set BUILDKIT_HOST or builder to the address of one",
  });
}

/** An endpoint of this job's setup has its certificates from there. */
function resolveBuilder(named: NamedEndpoint, { cwd, log, state }: Ports): Endpoint {
  const { builder } = state.read();
  const known = [...(builder?.endpoints ?? []), ...(builder?.exposed === undefined ? [] : [builder.exposed])];
  const same = known.find(({ address }) => address === named.address);
  if (same !== undefined) return same;
  const { endpoints, warnings } = planRemote({
    endpoints: [named],
    tls: {},
    insecure: true,
    folder: "",
    cwd,
  });
  for (const warning of warnings) log.warning(warning);
  const [endpoint] = endpoints;
  if (endpoint === undefined) throw new WorkError(`${named.address} is no daemon`);
  return endpoint;
}
async function askDaemon(buildctl: string, endpoint: Endpoint, ports: Ports): Promise<readonly Platform[]> {
  try {
    return await probeWorkers(buildctl, endpoint, ports.exec);
  } catch (error) {
    // A dry run of all steps comes here before the daemon exists.
    if (ports.dryRun) return [];
    if (error instanceof ProgramMissingError) {
      throw new WorkError("buildctl was not found", {
        cause: error,
        fix: "run setup before build, which fetches it, or put buildctl on PATH",
      });
    }
    if (!(error instanceof ExecError)) throw error;
    throw new WorkError(`the BuildKit daemon at ${endpoint.address} does not answer`, {
      cause: error,
      fix: "is it still running? setup starts one; BUILDKIT_HOST or builder name another",
    });
  }
}

function namedArguments({ buildArgs, platforms }: BuildInputs, { env }: Ports): Record<string, string> {
  const all = [...buildArgs, ...platforms.flatMap((line) => line.buildArgs)];
  return Object.fromEntries(
    all.filter((argument) => !argument.includes("=")).map((name) => [name, env[name] ?? ""]),
  );
}

function readLayouts({ buildContexts }: BuildInputs, cwd: string): Record<string, string> {
  return Object.fromEntries(
    buildContexts.flatMap(({ name, source }) =>
      source.kind === "oci-layout"
        ? [[name, source.digest ?? layoutDigest(resolve(cwd, source.path), source.tag)]]
        : [],
    ),
  );
}

/** What docker's config.json says of proxies; one that can't be read is a matter of the credentials in it. */
function readProxies({ env }: Ports): Pairs {
  const path = dockerConfigPath(env);
  if (path === undefined || !existsSync(path)) return [];
  try {
    return proxyArguments(JSON.parse(readFileSync(path, "utf8")), env["DOCKER_HOST"]);
  } catch {
    return [];
  }
}

function placeInRepository(context: Source, git: GitFacts): BuildFacts["inRepository"] {
  if (context.kind === "url" || git.root === undefined) return undefined;
  const place = (path: string): string => relative(git.root ?? "", realpathSync(path)) || ".";
  const [folder, dockerfiles] = [place(context.path), place(dirname(context.file))];
  return folder.startsWith("..") || dockerfiles.startsWith("..")
    ? undefined
    : { context: folder, file: dockerfiles };
}

/** BuildKit's RUN steps are on the network of the daemon: in a container of ours, the machine is that one's gateway. */
async function findHostGateway({ exec, state }: Ports): Promise<string | undefined> {
  const removal = state.read().builder?.removal;
  if (removal?.kind === "process") return "127.0.0.1";
  if (removal?.kind !== "container") return undefined;
  const format =
    "--format={{.HostConfig.NetworkMode}} {{range .NetworkSettings.Networks}}{{.Gateway}} {{end}}";
  const { stdout } = await exec({
    program: removal.engine,
    args: ["container", "inspect", format, removal.name],
  });
  const [mode, gateway] = stdout.trim().split(/\s+/);
  return mode === "host" ? "127.0.0.1" : gateway;
}

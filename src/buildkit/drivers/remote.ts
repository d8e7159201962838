import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describeError, InputError, WorkError } from "../../errors.ts";
import type { Exec } from "../../exec.ts";
import { ExecError } from "../../exec.ts";
import type { Platform } from "../../oci/platform.ts";
import { formatPlatform, samePlatform } from "../../oci/platform.ts";
import { checkTls } from "../tls/check.ts";
import type { NamedPem } from "../tls/check.ts";
import type { PrivateFile } from "../tls/files.ts";
import { parseWorkers } from "../workers.ts";
import type { Endpoint, TlsFiles } from "./driver.ts";
import type { NamedEndpoint, TlsSources } from "./endpoint.ts";
import { endpointArguments, isLoopback, tcpHost } from "./endpoint.ts";

/** Daemons that somebody else runs. */
export interface RemoteRequest {
  readonly endpoints: readonly NamedEndpoint[];
  /** For the tcp endpoints that do not bring their own. */
  readonly tls: TlsSources;
  /** Also use what is neither encrypted nor authenticated. */
  readonly insecure: boolean;
  /** Private folder of the job, for PEM text that must become files. */
  readonly folder: string;
  readonly cwd: string;
}

export interface RemotePlan {
  readonly endpoints: readonly Endpoint[];
  /** To be written before buildctl is called, and removed with the job. */
  readonly files: readonly PrivateFile[];
  /** Lines of private keys, to be masked. */
  readonly secrets: readonly string[];
  readonly warnings: readonly string[];
}

/** Inputs to endpoints; an InputError names all that is wrong. Nothing is read or written yet. */
export function planRemote({ cwd, endpoints, folder, insecure, tls }: RemoteRequest): RemotePlan {
  const problems: string[] = [];
  const warnings: string[] = [];
  const files = new Map<string, string>();
  const secrets = new Set<string>();

  const place = (source: string, name: string): string => {
    if (!isPem(source)) return resolve(cwd, source);
    const path = join(folder, "tls", name);
    files.set(path, plainPem(source));
    if (name.endsWith("key.pem")) for (const line of secretLines(source)) secrets.add(line);
    return path;
  };
  const planned = endpoints.map((endpoint, index): Endpoint => {
    const { address, platforms } = endpoint;
    const named = { address, ...(platforms === undefined ? {} : { platforms }) };
    const host = tcpHost(address);
    if (host === undefined) return named;
    const pick = (name: keyof TlsSources): string | undefined => endpoint.tls[name] || tls[name] || undefined;
    const prefix = (name: keyof TlsSources): string => (endpoint.tls[name] ? `${index + 1}-` : "");
    const [ca, cert, key, serverName] = [pick("ca"), pick("cert"), pick("key"), pick("serverName")];
    const safety = judgeTls({ address, host, insecure, ca, cert, key });
    problems.push(...safety.problems);
    warnings.push(...safety.warnings);
    if (ca === undefined) return named;
    const tlsFiles: TlsFiles = {
      ca: place(ca, `${prefix("ca")}ca.pem`),
      ...(cert === undefined ? {} : { cert: place(cert, `${prefix("cert")}cert.pem`) }),
      ...(key === undefined ? {} : { key: place(key, `${prefix("key")}key.pem`) }),
      ...(serverName === undefined ? {} : { serverName }),
    };
    return { ...named, tls: tlsFiles };
  });
  const addresses = endpoints.map(({ address }) => address);
  for (const address of new Set(addresses.filter((each, index) => addresses.indexOf(each) !== index))) {
    problems.push(`the endpoint ${address} is named twice`);
  }
  if (!addresses.some((address) => tcpHost(address) !== undefined) && Object.values(tls).some(Boolean)) {
    problems.push(
      "tls-ca, tls-cert, tls-key and tls-server-name are for tcp:// endpoints, and there is none",
    );
  }
  if (problems.length > 0) throw new InputError(problems);
  return {
    endpoints: planned,
    files: [...files].map(([path, text]) => ({ path, text })),
    secrets: [...secrets],
    warnings,
  };
}

/** https://github.com/moby/buildkit#expose-buildkit-as-a-tcp-service: who reaches a daemon may do with it what he likes. */
function judgeTls(options: {
  readonly address: string;
  readonly host: string;
  readonly insecure: boolean;
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}): Pick<RemotePlan, "warnings"> & { readonly problems: readonly string[] } {
  const { address, ca, cert, host, insecure, key } = options;
  const missing = [
    ...(ca === undefined ? ["tls-ca"] : []),
    ...(cert === undefined ? ["tls-cert"] : []),
    ...(key === undefined ? ["tls-key"] : []),
  ];
  if (missing.length === 0) return { problems: [], warnings: [] };
  if ((cert === undefined) !== (key === undefined)) {
    return { problems: [`${address}: tls-cert and tls-key go together`], warnings: [] };
  }
  if (ca === undefined && cert !== undefined) {
    return {
      problems: [`${address}: tls-ca is missing, and buildctl trusts no daemon without it`],
      warnings: [],
    };
  }
  if (isLoopback(host)) return { problems: [], warnings: [] };
  const danger = "whoever reaches it may run anything on it, and read what is built";
  const lacks = `${address} has no ${missing.join(", no ")}`;
  return insecure
    ? { problems: [], warnings: [`${lacks}: ${danger} (insecure-endpoints is set)`] }
    : {
        problems: [`${lacks}: ${danger}; give them, or set insecure-endpoints if nobody else can reach it`],
        warnings: [],
      };
}

function isPem(source: string): boolean {
  return source.includes("-----BEGIN ");
}

/** CI variables often hold `\n` for the line breaks. */
function plainPem(source: string): string {
  const text = /[\r\n]/.test(source.trim()) ? source : source.replaceAll(String.raw`\n`, "\n");
  return `${text.replaceAll("\r\n", "\n").trim()}\n`;
}

function secretLines(source: string): readonly string[] {
  // A few characters say nothing, and would be hidden wherever else they stand.
  return plainPem(source)
    .split("\n")
    .filter((line) => line.length >= 8 && !line.startsWith("-----"));
}

/**
 * Reads certificates and keys and says what is wrong with them before a connection is tried: an InputError for all of
 * them, or warnings.
 */
export function checkRemoteTls(
  { endpoints, files }: Pick<RemotePlan, "endpoints" | "files">,
  now: Date,
): readonly string[] {
  const problems = new Set<string>();
  const warnings = new Set<string>();
  const inline = new Map(files.map(({ path, text }) => [path, text]));
  const read = (name: string, path: string | undefined): NamedPem | undefined => {
    if (path === undefined) return undefined;
    const text = inline.get(path);
    if (text !== undefined) return { name, pem: text };
    try {
      return { name: `${name} (${path})`, pem: readFileSync(path, "utf8") };
    } catch (error) {
      problems.add(`${name} can't be read: ${describeError(error)}`);
      return undefined;
    }
  };
  for (const { tls } of endpoints) {
    if (tls === undefined) continue;
    const ca = read("tls-ca", tls.ca);
    const cert = read("tls-cert", tls.cert);
    const key = read("tls-key", tls.key);
    if (ca === undefined) continue;
    const findings = checkTls({ ca, cert, key }, now);
    for (const problem of findings.problems) problems.add(problem);
    for (const warning of findings.warnings) warnings.add(warning);
  }
  if (problems.size > 0) throw new InputError([...problems]);
  return [...warnings];
}

/** A daemon that answered. */
export interface ProbedEndpoint {
  readonly endpoint: Endpoint;
  /** What it can build, its own platform first. */
  readonly platforms: readonly Platform[];
  /** `v0.32.2`; undefined when it did not say, as very old ones do not. */
  readonly version: string | undefined;
}

/** The first with attestations, and with all that our builds ask of a daemon. */
const oldestDaemon = "v0.11.0";
const answerMilliseconds = 15_000;

/** Asks all daemons at a time what they can build; a WorkError names each that can't be used, why, and what to do. */
export async function probeEndpoints(
  endpoints: readonly Endpoint[],
  ports: { readonly buildctl: string; readonly exec: Exec; readonly signal?: AbortSignal },
): Promise<readonly ProbedEndpoint[]> {
  const answers = await Promise.allSettled(endpoints.map((endpoint) => probeEndpoint(endpoint, ports)));
  const failures = answers.flatMap((answer) =>
    answer.status === "rejected" ? [answer.reason as unknown] : [],
  );
  const other = failures.find((failure) => !(failure instanceof WorkError));
  if (other !== undefined) throw other;
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new WorkError(failures.map(describeError).join("\n"));
  return answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
}

async function probeEndpoint(
  endpoint: Endpoint,
  { buildctl, exec, signal }: Parameters<typeof probeEndpoints>[1],
): Promise<ProbedEndpoint> {
  const timeout = AbortSignal.timeout(answerMilliseconds);
  let stdout: string;
  try {
    const command = {
      program: buildctl,
      args: [...endpointArguments(endpoint), "debug", "workers", "--format={{json .}}"],
    };
    const signals = signal === undefined ? [timeout] : [timeout, signal];
    ({ stdout } = await exec(command, { signal: AbortSignal.any(signals) }));
  } catch (error) {
    if (signal?.aborted) throw error;
    if (timeout.aborted) throw unusable(endpoint, `no answer in ${answerMilliseconds / 1000} s`);
    if (error instanceof ExecError) throw unusable(endpoint, error.stderr.trim(), error);
    throw error;
  }
  return judgeAnswer(endpoint, stdout);
}

/** The answer of `buildctl debug workers` compared with what is wanted of the daemon. */
export function judgeAnswer(endpoint: Endpoint, stdout: string): ProbedEndpoint {
  const platforms = parseWorkers(stdout);
  const version = parseVersion(stdout);
  if (version !== undefined && isOlder(version, oldestDaemon)) {
    throw new WorkError(`the BuildKit daemon at ${endpoint.address} is too old: ${version}`, {
      fix: `bring it up to ${oldestDaemon} at least`,
    });
  }
  const missing = (endpoint.platforms ?? []).filter((wanted) => !canBuild(platforms, wanted));
  if (missing.length > 0) {
    throw new WorkError(
      `the BuildKit daemon at ${endpoint.address} can't build ${missing.map(formatPlatform).join(", ")}, for which ` +
        `it was named; it can build ${platforms.map(formatPlatform).join(", ")}`,
      { fix: "correct platforms= of the endpoint, or register emulators on the daemon's machine" },
    );
  }
  return { endpoint, platforms, version };
}

/** An arm machine or emulator that runs v7 runs the variants below it, too. */
function canBuild(available: readonly Platform[], wanted: Platform): boolean {
  const level = (platform: Platform): number => Number(platform.variant?.slice(1) ?? 0);
  return available.some(
    (platform) =>
      samePlatform(platform, wanted) ||
      (wanted.architecture === "arm" &&
        platform.architecture === "arm" &&
        platform.os === wanted.os &&
        level(wanted) <= level(platform)),
  );
}

function parseVersion(stdout: string): string | undefined {
  const workers = JSON.parse(stdout) as readonly {
    readonly buildkitVersion?: { readonly version?: string };
  }[];
  return workers[0]?.buildkitVersion?.version;
}

/** Only what begins as a release's version does is compared: forks and development builds have others. */
function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => /^v?(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number));
  if (a === undefined || b === undefined) return false;
  if (a.join(".") === "0.0") return false;
  return (a[0] ?? 0) - (b[0] ?? 0) < 0 || (a[0] === b[0] && (a[1] ?? 0) < (b[1] ?? 0));
}

function unusable(endpoint: Endpoint, said: string, cause?: ExecError): WorkError {
  const { why, fix } = explainFailure(endpoint, said);
  return new WorkError(`the BuildKit daemon at ${endpoint.address} can't be used: ${why}`, { fix, cause });
}

interface Explanation {
  readonly why: string;
  readonly fix: string;
}

const asksForCertificate: Explanation = {
  why: "it asks for a client certificate",
  fix: "give tls-cert and tls-key",
};
const refusesCertificate: Explanation = {
  why: "it refuses our client certificate",
  fix: "give a tls-cert that is signed by the authority which the daemon was started with (--tlscacert)",
};

/** What buildctl v0.32.2 says, with what it means; the first that fits. */
const explanations: readonly (Explanation & { readonly pattern: RegExp })[] = [
  {
    pattern: /signed by unknown authority/,
    why: "its certificate is not from the authority in tls-ca",
    fix: "give the authority that signed the daemon's certificate as tls-ca",
  },
  {
    pattern: /certificate has expired or is not yet valid/,
    why: "its certificate has expired or is not valid yet",
    fix: "renew the daemon's certificate, and check the clock of this machine",
  },
  {
    pattern: /certificate is valid for|doesn't contain any IP SANs|certificate is not valid for any names/,
    why: "its certificate is for another name",
    fix: "use that name in the address, or say it with tls-server-name",
  },
  { pattern: /certificate required/, ...asksForCertificate },
  {
    pattern:
      /tls: (?:unknown certificate|bad certificate|unknown certificate authority)|tls: expired certificate/,
    ...refusesCertificate,
  },
  {
    pattern: /does not look like a TLS handshake/,
    why: "it does not speak TLS",
    fix: "start it with --tlscert, --tlskey and --tlscacert",
  },
  {
    pattern: /buildctl: (?:command )?not found|exit status 127/,
    why: "there is no buildctl on its PATH, through which it is reached",
    fix: "put buildctl on the PATH that a login there has",
  },
  {
    pattern: /exec: \\?"([\w-]+)\\?": executable file not found/,
    why: "the program that connects to it is not here",
    fix: "install it or put it on PATH",
  },
  {
    pattern: /No such container|no container with name or ID/i,
    why: "there is no such container",
    fix: "start it, or correct its name",
  },
  {
    pattern: /is not running|container state improper/i,
    why: "its container does not run",
    fix: "start the container",
  },
  {
    pattern: /pods? \\?"[^"]*" not found/,
    why: "there is no such pod",
    fix: "correct the pod's name, and say ?namespace=… if it is not in the default one",
  },
  {
    pattern: /Cannot connect to the Docker daemon|connection to the server .* was refused/i,
    why: "the engine or cluster that runs it does not answer",
    fix: "start that, or point DOCKER_HOST or KUBECONFIG at the right one",
  },
  {
    pattern: /no such host|Temporary failure in name resolution|Could not resolve hostname/,
    why: "its host is unknown",
    fix: "correct the host's name",
  },
  {
    pattern: /permission denied/i,
    why: "this user may not talk to it",
    fix: "for a socket, run as a user of its group (buildkitd --group); for ssh, give this user a key",
  },
  {
    pattern: /connection refused|no such file or directory/i,
    why: "nobody listens there",
    fix: "start the daemon, or correct the address",
  },
  {
    pattern: /no route to host|network is unreachable|i\/o timeout|deadline exceeded|no answer in/i,
    why: "it does not answer",
    fix: "check the address, and that no firewall is in between",
  },
  {
    pattern: /server preface|broken pipe|connection reset|frame too large|malformed header|Unimplemented|EOF/,
    why: "what answers there does not speak with us as BuildKit does",
    fix: "check host and port; a daemon that is started with TLS needs tls-ca, tls-cert and tls-key here",
  },
];

function explainFailure({ tls }: Endpoint, said: string): Explanation {
  // A daemon that refuses a client may just hang up before its reason arrives.
  if (tls !== undefined && /broken pipe|connection reset|preface: EOF/.test(said)) {
    return tls.cert === undefined ? asksForCertificate : refusesCertificate;
  }
  return (
    explanations.find(({ pattern }) => pattern.test(said)) ?? {
      why: said.split("\n").at(-1) ?? "",
      fix: "see what buildctl says, and the daemon's own log",
    }
  );
}

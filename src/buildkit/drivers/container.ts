import { dockerRunAdvice } from "../../container-engine.ts";
import { describeError, WorkError } from "../../errors.ts";
import type { Command, Exec } from "../../exec.ts";
import { ExecError } from "../../exec.ts";
import { parsePublishedPort } from "./published-port.ts";
import { awaitReady, canConnect } from "./readiness.ts";

/** The programs that run containers; for what we ask, their command lines are the same. */
export type ContainerEngine = "docker" | "podman";

/** A BuildKit daemon in a privileged container. */
export interface DaemonContainer {
  readonly engine: ContainerEngine;
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly network?: string;
  readonly memory?: string;
  readonly cpus?: string;
  /** More options of `docker create`. */
  readonly options: readonly string[];
  /** Flags of buildkitd. */
  readonly flags: readonly string[];
  /** A named volume for the daemon's cache; without it the cache goes with the container. */
  readonly volume?: string;
  /** A folder of this machine in which the daemon puts a socket, and the group that may use it. */
  readonly socket?: { readonly folder: string; readonly group?: number };
  /** A folder of this machine that is copied to /multiarch, as the engine may be on another machine. */
  readonly files?: string;
  /** Whether `files` holds a buildkitd.toml. */
  readonly hasConfig: boolean;
  /** Listen for TCP with the certificates in `files`: on the port of its own network, or on any free one of the host's. */
  readonly tcp?: { readonly hostNetwork: boolean };
}

/** Where `files` is in the container. */
export const filesInContainer = "/multiarch";
const socketFolderInContainer = "/run/multiarch";
export const socketName = "buildkitd.sock";
/** In a network of its own, where nobody else can have it. */
const ownPort = 1234;

/** What buildctl takes as `--addr`: it connects through `docker exec`, so no port is opened. */
export function containerAddress({ engine, name }: Pick<DaemonContainer, "engine" | "name">): string {
  return `${engine}-container://${name}`;
}

/** The commands that make the container, its files inside, but not running yet. */
export function createCommands(container: DaemonContainer): readonly Command[] {
  const { engine, files, image, labels, name, tcp, volume } = container;
  const create = [
    "create",
    // The caller pulls, from mirrors and with patience.
    "--pull=never",
    `--name=${name}`,
    ...Object.entries(labels).map(([label, value]) => `--label=${label}=${value}`),
    "--privileged",
    ...option("network", container.network),
    ...option("memory", container.memory),
    ...option("cpus", container.cpus),
    ...(volume === undefined ? [] : [`--volume=${volume}:/var/lib/buildkit`]),
    ...(container.socket === undefined
      ? []
      : [`--volume=${container.socket.folder}:${socketFolderInContainer}`]),
    ...(tcp === undefined || tcp.hostNetwork ? [] : [`--publish=127.0.0.1::${ownPort}`]),
    ...container.options,
    image,
    ...daemonFlags(container),
  ];
  return [
    { program: engine, args: create },
    ...(files === undefined ? [] : [{ program: engine, args: ["cp", files, `${name}:${filesInContainer}`] }]),
  ];
}

function option(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`--${name}=${value}`];
}

/** The first address is buildkitd's own default, which it gives up as soon as one is named. */
function daemonFlags({ flags, hasConfig, socket, tcp }: DaemonContainer): string[] {
  const addresses = [
    ...(socket === undefined ? [] : [`unix://${socketFolderInContainer}/${socketName}`]),
    // The kernel chooses among the host's ports: one that is looked for before may be taken when it is wanted.
    ...(tcp === undefined ? [] : [tcp.hostNetwork ? "tcp://127.0.0.1:0" : `tcp://0.0.0.0:${ownPort}`]),
  ];
  const tls = `${filesInContainer}/tls`;
  return [
    ...(addresses.length === 0 ? [] : ["--addr=unix:///run/buildkit/buildkitd.sock"]),
    ...addresses.map((address) => `--addr=${address}`),
    ...(socket?.group === undefined ? [] : [`--group=${socket.group}`]),
    ...(tcp === undefined
      ? []
      : [`--tlscacert=${tls}/ca.pem`, `--tlscert=${tls}/server-cert.pem`, `--tlskey=${tls}/server-key.pem`]),
    ...(hasConfig ? [`--config=${filesInContainer}/buildkitd.toml`] : []),
    ...flags,
  ];
}

/** The command that starts a daemon that was created. */
export function startCommand({ engine, name }: Pick<DaemonContainer, "engine" | "name">): Command {
  return { program: engine, args: ["start", name] };
}

/** The command that removes a daemon with the cache that belongs to it alone. */
export function removeCommand({ engine, name }: Pick<DaemonContainer, "engine" | "name">): Command {
  return { program: engine, args: ["rm", "--force", "--volumes", name] };
}

/** Makes the container; the error says what the engine said, and what it commonly means. */
export async function createDaemon(image: string, commands: readonly Command[], exec: Exec): Promise<void> {
  for (const command of commands) await runForDaemon(image, command, exec);
}

/** Starts the daemon; gives the address by which it answers, which is its socket where that is the same file system. */
export async function startDaemon(container: DaemonContainer, exec: Exec): Promise<string> {
  await runForDaemon(container.image, startCommand(container), exec);
  return awaitDaemon(container, container.socket?.folder, exec);
}

/** Waits for a daemon that somebody else starts; gives the address by which it answers. */
export async function joinDaemon(container: DaemonContainer, exec: Exec): Promise<string> {
  return awaitDaemon(container, undefined, exec);
}

async function awaitDaemon(
  container: DaemonContainer,
  socketFolder: string | undefined,
  exec: Exec,
): Promise<string> {
  const path = socketFolder === undefined ? undefined : `${socketFolder}/${socketName}`;
  const throughSocket = await awaitReady({
    connects: path === undefined ? undefined : () => canConnect(path),
    answers: () => answersThroughExec(container, exec),
    failure: () => daemonFailure(container, exec),
    log: () => readLogs(container, exec),
  });
  return throughSocket ? `unix://${path}` : containerAddress(container);
}

/** The port of this machine's loopback on which a daemon that was started listens for TCP. */
export async function findTcpPort(container: DaemonContainer, exec: Exec): Promise<number> {
  const { engine, name, tcp } = container;
  if (tcp?.hostNetwork !== true) {
    const { stdout } = await exec({ program: engine, args: ["port", name, `${ownPort}/tcp`] });
    return parsePublishedPort(stdout);
  }
  // It listens on its socket first, and says where else once it serves.
  let port: number | undefined;
  await awaitReady({
    connects: async () => {
      const { stderr, stdout } = await exec({ program: engine, args: ["logs", name] });
      port = listeningPort(`${stdout}${stderr}`);
      return port !== undefined;
    },
    answers: () => Promise.resolve(false),
    failure: () => daemonFailure(container, exec),
    log: () => readLogs(container, exec),
  });
  return port ?? 0;
}

/** Out of buildkitd's log, be it text or JSON. */
function listeningPort(log: string): number | undefined {
  const port = /running server on 127\.0\.0\.1:(\d+)/.exec(log)?.[1];
  return port === undefined ? undefined : Number(port);
}

/** Whether a container could not be made because there is one of the name. */
export function isNameTaken(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ExecError && /name "?\S+"? is already in use/i.test(cause.stderr)) return true;
  }
  return false;
}

async function runForDaemon(image: string, command: Command, exec: Exec): Promise<void> {
  try {
    await exec(command);
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
    throw new WorkError(`BuildKit did not start from ${image}`, {
      cause: error,
      fix: dockerRunAdvice(error.stderr),
    });
  }
}

async function answersThroughExec({ engine, name }: DaemonContainer, exec: Exec): Promise<boolean> {
  try {
    const { stdout } = await exec({ program: engine, args: ["exec", name, "buildctl", "debug", "workers"] });
    // Docker also ends well when the connection to what it runs breaks off, and then nothing was answered.
    return stdout.trim() !== "";
  } catch (error) {
    if (error instanceof ExecError) return false;
    throw error;
  }
}

/** Why the daemon will never answer, or undefined while it may. */
async function daemonFailure(container: DaemonContainer, exec: Exec): Promise<WorkError | undefined> {
  const { name } = container;
  const found = await inspectDaemon(container, exec);
  if (found?.running === true) return undefined;
  const said = found === undefined ? "it was removed" : await readLogs(container, exec);
  return new WorkError(`BuildKit in the container ${name} ended at once:\n${said}`);
}

/** What is known of a container. */
export interface InspectedDaemon {
  /** Unlike the name it is never another's. */
  readonly id: string;
  readonly image: string;
  readonly running: boolean;
  /** The engine's word: created, running, exited, … */
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What a container runs and whether it does; undefined when there is none of that name. */
export async function inspectDaemon(
  { engine, name }: Pick<DaemonContainer, "engine" | "name">,
  exec: Exec,
): Promise<InspectedDaemon | undefined> {
  const format =
    '--format={"id":{{json .ID}},"running":{{json .State.Running}},"status":{{json .State.Status}},' +
    '"image":{{json .Config.Image}},"labels":{{json .Config.Labels}}}';
  try {
    const { stdout } = await exec({ program: engine, args: ["container", "inspect", format, name] });
    const { labels, ...rest } = JSON.parse(stdout) as InspectedDaemon & { readonly labels: unknown };
    return { ...rest, labels: labels ?? {} };
  } catch (error) {
    if (error instanceof ExecError) return undefined;
    throw error;
  }
}

/** The daemon's log, but for its middle when it is long: a usage text begins with what is wrong. */
export async function readLogs(
  { engine, name }: Pick<DaemonContainer, "engine" | "name">,
  exec: Exec,
): Promise<string> {
  try {
    const { stdout, stderr } = await exec({ program: engine, args: ["logs", "--tail=300", name] });
    const lines = `${stdout}${stderr}`.trim().split("\n");
    const [first, last] = [5, 40];
    return lines.length <= first + last
      ? lines.join("\n")
      : [...lines.slice(0, first), "…", ...lines.slice(-last)].join("\n");
  } catch (error) {
    return `(its log can't be read: ${describeError(error)})`;
  }
}

import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CancelledError, describeError, WorkError } from "../../errors.ts";
import type { Exec, StartDetached } from "../../exec.ts";
import { startDetached as plainStartDetached } from "../../exec.ts";
import type { Owner } from "../../owner.ts";
import { hostIdentity, ownerLife, ownerOf, readStartTime } from "../../owner.ts";
import type { Removal } from "./driver.ts";
import type { Mount } from "./mountinfo.ts";
import { hasRootInside, mountsBelow, parseMountinfo } from "./mountinfo.ts";
import type { DaemonProcess } from "./process.ts";
import { processAddress, processLog, socketIn } from "./process.ts";
import { awaitReady } from "./readiness.ts";

export type ProcessRemoval = Extract<Removal, { readonly kind: "process" }>;

/** What the daemon's folder says of it, for those who have only the folder. */
interface ProcessRecord extends Owner {
  readonly runtime: string;
  readonly runc: string;
  readonly rootlesskit?: string | undefined;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A daemon that runs. */
export interface RunningProcess {
  readonly removal: ProcessRemoval;
  /** What buildctl takes as `--addr`. */
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
}

const recordName = "daemon.json";
const logLines = 50;
const logBytes = 64 * 1024;
/** How long a build may take to end when the daemon is told to. */
const graceMilliseconds = 2000;
const killMilliseconds = 5000;

/**
 * Starts the daemon in a session of its own, so that it outlives this program, and waits until it answers. `onStarted`
 * is called before anything else can happen, so that what it keeps is enough to stop the daemon whatever comes then. A
 * daemon that does not come up is stopped again, and the error has the end of its log.
 */
export async function startDaemonProcess(
  daemon: DaemonProcess,
  options: {
    readonly exec: Exec;
    readonly onStarted: (removal: ProcessRemoval) => void;
    /** What others are to know of it, as containers have labels. */
    readonly labels?: Readonly<Record<string, string>>;
    readonly startDetached?: StartDetached;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<ProcessRemoval> {
  const { labels = {}, onStarted, signal, startDetached = plainStartDetached } = options;
  await makeRoom(daemon, options.exec);
  const { runtime, runc, rootlesskit } = daemon;
  const { command, env, folder, log } = daemon;
  const nobody: Owner = { host: hostIdentity(), pid: 0, startTime: "" };
  writeRecord(folder, { ...nobody, runtime, runc, rootlesskit, labels });
  let program;
  try {
    program = await startDetached(command, { env, cwd: folder, log });
  } catch (error) {
    await removeFolders(folder, { runtime, rootlesskit }, options.exec);
    throw error;
  }
  const owner = ownerOf(program.pid);
  const removal: ProcessRemoval = {
    kind: "process",
    pid: owner.pid,
    startTime: owner.startTime,
    root: folder,
  };
  onStarted(removal);
  try {
    writeRecord(folder, { ...owner, runtime, runc, rootlesskit, labels });
    await awaitReady({
      connects: () => servesHttp2(daemon.socket),
      answers: () => Promise.resolve(false),
      failure: () => {
        if (signal?.aborted) {
          throw signal.reason instanceof Error ? signal.reason : new CancelledError("SIGTERM");
        }
        const end = program.ended();
        return Promise.resolve(end === undefined ? undefined : endedError(end, folder));
      },
    });
  } catch (error) {
    const shown =
      error instanceof WorkError && program.ended() === undefined
        ? new WorkError(`${error.message}; the end of its log:\n${readProcessLog(folder)}`, { cause: error })
        : error;
    await stopDaemonProcess(removal, options).catch(() => {
      // What stays behind is less than what went wrong first, and the state still knows it.
    });
    throw shown;
  }
  return removal;
}

/** Whether the daemon still runs. */
export function isDaemonProcessAlive(removal: ProcessRemoval): boolean {
  return isAlive(removal);
}

/** The daemon of a folder; undefined when none runs there. */
export function inspectDaemonProcess(folder: string): RunningProcess | undefined {
  const record = readRecord(folder);
  if (record === undefined || ownerLife(record) !== "alive") return undefined;
  const { labels = {}, pid, runtime, startTime } = record;
  return {
    removal: { kind: "process", pid, startTime, root: folder },
    address: processAddress({ socket: socketIn(runtime) }),
    labels,
  };
}

/** All daemons of this user that run on this machine: each works in its own folder. */
export function findDaemonProcesses(): readonly RunningProcess[] {
  return processes().flatMap(({ pid }) => {
    try {
      const folder = readlinkSync(`/proc/${pid}/cwd`);
      // What is removed is what the record says, so nobody else may have written it.
      if (![folder, join(folder, recordName)].every(isOwn)) return [];
      const found = inspectDaemonProcess(folder);
      return found?.removal.pid === pid ? [found] : [];
    } catch {
      // It has ended, or is another user's.
      return [];
    }
  });
}

function isOwn(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.uid === process.getuid?.();
}

/** Why the daemon will answer no more, or undefined while it runs. */
export function daemonProcessFailure(removal: ProcessRemoval): WorkError | undefined {
  if (isDaemonProcessAlive(removal)) return undefined;
  return new WorkError(`buildkitd has ended; the end of its log:\n${readProcessLog(removal.root)}`);
}

/** The last lines that the daemon printed. */
export function readProcessLog(folder: string): string {
  try {
    const lines = readFileSync(processLog(folder)).subarray(-logBytes).toString("utf8").trimEnd().split("\n");
    return withoutNoise(lines).slice(-logLines).join("\n") || "(it printed nothing)";
  } catch (error) {
    return `(its log can't be read: ${describeError(error)})`;
  }
}

/** Without Go's stack traces and the list of all flags, which come with every error of buildkitd. */
function withoutNoise(lines: readonly string[]): readonly string[] {
  return lines.filter((line, index) => {
    const isPlace = /^\t\S+:\d+$/.test(line);
    const isFunction = /^\t\S+:\d+$/.test(lines[index + 1] ?? "");
    return !isPlace && !isFunction && !/^ {3}\S|^[A-Z ]+:$|^$/.test(line);
  });
}

function endedError(end: string, folder: string): WorkError {
  const said = readProcessLog(folder);
  return new WorkError(`buildkitd has ended (${end}):\n${said}`, { fix: startAdvice(said) });
}

/** What to do about what buildkitd or rootlesskit commonly ends with, or undefined. */
export function startAdvice(log: string): string | undefined {
  if (/toml|failed to (?:load|parse) config|failed to read config/i.test(log))
    return "correct buildkitd-config";
  if (/newuidmap|newgidmap|subuid|subgid/.test(log)) {
    return "install uidmap, and give this user ranges in /etc/subuid and /etc/subgid";
  }
  if (/flag provided but not defined|invalid value .* for flag/i.test(log)) {
    return "correct buildkitd-flags: this BuildKit has no such flag, or not with this value";
  }
  if (/invalid entitlement/.test(log)) return "correct --allow-insecure-entitlement in buildkitd-flags";
  if (/no worker found|failed to find runc|executable file not found/.test(log)) {
    return "buildkitd found no runc: use a release that has bin/buildkit-runc, or install runc";
  }
  if (/no space left on device/i.test(log)) return "free some disk space";
  if (/operation not permitted|permission denied/i.test(log)) {
    return "this machine forbids what BuildKit needs (mounts, namespaces): run the job with more rights";
  }
  return undefined;
}

/** An earlier daemon of the same folder is taken away if it is dead; one that lives is left alone. */
async function makeRoom({ folder, runtime }: DaemonProcess, exec: Exec): Promise<void> {
  const record = readRecord(folder);
  if (record !== undefined) {
    const { pid, startTime } = record;
    if (ownerLife(record) === "alive") {
      throw new WorkError(`a BuildKit daemon of ours already runs in ${folder} (process ${pid})`, {
        fix: "run multiarch teardown first",
      });
    }
    await stopDaemonProcess({ kind: "process", pid, startTime, root: folder }, { exec });
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    // In a shared folder: who made it first could read or swap what we put there, so it must be new.
    if (runtime !== folder) mkdirSync(runtime, { mode: 0o700 });
  } catch (error) {
    throw new WorkError(`the folder ${runtime} can't be made for BuildKit's sockets`, { cause: error });
  }
  for (const name of ["tmp", "xdg"]) mkdirSync(join(runtime, name), { recursive: true, mode: 0o700 });
}

/** Whether somebody speaks HTTP/2 on a unix socket: buildkitd listens before it is ready to serve. */
export async function servesHttp2(path: string): Promise<boolean> {
  // Only for this driver, and slow to load.
  const http2 = await import("node:http2");
  return new Promise((resolve) => {
    const session = http2.connect("http://localhost", { createConnection: () => connect(path) });
    const finish = (serves: boolean) => (): void => {
      session.destroy();
      resolve(serves);
    };
    session.setTimeout(1000, finish(false));
    session.once("remoteSettings", finish(true)).on("error", finish(false)).once("close", finish(false));
  });
}

/**
 * Ends the daemon with all it started and removes its folder. Never touches another process, even one that has got its
 * pid since. A WorkError says what could not be removed; may be called again.
 */
export async function stopDaemonProcess(
  removal: ProcessRemoval,
  { exec }: { readonly exec: Exec },
): Promise<void> {
  const { root } = removal;
  const record = readRecord(root);
  if (record === undefined) {
    await endSession(removal);
    if (!existsSync(root)) return;
    throw new WorkError(`${root} holds no BuildKit daemon of ours: it was not removed`);
  }
  if (record.host !== hostIdentity()) {
    throw new WorkError(
      `the BuildKit daemon of ${root} was started on another machine or in another container`,
      {
        fix: `run teardown there, or remove ${root} if that is gone`,
      },
    );
  }
  for (const process of [removal, record]) await endSession(process);
  const folders = [...new Set([root, realpathSync(root)])];
  await endContainers(folders);
  await forgetContainers(folders, record, exec);
  await unmountAll([...folders, record.runtime], exec);
  await removeFolders(root, record, exec);
}

interface Process {
  readonly pid: number;
  readonly startTime: string;
}

/** The daemon and those that it started, containers apart: they are of its session, which has its pid. */
async function endSession({ pid, startTime }: Process): Promise<void> {
  const daemon = { pid, startTime };
  if (!isAlive(daemon)) return;
  // While the daemon lives, the session of its number is its own.
  const started = sessionOf(pid);
  signalIfAlive(daemon, "SIGTERM");
  if (await endWithin(graceMilliseconds, () => !isAlive(daemon))) {
    for (const process of started) signalIfAlive(process, "SIGKILL");
    return;
  }
  for (const process of [...sessionOf(pid), daemon]) signalIfAlive(process, "SIGKILL");
  if (!(await endWithin(killMilliseconds, () => !isAlive(daemon)))) {
    throw new WorkError(`buildkitd (process ${pid}) did not end when killed`);
  }
}

/** Builds that ran: processes whose root directory is made of the daemon's folder, in mounts of their own. */
async function endContainers(folders: readonly string[]): Promise<void> {
  const ended = await endWithin(killMilliseconds, () => {
    const left = processes().filter(({ pid }) => isContained(pid, folders));
    for (const process of left) signalIfAlive(process, "SIGKILL");
    return left.length === 0;
  });
  if (!ended) throw new WorkError(`processes of builds in ${folders[0]} did not end when killed`);
}

function isContained(pid: number, folders: readonly string[]): boolean {
  try {
    if (readlinkSync(`/proc/${pid}/ns/mnt`) === readlinkSync("/proc/self/ns/mnt")) return false;
    const mounts = parseMountinfo(readFileSync(`/proc/${pid}/mountinfo`, "utf8"));
    return folders.some((folder) => hasRootInside(mounts, folder));
  } catch {
    // It has ended, or is another user's.
    return false;
  }
}

/** runc keeps what it knows of root's containers in one place for all of them, and their cgroups. */
async function forgetContainers(
  folders: readonly string[],
  { rootlesskit, runc }: ProcessRecord,
  exec: Exec,
): Promise<void> {
  if (rootlesskit !== undefined) return;
  const states = "/run/runc";
  for (const id of namesIn(states)) {
    const bundle = readBundle(join(states, id, "state.json"));
    if (bundle === undefined || !folders.some((folder) => bundle.startsWith(`${folder}/`))) continue;
    await exec({ program: runc, args: [`--root=${states}`, "delete", "--force", id] }).catch(() =>
      rm(join(states, id), { recursive: true, force: true }),
    );
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readBundle(file: string): string | undefined {
  try {
    const { config } = JSON.parse(readFileSync(file, "utf8")) as {
      readonly config?: { readonly labels?: readonly string[] };
    };
    return config?.labels?.find((label) => label.startsWith("bundle="))?.slice("bundle=".length);
  } catch {
    return undefined;
  }
}

async function unmountAll(folders: readonly string[], exec: Exec): Promise<void> {
  const points = (): readonly string[] => {
    const mounts: readonly Mount[] = parseMountinfo(readFileSync("/proc/self/mountinfo", "utf8"));
    return folders.flatMap((folder) => mountsBelow(mounts, folder));
  };
  let failure: unknown;
  for (const point of points()) {
    await exec({ program: "umount", args: ["-l", point] }).catch((error: unknown) => (failure = error));
  }
  const left = points();
  // Removing the folder now would remove what is mounted there.
  if (left.length > 0) throw new WorkError(`${left.join(", ")} could not be unmounted`, { cause: failure });
}

/** The record goes last: what is left of a removal that was cut short is still known to be ours. */
async function removeFolders(
  folder: string,
  { runtime, rootlesskit }: Pick<ProcessRecord, "runtime" | "rootlesskit">,
  exec: Exec,
): Promise<void> {
  const remove = async (paths: readonly string[]): Promise<void> => {
    try {
      for (const path of paths) await rm(path, { recursive: true, force: true, maxRetries: 3 });
    } catch (error) {
      // What builds of an ordinary user made belongs to users of his that only a namespace can act for.
      if (rootlesskit === undefined) throw error;
      await exec({ program: rootlesskit, args: ["rm", "-rf", ...paths] });
    }
  };
  try {
    await remove(
      readdirSync(folder)
        .filter((name) => name !== recordName)
        .map((name) => join(folder, name)),
    );
    await remove([runtime, folder]);
  } catch (error) {
    throw new WorkError(`${folder} could not be removed`, { cause: error });
  }
}

function readRecord(folder: string): ProcessRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, recordName), "utf8")) as ProcessRecord;
  } catch {
    return undefined;
  }
}

function writeRecord(folder: string, record: ProcessRecord): void {
  const file = join(folder, recordName);
  writeFileSync(`${file}.new`, JSON.stringify(record), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function processes(): readonly Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), startTime: readStartTime(Number(name)) ?? "" }));
}

function sessionOf(leader: number): readonly Process[] {
  return processes().filter(({ pid }) => pid !== leader && readSession(pid) === leader);
}

/** Field 6 of /proc/PID/stat. */
function readSession(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3]);
  } catch {
    return undefined;
  }
}

function isAlive({ pid, startTime }: Process): boolean {
  return startTime !== "" && readStartTime(pid) === startTime;
}

function signalIfAlive(target: Process, signal: NodeJS.Signals): void {
  if (!isAlive(target)) return;
  try {
    process.kill(target.pid, signal);
  } catch {
    // It has ended in between, or is not ours to signal; whoever waits for its end will tell.
  }
}

async function endWithin(milliseconds: number, hasEnded: () => boolean): Promise<boolean> {
  const begin = performance.now();
  while (!hasEnded()) {
    if (performance.now() - begin > milliseconds) return false;
    await delay(20);
  }
  return true;
}

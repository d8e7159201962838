import { spawn } from "node:child_process";
import { openSync, closeSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { keyOf } from "./artifact.ts";
import { lastLines } from "./command.ts";
import type { Lab } from "./lab.ts";

/** A program that outlives the command which starts it. Its folder is `run/<name>`, its output goes to `log` in there. */
export interface Daemon {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly env?: NodeJS.ProcessEnv;
  /** What it reads when it starts: another text restarts it. */
  readonly config?: string;
  ready(): Promise<boolean>;
}

interface ProcessRecord {
  readonly pid: number;
  readonly started: string;
  readonly key: string;
}

const startMilliseconds = 30_000;
const stopMilliseconds = 15_000;
const pollMilliseconds = 25;

/** Starts the daemon unless that very daemon runs and answers. */
export async function startDaemon(lab: Lab, daemon: Daemon): Promise<boolean> {
  const folder = join(lab.folders.run, daemon.name);
  const key = keyOf([daemon.argv, daemon.config]);
  const record = await readRecord(lab, daemon.name);
  if (record?.key === key && (await isAlive(record)) && (await daemon.ready())) return false;
  await stopDaemon(lab, daemon.name);

  await mkdir(folder, { recursive: true });
  const [program, ...args] = daemon.argv;
  const log = openSync(join(folder, "log"), "a");
  const child = spawn(program, args, {
    cwd: folder,
    env: daemon.env ?? process.env,
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  let end: string | undefined;
  child.on("error", (error) => (end = error.message));
  child.on("exit", (code, signal) => (end = `it ended with ${signal ?? `exit code ${code}`}`));
  child.unref();
  if (child.pid !== undefined) {
    const started = (await startTime(child.pid)) ?? "";
    const text: ProcessRecord = { pid: child.pid, started, key };
    await writeFile(join(folder, "process.json"), JSON.stringify(text));
  }

  const deadline = Date.now() + startMilliseconds;
  while (!(await daemon.ready())) {
    if (end === undefined && Date.now() > deadline) end = `no answer in ${startMilliseconds / 1000} s`;
    if (end !== undefined) {
      const said = lastLines(await readFile(join(folder, "log"), "utf8"));
      throw new Error(`${daemon.name} did not start, ${end}. The end of ${join(folder, "log")}:\n${said}`);
    }
    lab.signal?.throwIfAborted();
    await sleep(pollMilliseconds);
  }
  return true;
}

export async function isDaemonAlive(lab: Pick<Lab, "folders">, name: string): Promise<boolean> {
  const record = await readRecord(lab, name);
  return record !== undefined && (await isAlive(record));
}

/** Asks the daemon to end, then makes it end. */
export async function stopDaemon(lab: Pick<Lab, "folders">, name: string): Promise<void> {
  const record = await readRecord(lab, name);
  if (record === undefined) return;
  const deadline = Date.now() + stopMilliseconds;
  if (await isAlive(record)) killIfThere(record.pid, "SIGTERM");
  while (await isAlive(record)) {
    if (Date.now() > deadline) killIfThere(record.pid, "SIGKILL");
    await sleep(pollMilliseconds);
  }
  await rm(join(lab.folders.run, name, "process.json"), { force: true });
}

/** Sends a signal to a process that may have ended in the meantime. */
export function killIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function readRecord(lab: Pick<Lab, "folders">, name: string): Promise<ProcessRecord | undefined> {
  try {
    return JSON.parse(await readFile(join(lab.folders.run, name, "process.json"), "utf8")) as ProcessRecord;
  } catch {
    return undefined;
  }
}

// A process id alone may be someone else's by now.
async function isAlive(record: ProcessRecord): Promise<boolean> {
  return record.started !== "" && (await startTime(record.pid)) === record.started;
}

/** When a process started, in this boot of the machine; undefined for one that has ended. */
async function startTime(pid: number): Promise<string | undefined> {
  try {
    const [boot, status] = await Promise.all([
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
      readFile(`/proc/${pid}/stat`, "utf8"),
    ]);
    // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: the second field is a name in parentheses, which may
    // hold anything; the third is the state, the 22nd the start time.
    const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : `${boot.trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

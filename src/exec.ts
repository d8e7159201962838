import { AsyncLocalStorage } from "node:async_hooks";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { accessSync, closeSync, constants, openSync, statSync } from "node:fs";
import { subscribe } from "node:diagnostics_channel";
import { delimiter, join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { CancelledError, WorkError } from "./errors.ts";

/** A program and its arguments, each passed on as it is: no shell, no splitting. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

export interface ExecOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly signal?: AbortSignal;
  readonly onStdoutLine?: (line: string) => void;
  readonly onStderrLine?: (line: string) => void;
}

/** What a finished program printed, as text; of each stream the last MiB is kept. */
export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. Rejects with an ExecError on any exit code but 0 and on death by a signal. */
export type Exec = (command: Command, options?: ExecOptions) => Promise<ExecResult>;

/** A program that could not be started, ended with another code than 0, or was killed. */
export class ExecError extends WorkError {
  override readonly name = "ExecError";
  readonly command: Command;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;

  constructor(
    command: Command,
    end: ExecResult & { readonly exitCode: number | null; readonly signal: NodeJS.Signals | null },
  ) {
    const how = end.signal === null ? `exit code ${end.exitCode}` : `killed by ${end.signal}`;
    const said = end.stderr.trim() || end.stdout.trim();
    super(`${command.program} ${command.args[0] ?? ""} failed (${how})${said === "" ? "" : `: ${said}`}`);
    this.command = command;
    this.exitCode = end.exitCode;
    this.signal = end.signal;
    this.stdout = end.stdout;
    this.stderr = end.stderr;
  }
}

/** The program is not on PATH. */
export class ProgramMissingError extends WorkError {
  override readonly name = "ProgramMissingError";
  readonly program: string;

  constructor(program: string, options?: ErrorOptions) {
    super(`${program} was not found on PATH`, { ...options, fix: `install ${program} or put it on PATH` });
    this.program = program;
  }
}

const keptCharacters = 1024 * 1024;
const graceMilliseconds = 2000;

// @actions/exec neither tells how a child died nor lets it be stopped, so the child is taken from Node's own
// channel: whatever is spawned inside `spawning.run(found, …)` is handed to `found`.
const spawning = new AsyncLocalStorage<(child: ChildProcess) => void>();
let subscribed = false;

/** The one door to subprocesses. */
export const exec: Exec = async (command, options = {}) => {
  const { signal } = options;
  throwIfCancelled(signal);
  const program = findProgram(command.program, process.env["PATH"] ?? "");
  if (program === undefined) throw new ProgramMissingError(command.program);
  const runner = await import("@actions/exec");
  throwIfCancelled(signal);
  if (!subscribed) {
    subscribed = true;
    subscribe("child_process", (message) => {
      spawning.getStore()?.((message as { readonly process: ChildProcess }).process);
    });
  }

  const children: ChildProcess[] = [];
  const cancel = (): void => {
    for (const child of children) stop(child);
  };
  const stdout = capture(options.onStdoutLine);
  const stderr = capture(options.onStderrLine);
  signal?.addEventListener("abort", cancel);
  let exitCode: number | null;
  try {
    exitCode = await spawning.run(
      (child) => {
        children.push(child);
        // Cancelled while @actions/exec was still looking for the program.
        if (signal?.aborted) child.once("spawn", () => stop(child));
        if (options.stdin === undefined) child.once("spawn", () => child.stdin?.end());
      },
      () =>
        // Quoted, because @actions/exec splits its first parameter at spaces.
        runner.exec(`"${program}"`, [...command.args], {
          silent: true,
          ignoreReturnCode: true,
          env: { ...(options.env ?? childEnvironment(process.env)) },
          ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
          ...(options.stdin === undefined ? {} : { input: Buffer.from(options.stdin) }),
          listeners: { stdout: stdout.write, stderr: stderr.write },
        }),
    );
  } catch (error) {
    if (children.length === 0) throw new ProgramMissingError(command.program, { cause: error });
    throw new WorkError(`${command.program} could not be run`, { cause: error });
  } finally {
    signal?.removeEventListener("abort", cancel);
    stdout.end();
    stderr.end();
  }
  throwIfCancelled(signal);
  const killedBy = children.at(-1)?.signalCode ?? null;
  const result = { stdout: stdout.text(), stderr: stderr.text() };
  if (exitCode !== 0 || killedBy !== null) {
    throw new ExecError(command, { ...result, exitCode, signal: killedBy });
  }
  return result;
};

/**
 * The path of a program that is a path already or in a folder of PATH. @actions/io looks too, but tells of folders that it
 * may not read on stdout, where our outputs go.
 */
export function findProgram(name: string, path: string): string | undefined {
  if (name.includes("/") || process.platform === "win32") return name;
  return path
    .split(delimiter)
    .filter((folder) => folder.startsWith("/"))
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
      } catch {
        return false;
      }
    });
}

/** A program that goes on when we have ended. */
export interface DetachedProgram {
  readonly pid: number;
  /** How it ended (`exit code 1`, `killed by SIGKILL`), undefined while it runs. */
  readonly ended: () => string | undefined;
}

export type StartDetached = (
  command: Command,
  options: { readonly env: Readonly<Record<string, string>>; readonly cwd: string; readonly log: string },
) => Promise<DetachedProgram>;

/** Starts a program in a session of its own, out of reach of the signals that end us; what it prints goes to `log`. */
export const startDetached: StartDetached = async (command, { env, cwd, log }) => {
  const { spawn } = await import("node:child_process");
  const output = openSync(log, "a", 0o600);
  let end: string | undefined;
  try {
    const child = spawn(command.program, [...command.args], {
      cwd,
      env,
      detached: true,
      stdio: ["ignore", output, output],
    });
    child.once("exit", (code, signal) => {
      end = signal === null ? `exit code ${code}` : `killed by ${signal}`;
    });
    await once(child, "spawn");
    child.unref();
    return { pid: child.pid ?? 0, ended: () => end };
  } catch (error) {
    throw new WorkError(`${command.program} could not be started`, { cause: error });
  } finally {
    closeSync(output);
  }
};

/**
 * Runs programs to their end also when the job is cancelled meanwhile, and only then gives way: an engine goes on with what
 * its interrupted client asked for, so a container could come to be after its removal.
 */
export function execToEnd(signal: AbortSignal): Exec {
  return async (command, options) => {
    throwIfCancelled(signal);
    const result = await exec(command, options);
    throwIfCancelled(signal);
    return result;
  };
}

/** Our own inputs may hold secrets and must not change what a child does: they are not passed on. */
export function childEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !/^(INPUT|PLUGIN|MULTIARCH)_/.test(entry[0]),
    ),
  );
}

/** One line that a person could paste into a shell. */
export function formatCommand(command: Command): string {
  return [command.program, ...command.args].map(shellQuote).join(" ");
}

/** Text as one word of a POSIX shell. */
export function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw signal.reason instanceof Error ? signal.reason : new CancelledError("SIGTERM");
  }
}

/** SIGINT lets buildctl and docker end their work on the daemon; a child that stays is killed. */
function stop(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGINT");
  setTimeout(() => child.kill("SIGKILL"), graceMilliseconds).unref();
}

function capture(onLine: ((line: string) => void) | undefined) {
  const decoder = new StringDecoder("utf8");
  let kept = "";
  let rest = "";
  const take = (text: string): void => {
    kept = (kept + text).slice(-keptCharacters);
    if (onLine === undefined) return;
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line.replace(/\r$/, ""));
  };
  return {
    write: (data: Buffer): void => take(decoder.write(data)),
    end: (): void => {
      take(decoder.end());
      if (onLine !== undefined && rest !== "") onLine(rest);
      rest = "";
    },
    text: (): string => kept,
  };
}

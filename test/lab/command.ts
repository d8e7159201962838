import { spawn } from "node:child_process";

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: string;
  readonly signal?: AbortSignal | undefined;
}

const keptLines = 20;

/** Runs a program to its end and gives its stdout; any other end than exit code 0 is an error that quotes stderr. */
export function command(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { cwd, env, stdin, signal } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, signal, stdio: "pipe" });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.on("error", reject);
    child.on("close", (code, killer) => {
      if (code === 0) return resolve(Buffer.concat(stdout).toString());
      const said = lastLines(Buffer.concat(stderr.length > 0 ? stderr : stdout).toString());
      const end = killer === null ? `exit code ${code}` : `killed by ${killer}`;
      reject(new Error(`${[program, ...args].join(" ")} failed (${end})${said === "" ? "" : `:\n${said}`}`));
    });
    // A program that ends without reading its input is judged by its exit code.
    child.stdin.on("error", () => {});
    child.stdin.end(stdin);
  });
}

export function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-keptLines).join("\n");
}

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The top of the repository. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** How a run of an entrypoint ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** The whole environment, but for PATH, HOME and a state file of its own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly node?: string;
  /** Called once, with what sends the process a signal. */
  readonly started?: (kill: (signal: NodeJS.Signals) => void) => void;
  /** Called with everything printed so far, to act while it runs. */
  readonly watch?: (printed: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs `node dist/NAME.js` as a CI would. */
export function runEntrypoint(
  name: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), "multiarch-entry-"));
  const child = spawn(options.node ?? process.execPath, [join(root, "dist", `${name}.js`), ...args], {
    cwd: options.cwd ?? root,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "",
      MULTIARCH_STATE: join(folder, "state.json"),
      ...options.env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  options.started?.((signal) => child.kill(signal));
  let stdout = "";
  let stderr = "";
  const watch = (): void => options.watch?.(stdout + stderr, (signal) => child.kill(signal));
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    watch();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    watch();
  });
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code, signal) => {
      rmSync(folder, { recursive: true, force: true });
      done({ code, signal, stdout, stderr });
    });
  });
}

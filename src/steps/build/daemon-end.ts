import { setTimeout as delay } from "node:timers/promises";
import { readLogs } from "../../buildkit/drivers/container.ts";
import { WorkError } from "../../errors.ts";
import { ExecError } from "../../exec.ts";
import type { Ports } from "../step.ts";

/** What buildctl says when the daemon, or the way to it, is gone. */
const gone =
  /\bEOF\b|error reading from server|transport is closing|connection (refused|reset|error)|broken pipe|no such container|is not running|no such file or directory.*\.sock/i;

/** An engine learns of the end a little later than who was connected. */
const patience = { tries: 10, milliseconds: 200 };

/**
 * Why the daemon that setup started has ended, with the end of its log; undefined when it still runs, is somebody else's, or
 * when the failure does not look like it.
 */
export async function explainDaemonEnd(
  said: string,
  { exec, signal, state }: Ports,
): Promise<WorkError | undefined> {
  const removal = state.read().builder?.removal;
  if (removal === undefined || !gone.test(said)) return undefined;
  if (removal.kind === "process") {
    const { daemonProcessFailure } = await import("../../buildkit/drivers/process-life.ts");
    return daemonProcessFailure(removal);
  }
  if (removal.kind !== "container") return undefined;
  const { engine, name } = removal;
  const format = "--format={{.State.Running}} {{.State.OOMKilled}} {{.State.ExitCode}}";
  const inspect = async (): Promise<readonly string[]> => {
    const { stdout } = await exec({ program: engine, args: ["container", "inspect", format, name] });
    return stdout.trim().split(" ");
  };
  try {
    let [running, outOfMemory, exitCode] = await inspect();
    for (let tries = 0; running === "true" && tries < patience.tries; tries += 1) {
      await delay(patience.milliseconds, undefined, { signal });
      [running, outOfMemory, exitCode] = await inspect();
    }
    if (running === "true") return undefined;
    const how = outOfMemory === "true" ? "was killed for want of memory" : `ended with exit code ${exitCode}`;
    return new WorkError(`BuildKit in the container ${name} ${how}:\n${await readLogs(removal, exec)}`, {
      fix:
        exitCode === "137" || outOfMemory === "true"
          ? "give it more memory, or build fewer platforms at once with max-parallel"
          : undefined,
    });
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
    return new WorkError(`the container ${name}, in which BuildKit ran, is gone`, {
      cause: error,
      fix: "something else removed it: find out what cleans up containers on this machine",
    });
  }
}

import { inspectDaemon, removeCommand } from "../../buildkit/drivers/container.ts";
import type { Removal } from "../../buildkit/drivers/driver.ts";
import type { Exec } from "../../exec.ts";

/** Removes a daemon of a job with all that is its own; false when there is none, or its name is another job's now. */
export async function removeDaemon(
  removal: Removal,
  { exec, job }: { readonly exec: Exec; readonly job: string },
): Promise<boolean> {
  if (removal.kind === "container") {
    const { engine, name } = removal;
    // A name that was given may be another job's by now.
    const found = name === `multiarch-${job}` ? undefined : await inspectDaemon(removal, exec);
    if (found !== undefined && found.labels["multiarch"] !== job) return false;
    await exec(removeCommand({ engine, name: found?.id ?? name }));
  }
  if (removal.kind === "process") {
    const { stopDaemonProcess } = await import("../../buildkit/drivers/process-life.ts");
    await stopDaemonProcess(removal, { exec });
  }
  return removal.kind !== "none";
}

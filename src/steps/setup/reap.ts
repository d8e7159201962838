import { rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { ContainerEngine } from "../../buildkit/drivers/container.ts";
import { removeCommand } from "../../buildkit/drivers/container.ts";
import { describeError } from "../../errors.ts";
import type { Ports } from "../step.ts";
import { isAbandoned, labels } from "./labels.ts";

/** Removes containers of ours whose jobs are provably over. A failure is only worth a warning. */
export async function reapOrphans(engine: ContainerEngine, now: number, ports: Ports): Promise<void> {
  try {
    for (const { id, labels: found, name } of await listContainers(engine, ports)) {
      if (found[labels.job] === ports.state.read().job || !isAbandoned({ labels: found }, now)) continue;
      // By its id: the name may have been given again meanwhile.
      await ports.exec(removeCommand({ engine, name: id }));
      ports.log.info(`removed the container ${name}, which a job that is over had left behind`);
    }
  } catch (error) {
    if (ports.signal.aborted) throw error;
    ports.log.warning(`what other jobs left behind could not be removed: ${describeError(error)}`);
  }
}

/** The same for daemons that run without a container. */
export async function reapProcesses(now: number, ports: Ports): Promise<void> {
  const { findDaemonProcesses, stopDaemonProcess } = await import("../../buildkit/drivers/process-life.ts");
  for (const { labels: found, removal } of findDaemonProcesses()) {
    if (found[labels.job] === ports.state.read().job || !isAbandoned({ labels: found }, now)) continue;
    try {
      await stopDaemonProcess(removal, ports);
      const folder = dirname(removal.root);
      if (basename(folder) === `multiarch-${found[labels.job]}`) await rm(folder, { recursive: true });
      ports.log.info(
        `stopped the BuildKit daemon in ${removal.root}, which a job that is over had left behind`,
      );
    } catch (error) {
      if (ports.signal.aborted) throw error;
      ports.log.warning(`what another job left behind could not be removed: ${describeError(error)}`);
    }
  }
}

async function listContainers(engine: ContainerEngine, ports: Ports) {
  const format = `--format={{.ID}}\t{{.Names}}${Object.values(labels)
    .map((label) => `\t{{.Label ${JSON.stringify(label)}}}`)
    .join("")}`;
  const args = ["ps", "--all", `--filter=label=${labels.job}`, format];
  const { stdout } = await ports.exec({ program: engine, args });
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [id = "", name = "", ...values] = line.split("\t");
      const found = Object.values(labels).map((label, index) => [label, values[index] ?? ""]);
      return { id, name, labels: Object.fromEntries(found) as Record<string, string> };
    });
}

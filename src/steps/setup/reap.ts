import type { ContainerEngine } from "../../buildkit/drivers/container.ts";
import { removeCommand } from "../../buildkit/drivers/container.ts";
import { describeError } from "../../errors.ts";
import type { Ports } from "../step.ts";
import { isAbandoned, labels } from "./labels.ts";

/** Removes containers of ours whose jobs are provably over. A failure is only worth a warning. */
export async function reapOrphans(engine: ContainerEngine, now: number, ports: Ports): Promise<void> {
  try {
    for (const { labels: found, name } of await listContainers(engine, ports)) {
      if (found[labels.job] === ports.state.read().job || !isAbandoned({ labels: found }, now)) continue;
      await ports.exec(removeCommand({ engine, name }));
      ports.log.info(`removed the container ${name}, which a job that is over had left behind`);
    }
  } catch (error) {
    if (ports.signal.aborted) throw error;
    ports.log.warning(`what other jobs left behind could not be removed: ${describeError(error)}`);
  }
}

async function listContainers(engine: ContainerEngine, ports: Ports) {
  const format = `--format={{.Names}}${Object.values(labels)
    .map((label) => `\t{{.Label ${JSON.stringify(label)}}}`)
    .join("")}`;
  const args = ["ps", "--all", `--filter=label=${labels.job}`, format];
  const { stdout } = await ports.exec({ program: engine, args });
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [name = "", ...values] = line.split("\t");
      const found = Object.values(labels).map((label, index) => [label, values[index] ?? ""]);
      return { name, labels: Object.fromEntries(found) as Record<string, string> };
    });
}

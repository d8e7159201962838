import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  containerAddress,
  createCommands,
  createDaemon,
  findTcpPort,
  inspectDaemon,
  isNameTaken,
  joinDaemon,
  removeCommand,
  startDaemon,
} from "../../buildkit/drivers/container.ts";
import type { DaemonContainer } from "../../buildkit/drivers/container.ts";
import type { Endpoint } from "../../buildkit/drivers/driver.ts";
import type { RunTlsFolders } from "../../buildkit/tls/files.ts";
import { planRunTls, runTlsFiles, writePrivateFiles } from "../../buildkit/tls/files.ts";
import { askWith, withImage } from "../../container-image/on-demand.ts";
import { WorkError } from "../../errors.ts";
import type { Command, Exec } from "../../exec.ts";
import { ExecError, execToEnd } from "../../exec.ts";
import type { Ports } from "../step.ts";
import { labels } from "./labels.ts";
import type { ContainerPlan } from "./plan-container.ts";
import { foreignTcp, judgeExisting } from "./plan-container.ts";

/** The commands that make the container, what has its name removed before. */
export function containerCommands({ container, existing, replaced }: ContainerPlan): readonly Command[] {
  const { engine, name } = container;
  switch (existing) {
    case "use":
      return [];
    case "none":
      return createCommands(container);
    case "replace":
      return [removeCommand({ engine, name: replaced ?? name }), ...createCommands(container)];
    default:
      return existing satisfies never;
  }
}

/**
 * Makes the container, with its files in it, its image pulled where it must be; it does not run yet. False when there is
 * one already that will do, be it that another job has just made it.
 */
export async function createContainer(
  plan: ContainerPlan,
  mirrors: readonly string[],
  now: number,
  ports: Ports,
): Promise<boolean> {
  const { container, existing, files, replaced } = plan;
  if (existing === "use") return false;
  for (const folder of [container.socket?.folder, container.files]) {
    if (folder === undefined) continue;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  for (const { path, source, text = "" } of files) {
    const target = join(container.files ?? "", path);
    mkdirSync(dirname(target), { recursive: true });
    if (source === undefined) writeFileSync(target, text, { mode: 0o600 });
    else copyFileSync(source, target);
  }
  if (container.tcp !== undefined) {
    const { issueCertificates } = await import("../../buildkit/tls/certificates.ts");
    writePrivateFiles(planRunTls(issueCertificates(new Date()), tlsFolders(container)));
  }
  const { exec, log, signal } = ports;
  const options = { engine: container.engine, mirrors, exec, ask: askWith(ports), log, signal };
  const toEnd = execToEnd(signal);
  if (replaced !== undefined) await removeIfThere({ ...container, name: replaced }, toEnd);
  for (let waited = false; ; waited = true) {
    try {
      await withImage(container.image, options, (image) =>
        createDaemon(image, createCommands({ ...container, image }), toEnd),
      );
      return true;
    } catch (error) {
      if (!isNameTaken(error)) throw error;
    }
    if (!waited) log.info(`another job starts the daemon ${container.name}; waiting for it`);
    if (await awaitNeighbour(container, now, ports)) return false;
  }
}

/** Another job made a container of the name at the same time: true when it is the same and runs, false when it is gone. */
async function awaitNeighbour(container: DaemonContainer, now: number, ports: Ports): Promise<boolean> {
  const { exec, signal, state } = ports;
  const { name } = container;
  const spec = container.labels[labels.spec] ?? "";
  for (const end = performance.now() + startMilliseconds; ;) {
    // An engine keeps the name before it shows the container.
    await delay(50, undefined, { signal });
    const found = await inspectDaemon(container, exec);
    if (found === undefined) return false;
    switch (judgeExisting(name, spec, found, { job: state.read().job, now })) {
      case "use":
        if (container.tcp !== undefined) throw foreignTcp(name);
        return true;
      case "replace":
        await removeIfThere({ ...container, name: found.id }, execToEnd(signal));
        return false;
      case "starts":
        if (performance.now() > end)
          throw new WorkError(`the daemon ${name}, which another job made, does not start`);
    }
  }
}

/** How long the job that made a container may take to start it. */
const startMilliseconds = 60_000;

async function removeIfThere(container: Pick<DaemonContainer, "engine" | "name">, exec: Exec): Promise<void> {
  try {
    await exec(removeCommand(container));
  } catch (error) {
    if (!(error instanceof ExecError) || !/no such container/i.test(error.stderr)) throw error;
  }
}

/** Starts the container; gives the address by which the daemon answers. `made` says whether it is ours. */
export async function startContainer(plan: ContainerPlan, made: boolean, ports: Ports): Promise<string> {
  if (made) return startDaemon(plan.container, ports.exec);
  if (plan.existing !== "use") return joinDaemon(plan.container, ports.exec);
  const { builder } = ports.state.read();
  return builder?.endpoints[0]?.address ?? containerAddress(plan.container);
}

/** The daemon's TCP endpoint on this machine's loopback, where it was asked for. */
export async function exposedEndpoint(
  { container, exposed }: ContainerPlan,
  { exec }: Ports,
): Promise<Endpoint | undefined> {
  if (container.tcp === undefined || exposed !== undefined) return exposed;
  const address = `tcp://127.0.0.1:${await findTcpPort(container, exec)}`;
  return { address, tls: runTlsFiles(tlsFolders(container)) };
}

/** The daemon's side goes into the container, the clients' side stays beside it. */
function tlsFolders({ files = "" }: DaemonContainer): RunTlsFolders {
  return { server: join(files, "tls"), client: join(dirname(files), "tls") };
}

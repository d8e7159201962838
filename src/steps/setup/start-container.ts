import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  containerAddress,
  createCommands,
  createDaemon,
  removeCommand,
  startDaemon,
} from "../../buildkit/drivers/container.ts";
import type { DaemonContainer } from "../../buildkit/drivers/container.ts";
import type { Endpoint } from "../../buildkit/drivers/driver.ts";
import { parsePublishedPort } from "../../buildkit/drivers/published-port.ts";
import type { RunTlsFolders } from "../../buildkit/tls/files.ts";
import { planRunTls, runTlsFiles, writePrivateFiles } from "../../buildkit/tls/files.ts";
import { withImage } from "../../container-image/on-demand.ts";
import type { Command } from "../../exec.ts";
import { execToEnd } from "../../exec.ts";
import type { Ports } from "../step.ts";
import type { ContainerPlan } from "./plan-container.ts";

/** The commands that make the container, what has its name removed before. */
export function containerCommands({ container, existing }: ContainerPlan): readonly Command[] {
  switch (existing) {
    case "use":
      return [];
    case "none":
      return createCommands(container);
    case "replace":
      return [removeCommand(container), ...createCommands(container)];
    default:
      return existing satisfies never;
  }
}

/** Makes the container, with its files in it, its image pulled where it must be; it does not run yet. */
export async function createContainer(
  plan: ContainerPlan,
  mirrors: readonly string[],
  ports: Ports,
): Promise<void> {
  const { container, existing, files } = plan;
  if (existing === "use") return;
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
  const options = { engine: container.engine, mirrors, exec, log, signal };
  const toEnd = execToEnd(signal);
  await withImage(container.image, options, (image) => {
    const commands = containerCommands({ ...plan, container: { ...container, image } });
    return createDaemon(image, commands, toEnd);
  });
}

/** Starts the container; gives the address by which the daemon answers. */
export async function startContainer(plan: ContainerPlan, ports: Ports): Promise<string> {
  if (plan.existing !== "use") return startDaemon(plan.container, ports.exec);
  const { builder } = ports.state.read();
  return builder?.endpoints[0]?.address ?? containerAddress(plan.container);
}

/** The daemon's TCP endpoint on this machine's loopback, where it was asked for. */
export async function exposedEndpoint(
  { container }: ContainerPlan,
  { exec }: Ports,
): Promise<Endpoint | undefined> {
  const { engine, name, tcp } = container;
  if (tcp === undefined) return undefined;
  const { stdout } = tcp.hostNetwork
    ? { stdout: `127.0.0.1:${tcp.port}` }
    : await exec({ program: engine, args: ["port", name, `${tcp.port}/tcp`] });
  const address = `tcp://127.0.0.1:${parsePublishedPort(stdout)}`;
  return { address, tls: runTlsFiles(tlsFolders(container)) };
}

/** The daemon's side goes into the container, the clients' side stays beside it. */
function tlsFolders({ files = "" }: DaemonContainer): RunTlsFolders {
  return { server: join(files, "tls"), client: join(dirname(files), "tls") };
}

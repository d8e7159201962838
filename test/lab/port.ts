import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { isDaemonAlive } from "./daemon.ts";
import type { Folders } from "./folders.ts";

export const loopback = "127.0.0.1";

/** The name of a daemon is the name of its port. */
const preferred = { registry: 5000, "registry-auth": 5001, releases: 5002 };

export type Ports = Readonly<Record<keyof typeof preferred, number>>;

/** A port per server: the one it has, else the one it had, else the preferred one, else any that is free. */
export async function assignPorts(folders: Folders): Promise<Ports> {
  const file = join(folders.run, "ports.json");
  const ports = { ...preferred, ...(await readPorts(file)) };
  for (const name of Object.keys(preferred) as (keyof typeof preferred)[]) {
    if (await isDaemonAlive({ folders }, name)) continue;
    ports[name] =
      (await freePort(ports[name])) ?? (await freePort(preferred[name])) ?? (await freePort(0)) ?? 0;
  }
  await mkdir(folders.run, { recursive: true, mode: 0o755 });
  await writeFile(file, JSON.stringify(ports));
  return ports;
}

async function readPorts(file: string): Promise<Partial<Ports>> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Ports;
  } catch {
    return {};
  }
}

function freePort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(undefined));
    server.listen(port, loopback, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? address?.port : undefined));
    });
  });
}

import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hash } from "bcryptjs";
import { startDaemon } from "./daemon.ts";
import { debianRoot } from "./debian.ts";
import type { Lab } from "./lab.ts";
import { loopback } from "./port.ts";

export const registryUser = "lab";

export function registryAddress(lab: Lab): string {
  return `${loopback}:${lab.ports.registry}`;
}

export function registryAuthAddress(lab: Lab): string {
  return `${loopback}:${lab.ports["registry-auth"]}`;
}

export function startRegistry(lab: Lab): Promise<boolean> {
  return startDistribution(lab, "registry", "");
}

export async function startRegistryAuth(lab: Lab): Promise<boolean> {
  const folder = join(lab.folders.run, "registry-auth");
  const file = join(folder, "htpasswd");
  await mkdir(folder, { recursive: true });
  if ((await readPassword(lab)) === undefined) {
    const password = randomBytes(18).toString("base64url");
    // The cheapest cost: the registry checks the password at each request, and nobody can guess this one.
    await writeFile(file, `${registryUser}:${await hash(password, 4)}\n`, { mode: 0o600 });
    await writeFile(passwordFile(lab), password, { mode: 0o600 });
  }
  return startDistribution(
    lab,
    "registry-auth",
    `auth:\n  htpasswd:\n    realm: lab\n    path: ${JSON.stringify(file)}\n`,
  );
}

export async function readPassword(lab: Pick<Lab, "folders">): Promise<string | undefined> {
  try {
    return await readFile(passwordFile(lab), "utf8");
  } catch {
    return undefined;
  }
}

function passwordFile(lab: Pick<Lab, "folders">): string {
  return join(lab.folders.run, "registry-auth", "password");
}

/** https://distribution.github.io/distribution/about/configuration/ */
async function startDistribution(
  lab: Lab,
  name: "registry" | "registry-auth",
  auth: string,
): Promise<boolean> {
  const folder = join(lab.folders.run, name);
  const address = `${loopback}:${lab.ports[name]}`;
  const config = `version: 0.1
log:
  level: warn
storage:
  filesystem:
    rootdirectory: ${JSON.stringify(join(folder, "data"))}
  delete:
    enabled: true
http:
  addr: ${address}
${auth}`;
  const file = join(folder, "config.yml");
  await mkdir(folder, { recursive: true });
  await writeFile(file, config);
  return startDaemon(lab, {
    name,
    argv: [join(debianRoot(lab), "usr/bin/docker-registry"), "serve", file],
    env: { PATH: lab.env["PATH"] },
    config,
    ready: async () => {
      const status = await fetch(`http://${address}/v2/`).then(
        (response) => response.status,
        () => 0,
      );
      return status === (auth === "" ? 200 : 401);
    },
  });
}

import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, readlink, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { keyOf, makeArtifact } from "./artifact.ts";
import { command } from "./command.ts";
import { isDaemonAlive, killIfThere, startDaemon, stopDaemon } from "./daemon.ts";
import { debianEnvironment, debianRoot } from "./debian.ts";
import { recordHost, restoreHost } from "./footprint.ts";
import { programsFolder } from "./go.ts";
import type { Lab } from "./lab.ts";
import { registryAddress } from "./registry.ts";

const socket = "/var/run/docker.sock";

/** A Docker Engine that answers already is used as it is; else the lab starts one. */
export async function startEngine(lab: Lab): Promise<boolean> {
  if (await usesOther(lab)) return false;
  if (process.getuid?.() !== 0) {
    throw new Error(
      "no Docker Engine answers, and only root can start one: start Docker, or run lab:up as root",
    );
  }
  await recordHost(lab);
  const started = [await startContainerd(lab), await startDockerd(lab)];
  return started.includes(true);
}

export async function stopEngine(lab: Lab): Promise<void> {
  if (await isOurs(lab)) await removeContainers(lab);
  await stopDaemon(lab, "docker");
  await stopDaemon(lab, "containerd");
  await killStrays(lab);
  await unmountAll(lab);
  // A killed engine leaves its socket; recordHost is what tells that the lab has ever started one.
  if ((await restoreHost(lab)) && !(await answers())) await rm(socket, { force: true });
}

export async function isEngineUp(lab: Pick<Lab, "folders" | "env">): Promise<boolean> {
  return (await usesOther(lab)) || answers();
}

async function usesOther(lab: Pick<Lab, "folders" | "env">): Promise<boolean> {
  const host = lab.env["DOCKER_HOST"];
  if (!host || host === `unix://${socket}`) return !(await isOurs(lab)) && answers();
  try {
    await command("docker", ["version", "--format", "{{.Server.Version}}"], { env: { ...lab.env } });
    return true;
  } catch (error) {
    throw new Error(
      `DOCKER_HOST is ${host}, but no Docker Engine answers there: start it, or unset DOCKER_HOST`,
      {
        cause: error,
      },
    );
  }
}

function isOurs(lab: Pick<Lab, "folders">): Promise<boolean> {
  return isDaemonAlive(lab, "docker");
}

function answers(): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ socketPath: socket, path: "/_ping", timeout: 5000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.on("error", () => resolve(false));
    ping.on("timeout", () => ping.destroy());
    ping.end();
  });
}

// Its own containerd, because the one that dockerd starts by itself makes folders outside the lab's.
async function startContainerd(lab: Lab): Promise<boolean> {
  const folder = join(lab.folders.run, "containerd");
  const config = `version = 2
root = ${JSON.stringify(join(folder, "root"))}
state = ${JSON.stringify(join(folder, "state"))}
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
  address = ${JSON.stringify(containerdSocket(lab))}
[plugins."io.containerd.internal.v1.opt"]
  path = ${JSON.stringify(join(folder, "opt"))}
`;
  const file = join(folder, "config.toml");
  await mkdir(folder, { recursive: true });
  await writeFile(file, config);
  return startDaemon(lab, {
    name: "containerd",
    argv: [join(debianRoot(lab), "usr/bin/containerd"), "--config", file],
    env: debianEnvironment(lab),
    config,
    ready: async () => existsSync(containerdSocket(lab)),
  });
}

async function startDockerd(lab: Lab): Promise<boolean> {
  const folder = join(lab.folders.run, "docker");
  const file = join(folder, "daemon.json");
  const config = JSON.stringify(
    {
      hosts: [`unix://${socket}`],
      "data-root": join(folder, "root"),
      "exec-root": join(folder, "exec"),
      pidfile: join(folder, "pid"),
      "deprecated-key-path": join(folder, "key.json"),
      containerd: containerdSocket(lab),
      "registry-mirrors": [`http://${registryAddress(lab)}`],
      "default-runtime": "lab",
      runtimes: { lab: { path: await provideRuntime(lab, folder) } },
      "shutdown-timeout": 5,
    },
    null,
    2,
  );
  await mkdir(folder, { recursive: true });
  await writeFile(file, config);
  return startDaemon(lab, {
    name: "docker",
    argv: [join(debianRoot(lab), "usr/sbin/dockerd"), "--config-file", file],
    env: debianEnvironment(lab),
    config,
    ready: answers,
  });
}

function containerdSocket(lab: Lab): string {
  return join(lab.folders.run, "containerd/containerd.sock");
}

/** See programs/runc for why there are two. Named by what it is: another one restarts the engine, and only another one. */
export async function provideRuntime(lab: Lab, folder: string): Promise<string> {
  const front = join(await programsFolder(lab), "runc");
  const place = join(folder, `runtime-${keyOf((await readFile(front)).toString("base64"))}`);
  await makeArtifact(place, async (partial) => {
    await symlink(join(debianRoot(lab), "usr/sbin/runc"), join(partial, "runc.real"));
    await copyFile(front, join(partial, "runc"));
  });
  return join(place, "runc");
}

async function removeContainers(lab: Lab): Promise<void> {
  const docker = join(debianRoot(lab), "usr/bin/docker");
  const options = { env: { ...lab.env, DOCKER_HOST: `unix://${socket}` } };
  try {
    const containers = (await command(docker, ["ps", "--all", "--quiet"], options))
      .split("\n")
      .filter(Boolean);
    if (containers.length > 0) await command(docker, ["rm", "--force", "--volumes", ...containers], options);
    await command(docker, ["network", "prune", "--force"], options);
  } catch (error) {
    lab.log(`could not remove the containers, going on: ${String(error)}`);
  }
}

/** Ends the programs that a crashed engine left. */
async function killStrays(lab: Lab): Promise<void> {
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const program = await readlink(`/proc/${pid}/exe`).catch(() => "");
    if (
      program.startsWith(`${debianRoot(lab)}/`) &&
      /\/(containerd[^/]*|dockerd?(-proxy)?|runc)$/.test(program)
    ) {
      killIfThere(Number(pid), "SIGKILL");
    }
  }
}

async function unmountAll(lab: Lab): Promise<void> {
  // https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html: the fifth field, in which odd characters are octal.
  const points = (await readFile("/proc/self/mountinfo", "utf8"))
    .split("\n")
    .map((line) => (line.split(" ")[4] ?? "").replaceAll(/\\(\d{3})/g, (_, code: string) => octal(code)))
    .filter((point) => point.startsWith(`${lab.folders.run}/`));
  for (const point of points.toReversed()) await command("umount", ["--no-mtab", "--lazy", point]);
}

function octal(code: string): string {
  return String.fromCodePoint(Number.parseInt(code, 8));
}

import { setTimeout as delay } from "node:timers/promises";
import { describeError, WorkError } from "../../errors.ts";
import type { Command, Exec } from "../../exec.ts";
import { ExecError } from "../../exec.ts";
import { dockerRunAdvice } from "../../docker.ts";

/** A BuildKit daemon in a privileged container of the local Docker Engine. */
export interface DaemonContainer {
  readonly name: string;
  readonly image: string;
  readonly job: string;
  readonly network?: string;
  readonly flags: readonly string[];
  /** Absolute path of a buildkitd.toml, copied into the container because the engine may be on another machine. */
  readonly config?: string;
}

const configPath = "/buildkitd.toml";
const readyMilliseconds = 60_000;

/** What buildctl takes as `--addr`: it connects through `docker exec`, so no port is opened. */
export function containerAddress(name: string): string {
  return `docker-container://${name}`;
}

/** The commands that make the container, its image pulled and its configuration inside, but not running yet. */
export function createCommands(container: DaemonContainer): readonly Command[] {
  const { name, image, job, network, flags, config } = container;
  const create = [
    "create",
    `--name=${name}`,
    `--label=multiarch=${job}`,
    "--privileged",
    ...(network === undefined ? [] : [`--network=${network}`]),
    image,
    ...(config === undefined ? [] : [`--config=${configPath}`]),
    ...flags,
  ];
  return [
    { program: "docker", args: create },
    ...(config === undefined ? [] : [{ program: "docker", args: ["cp", config, `${name}:${configPath}`] }]),
  ];
}

/** The command that starts a daemon that was created. */
export function startCommand(name: string): Command {
  return { program: "docker", args: ["start", name] };
}

/** The command that removes a daemon with its cache volume. */
export function removeCommand(name: string): Command {
  return { program: "docker", args: ["rm", "--force", "--volumes", name] };
}

/** Makes the container; the error says what Docker said, and what it commonly means. */
export async function createDaemon(image: string, commands: readonly Command[], exec: Exec): Promise<void> {
  for (const command of commands) await runForDaemon(image, command, exec);
}

/** Starts the daemon and waits until it answers; what it logged is in the error when it does not. */
export async function startDaemon(container: DaemonContainer, exec: Exec): Promise<void> {
  await runForDaemon(container.image, startCommand(container.name), exec);
  await waitUntilReady(container.name, exec);
}

async function runForDaemon(image: string, command: Command, exec: Exec): Promise<void> {
  try {
    await exec(command);
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
    throw new WorkError(`BuildKit did not start from ${image}`, {
      cause: error,
      fix: dockerRunAdvice(error.stderr),
    });
  }
}

async function waitUntilReady(name: string, exec: Exec): Promise<void> {
  const end = Date.now() + readyMilliseconds;
  for (let pause = 20; ; pause = Math.min(pause * 2, 500)) {
    try {
      await exec({ program: "docker", args: ["exec", name, "buildctl", "debug", "workers"] });
      return;
    } catch (error) {
      if (!(error instanceof ExecError)) throw error;
      const running = (await inspectDaemon(name, exec))?.running ?? false;
      if (running && Date.now() < end) {
        await delay(pause);
        continue;
      }
      throw new WorkError(
        running
          ? `BuildKit in the container ${name} did not answer within ${readyMilliseconds / 1000} s`
          : `BuildKit in the container ${name} ended at once:\n${await lastLogs(name, exec)}`,
        { cause: running ? error : undefined },
      );
    }
  }
}

/** What a container runs and whether it does; undefined when there is none of that name. */
export async function inspectDaemon(
  name: string,
  exec: Exec,
): Promise<{ readonly image: string; readonly running: boolean } | undefined> {
  const format = "--format={{.State.Running}} {{.Config.Image}}";
  try {
    const { stdout } = await exec({ program: "docker", args: ["container", "inspect", format, name] });
    const [running, image = ""] = stdout.trim().split(" ");
    return { image, running: running === "true" };
  } catch (error) {
    if (error instanceof ExecError) return undefined;
    throw error;
  }
}

async function lastLogs(name: string, exec: Exec): Promise<string> {
  try {
    const { stdout, stderr } = await exec({ program: "docker", args: ["logs", "--tail=50", name] });
    return `${stdout}${stderr}`.trim();
  } catch (error) {
    return `(its log can't be read: ${describeError(error)})`;
  }
}

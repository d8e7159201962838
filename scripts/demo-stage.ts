import { execFileSync } from "node:child_process";
import { labUp } from "../test/lab/lab.ts";

/** Where the demo plays: an engine, a registry on loopback, and what both need in the environment. */
export interface Stage {
  readonly env: NodeJS.ProcessEnv;
  /** host:port, plain HTTP. */
  readonly registry: string;
  readonly hasDocker: boolean;
  readonly cleanUp: () => void;
}

/** A Docker Engine that reaches Docker Hub, with a registry in a container, or else the lab. */
export async function chooseStage(): Promise<Stage> {
  if (hasDockerEngine() && (await reachesDockerHub())) return createHubStage();
  process.stderr.write(
    "There is no Docker Engine with Docker Hub in reach, so the demo plays in the test lab.\n",
  );
  const lab = await labUp({ log: (line) => process.stderr.write(`${line}\n`) });
  const env = { ...process.env, ...lab };
  return { env, registry: lab["LAB_REGISTRY"] ?? "", hasDocker: hasDockerEngine(env), cleanUp: () => {} };
}

function createHubStage(): Stage {
  const docker = (...args: string[]): string => execFileSync("docker", args, { encoding: "utf8" }).trim();
  const container = docker(
    "run",
    "--detach",
    "--publish=127.0.0.1::5000",
    "docker.io/library/registry:3.0.0",
  );
  const port = docker("port", container, "5000/tcp").split(":").at(-1) ?? "";
  return {
    // BuildKit's container reaches a registry on this machine's loopback only through the host's network.
    env: { ...process.env, MULTIARCH_DAEMON_NETWORK: "host" },
    registry: `127.0.0.1:${port}`,
    hasDocker: true,
    cleanUp: () => void docker("rm", "--force", "--volumes", container),
  };
}

function hasDockerEngine(env: NodeJS.ProcessEnv = process.env): boolean {
  try {
    execFileSync("docker", ["version"], { env, stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

async function reachesDockerHub(): Promise<boolean> {
  try {
    const { status } = await fetch("https://registry-1.docker.io/v2/", { signal: AbortSignal.timeout(5000) });
    return status === 401 || status === 200;
  } catch {
    return false;
  }
}

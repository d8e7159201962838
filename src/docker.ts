import { WorkError } from "./errors.ts";
import type { Exec } from "./exec.ts";
import { ExecError, ProgramMissingError } from "./exec.ts";

/** The Docker Engine that `docker` talks to. */
export interface DockerEngine {
  readonly version: string;
  readonly os: string;
  /** In Go's words: amd64, arm64, … */
  readonly architecture: string;
}

/** Asks the engine what it is; a WorkError says why there is none and what to do. */
export async function probeDocker(exec: Exec): Promise<DockerEngine> {
  try {
    const { stdout } = await exec({ program: "docker", args: ["version", "--format={{json .Server}}"] });
    const server = JSON.parse(stdout) as {
      readonly Version?: string;
      readonly Os?: string;
      readonly Arch?: string;
    };
    return { version: server.Version ?? "", os: server.Os ?? "linux", architecture: server.Arch ?? "" };
  } catch (error) {
    if (error instanceof ProgramMissingError) {
      throw new WorkError("there is no Docker here: the program docker was not found on PATH", {
        fix: "install Docker Engine, or set BUILDKIT_HOST to a BuildKit daemon and leave setup out",
        cause: error,
      });
    }
    if (!(error instanceof ExecError)) throw error;
    if (/permission denied/i.test(error.stderr)) {
      throw new WorkError("this user may not talk to the Docker Engine", {
        fix: "add the user to the group docker, or run as root",
        cause: error,
      });
    }
    throw new WorkError("the Docker Engine does not answer", {
      fix: "start it (systemctl start docker), or point DOCKER_HOST at one that runs",
      cause: error,
    });
  }
}

/** Advice for what `docker run` commonly fails with, or undefined. */
export function dockerRunAdvice(stderr: string): string | undefined {
  if (/toomanyrequests|429/i.test(stderr)) {
    return "the registry limits pulls: log in with docker login, or name a copy of the image";
  }
  if (/no such host|dial tcp|i\/o timeout|TLS handshake timeout/i.test(stderr)) {
    return "the registry can't be reached from the Docker Engine: name a copy of the image that can";
  }
  if (/not found|manifest unknown|pull access denied/i.test(stderr)) return "check the name of the image";
  if (/operation not permitted|privileged/i.test(stderr)) {
    return "the Docker Engine refuses privileged containers (rootless or restricted): BuildKit needs one here";
  }
  return undefined;
}

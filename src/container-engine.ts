import type { ContainerEngine } from "./buildkit/drivers/container.ts";
import { WorkError } from "./errors.ts";
import type { Exec } from "./exec.ts";
import { ExecError, ProgramMissingError } from "./exec.ts";

/** What a container engine is. */
export interface EngineInfo {
  readonly version: string;
  /** In Go's words: amd64, arm64, … */
  readonly architecture: string;
}

/** Asks an engine what it is; a WorkError says why there is none and what to do. */
export async function probeEngine(name: ContainerEngine, exec: Exec): Promise<EngineInfo> {
  try {
    return name === "docker" ? await askDocker(exec) : await askPodman(exec);
  } catch (error) {
    const words = name === "docker" ? dockerWords : podmanWords;
    if (error instanceof ProgramMissingError) {
      throw new WorkError(`there is no ${words.name} here: the program ${name} was not found on PATH`, {
        fix: `install ${words.product}, or set BUILDKIT_HOST to a BuildKit daemon`,
        cause: error,
      });
    }
    if (!(error instanceof ExecError)) throw error;
    if (/permission denied/i.test(error.stderr)) {
      throw new WorkError(`this user may not talk to ${words.engine}`, {
        fix: words.permission,
        cause: error,
      });
    }
    throw new WorkError(`${words.engine} does not answer`, { fix: words.start, cause: error });
  }
}

const dockerWords = {
  name: "Docker",
  product: "Docker Engine",
  engine: "the Docker Engine",
  permission: "add the user to the group docker, or run as root",
  start: "start it (systemctl start docker), or point DOCKER_HOST at one that runs",
};
const podmanWords = {
  name: "podman",
  product: "podman",
  engine: "podman",
  permission: "run as the user whose containers they are, or as root",
  start: "run podman info to see what is wrong with it",
};

async function askDocker(exec: Exec): Promise<EngineInfo> {
  const { stdout } = await exec({ program: "docker", args: ["version", "--format={{json .Server}}"] });
  const server = JSON.parse(stdout) as { readonly Version?: string; readonly Arch?: string };
  return { version: server.Version ?? "", architecture: server.Arch ?? "" };
}

async function askPodman(exec: Exec): Promise<EngineInfo> {
  const format = '--format={"version":{{json .Version.Version}},"architecture":{{json .Host.Arch}}}';
  const { stdout } = await exec({ program: "podman", args: ["info", format] });
  return JSON.parse(stdout) as EngineInfo;
}

/** What a container engine commonly complains of, and what to do. */
export interface Complaint {
  readonly kind:
    | "engine-down"
    | "disk-full"
    | "rate-limit"
    | "server"
    | "interrupted"
    | "unreachable"
    | "not-trusted"
    | "platform"
    | "absent"
    | "denied"
    | "taken"
    | "runtime"
    | "privileges";
  readonly fix: string;
}

/** The first that fits counts: docker wraps one complaint in another, and the more telling ones stand first. */
const complaints: readonly (Complaint & { readonly pattern: RegExp })[] = [
  {
    kind: "engine-down",
    pattern:
      /cannot connect to the docker daemon|is the docker daemon running|permission denied while trying to connect|cannot connect to podman|unable to connect to podman/i,
    fix: "start the engine (systemctl start docker), and see that this user may talk to it",
  },
  {
    kind: "disk-full",
    pattern: /no space left on device|disk quota exceeded/i,
    fix: "free space on the engine's disk, for example with docker system prune",
  },
  {
    kind: "rate-limit",
    pattern: /toomanyrequests|too many requests|\b429\b|rate limit/i,
    fix: "the registry limits pulls: log in with docker login, or name a mirror in image-mirrors",
  },
  {
    kind: "not-trusted",
    pattern:
      /x509|certificate|server gave HTTP response to HTTPS client|first record does not look like a TLS/i,
    fix: "the engine does not trust the registry: give it the authority, or list it as insecure in the engine's configuration",
  },
  {
    kind: "unreachable",
    pattern:
      /no such host|connection refused|network is unreachable|no route to host|dial tcp\b.*(?:i\/o timeout|connect:)|server misbehaving|temporary failure in name resolution|proxyconnect/i,
    fix: "the registry can't be reached from the engine: check its network and proxy, or name a mirror in image-mirrors",
  },
  {
    kind: "server",
    pattern: /\b(?:HTTP|StatusCode:?|status(?: code)?:?) ?5\d\d\b|\b5\d\d (?:Internal|Bad|Service|Gateway)/i,
    fix: "the registry fails at the moment: run again later, or name a mirror in image-mirrors",
  },
  {
    kind: "interrupted",
    pattern:
      /connection reset|broken pipe|\bEOF\b|i\/o timeout|TLS handshake timeout|deadline exceeded|Client\.Timeout|request canceled|use of closed network connection|short read|failed to verify|filesystem layer verification failed/i,
    fix: "the connection to the registry breaks: run again, or name a mirror in image-mirrors",
  },
  {
    kind: "platform",
    pattern:
      /no matching manifest for|does not match the specified platform|no image found in .* for architecture/i,
    fix: "the image has no build for this machine: name another image",
  },
  {
    kind: "denied",
    pattern:
      /\bunauthorized\b|authentication required|no basic auth credentials|\b40[13] (?:Forbidden|Unauthorized)|access (?:to the resource )?is denied/i,
    fix: "log in to the registry with docker login, and check the name of the image",
  },
  {
    // Docker Hub says `pull access denied … repository does not exist or may require 'docker login'` for either.
    kind: "absent",
    pattern:
      /not found|manifest unknown|name unknown|name_unknown|no such image|does not exist|pull access denied/i,
    fix: "check the name of the image",
  },
  {
    kind: "taken",
    pattern: /is already in use by container|port is already allocated|address already in use/i,
    fix: "remove the container that has the name or the port, or choose another",
  },
  {
    kind: "runtime",
    pattern: /exec format error/i,
    fix: "the image is built for another architecture than the engine's machine",
  },
  {
    kind: "privileges",
    pattern: /operation not permitted|privileged|unable to apply caps/i,
    fix: "the engine refuses privileged containers (rootless or restricted): BuildKit needs one here",
  },
];

/** What an engine's error output says, as far as it is known. */
export function recognizeComplaint(stderr: string): Complaint | undefined {
  const found = complaints.find(({ pattern }) => pattern.test(stderr));
  return found === undefined ? undefined : { kind: found.kind, fix: found.fix };
}

/** Advice for what `docker run` commonly fails with, or undefined. */
export function dockerRunAdvice(stderr: string): string | undefined {
  return recognizeComplaint(stderr)?.fix;
}

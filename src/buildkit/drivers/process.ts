import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { WorkError } from "../../errors.ts";
import type { Command } from "../../exec.ts";
import { findProgram } from "../../exec.ts";
import { coversProc, parseMountinfo } from "./mountinfo.ts";

/** What of this machine decides how buildkitd can run here. */
export interface ProcessFacts {
  readonly uid: number;
  /** CAP_SYS_ADMIN: root in an unprivileged container has it not. */
  readonly mayMount: boolean;
  /** Path of rootlesskit on PATH. */
  readonly rootlesskit: string | undefined;
  /** Parts of /proc are covered, as in a container. */
  readonly procCovered: boolean;
}

/** A BuildKit daemon as a process of this machine. */
export interface DaemonProcess {
  readonly command: Command;
  readonly env: Readonly<Record<string, string>>;
  /** All that is the daemon's own: its cache, its log, and the record by which it is found again. */
  readonly folder: string;
  /** Sockets and temporary files: `folder`, or a shorter one where a socket's path would be too long. */
  readonly runtime: string;
  readonly socket: string;
  readonly log: string;
  /** Absolute path of the runc that it starts containers with. */
  readonly runc: string;
  /** Absolute path of the rootlesskit that it runs under; undefined as root. */
  readonly rootlesskit: string | undefined;
}

export interface ProcessRequest {
  /** Absolute path of the folder that has buildkitd, buildkit-runc and perhaps buildkit-qemu-*. */
  readonly programs: string;
  /** Absolute path of a folder for this daemon alone; made by starting it, removed by stopping it. */
  readonly folder: string;
  /** The system's folder for temporary files. */
  readonly temp: string;
  readonly job: string;
  /** Flags of buildkitd. */
  readonly flags: readonly string[];
  /** Absolute path of a buildkitd.toml. */
  readonly config?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

// https://man7.org/linux/man-pages/man7/unix.7.html: sun_path has 108 bytes, the last of which is 0.
const socketPathLimit = 107;
/** The longest path of a socket that buildkitd makes below its runtime folder, one for ssh of a build. */
const longestSocket = "/tmp/.buildkit-ssh-sock4294967295/ssh_auth_sock";

/** How the daemon is started; a WorkError says why it can't run here and what to do. */
export function planDaemonProcess(request: ProcessRequest, facts: ProcessFacts): DaemonProcess {
  const { config, env, flags, folder, programs } = request;
  const rootless = facts.uid !== 0;
  refuseWhereImpossible(facts);
  const runtime = runtimeFolder(request);
  const socket = socketIn(runtime);
  const daemon = [
    `--addr=unix://${socket}`,
    `--root=${join(folder, "root")}`,
    `--otel-socket-path=${join(runtime, "otel.sock")}`,
    // "auto" would also take a containerd that runs here for something else.
    "--containerd-worker=false",
    "--oci-worker=true",
    ...(rootless ? ["--rootless"] : []),
    ...(rootless && facts.procCovered ? ["--oci-worker-no-process-sandbox"] : []),
    ...(config === undefined ? [] : [`--config=${config}`]),
    ...flags,
  ];
  const buildkitd = join(programs, "buildkitd");
  const rootlesskit = rootless ? facts.rootlesskit : undefined;
  return {
    command:
      rootlesskit === undefined
        ? { program: buildkitd, args: daemon }
        : {
            program: rootlesskit,
            args: [`--state-dir=${join(runtime, "rootlesskit")}`, buildkitd, ...daemon],
          },
    env: daemonEnvironment(env, { programs, runtime, rootless }),
    folder,
    runtime,
    socket,
    log: processLog(folder),
    runc: join(programs, "buildkit-runc"),
    rootlesskit,
  };
}

function refuseWhereImpossible({ mayMount, rootlesskit, uid }: ProcessFacts): void {
  const otherwise = "or name a BuildKit daemon that runs elsewhere with BUILDKIT_HOST";
  if (uid === 0 && !mayMount) {
    throw new WorkError(
      "BuildKit can't run as a process here: it mounts file systems, and this root user may not (no CAP_SYS_ADMIN, " +
        "as in an unprivileged container)",
      { fix: `run the job in a privileged container, ${otherwise}` },
    );
  }
  if (uid !== 0 && rootlesskit === undefined) {
    throw new WorkError(
      `BuildKit can't run as a process of the user ${uid}: rootlesskit was not found on PATH`,
      {
        fix: `install rootlesskit and uidmap (Debian: apt-get install rootlesskit uidmap), run as root, ${otherwise}`,
      },
    );
  }
}

/** Where sockets fit: in the daemon's own folder, or right below the system's temporary one. */
function runtimeFolder({ folder, job, temp }: ProcessRequest): string {
  const fits = (path: string): boolean => Buffer.byteLength(path + longestSocket) <= socketPathLimit;
  const name = `multiarch-${job}`;
  return [folder, join(temp, name)].find(fits) ?? join("/tmp", name);
}

const inherited =
  /^(HOME|USER|LOGNAME|PATH|TZ|LANG|LC_\w+|SSL_CERT_(FILE|DIR)|(HTTPS?|NO|ALL|FTP)_PROXY|BUILDKITD?_\w+|OTEL_\w+)$/i;

/** A CI job's variables hold secrets, and the daemon outlives the step: it gets those that it reads. */
function daemonEnvironment(
  env: ProcessRequest["env"],
  { programs, runtime, rootless }: { programs: string; runtime: string; rootless: boolean },
): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && inherited.test(entry[0]),
  );
  return {
    ...Object.fromEntries(kept),
    PATH: [programs, env["PATH"] || "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"].join(
      delimiter,
    ),
    TMPDIR: join(runtime, "tmp"),
    // Rootless runc keeps its containers' state there.
    ...(rootless ? { XDG_RUNTIME_DIR: join(runtime, "xdg") } : {}),
  };
}

/** The daemon's socket in its folder for sockets. */
export function socketIn(runtime: string): string {
  return join(runtime, "buildkitd.sock");
}

export function processLog(folder: string): string {
  return join(folder, "buildkitd.log");
}

/** What buildctl takes as `--addr`. */
export function processAddress({ socket }: Pick<DaemonProcess, "socket">): string {
  return `unix://${socket}`;
}

/** Reads what `planDaemonProcess` goes by. */
export function probeProcess(env: ProcessRequest["env"]): ProcessFacts {
  return {
    uid: process.getuid?.() ?? 0,
    mayMount: maySysAdmin(readOr("/proc/self/status", "")),
    rootlesskit: findProgram("rootlesskit", env["PATH"] ?? ""),
    procCovered: coversProc(parseMountinfo(readOr("/proc/self/mountinfo", ""))),
  };
}

/** https://man7.org/linux/man-pages/man7/capabilities.7.html: CAP_SYS_ADMIN has the number 21. */
function maySysAdmin(status: string): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return effective === undefined || (BigInt(`0x${effective}`) & (1n << 21n)) !== 0n;
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return otherwise;
  }
}

import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { TestJob } from "./job.ts";

/**
 * What of a job is on this machine besides containers, volumes and files: processes, sockets, mounts. Every program that a
 * job starts has the job's folder in its environment, its arguments or as its working directory; of what engines start for
 * it, the listening ports count.
 */
export function readTraces({ folder }: Pick<TestJob, "folder">): string[] {
  const processes = readProcesses();
  const own = processes.filter(({ words }) => words.includes(folder));
  const listening = readListening();
  const ports = processes
    .filter((process) => own.includes(process) || /^(buildkitd|docker-proxy|rootlesskit)$/.test(process.name))
    .flatMap(({ name, pid }) =>
      readSocketInodes(pid).flatMap((inode) => {
        const address = listening.get(inode);
        return address === undefined ? [] : [`${name} listens on ${address}`];
      }),
    );
  return [
    ...own.map(({ command }) => `process ${command}`),
    ...ports,
    ...[folder, listeningInContainer].flatMap((text) =>
      linesWith(text, "/proc/net/unix").map((line) => `socket ${line.replace(/^.* (?=\/)/, "")}`),
    ),
    ...linesWith(folder, "/proc/self/mountinfo").map((line) => `mount ${line}`),
  ].toSorted();
}

/** Whether a program runs anywhere on this machine, containers included, that has this word among its arguments. */
export function isRunning(word: string): boolean {
  return readProcesses().some(({ command }) => command.split(" ").includes(word));
}

/** What the kernel calls a socket by is its path as the daemon sees it; 00010000 is one that listens. */
const listeningInContainer = / 00010000 .* \/run\/multiarch\/buildkitd\.sock$/;

interface Process {
  readonly pid: string;
  readonly name: string;
  readonly command: string;
  /** Its arguments, environment and working directory. */
  readonly words: string;
}

function readProcesses(): readonly Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .flatMap((pid) => {
      try {
        const read = (file: string): string => readFileSync(`/proc/${pid}/${file}`, "utf8");
        const command = read("cmdline").replaceAll("\0", " ").trim();
        const words = [command, read("environ"), readlinkSync(`/proc/${pid}/cwd`)].join("\n");
        return [{ pid, name: read("comm").trim(), command, words }];
      } catch {
        // It has ended since.
        return [];
      }
    });
}

/** Inode to address of the TCP sockets that listen. https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html */
function readListening(): ReadonlyMap<string, string> {
  const listening = "0A";
  const rows = ["tcp", "tcp6"].flatMap((name) => readFileSync(`/proc/net/${name}`, "utf8").split("\n"));
  return new Map(
    rows
      .map((row) => row.trim().split(/\s+/))
      .filter(([, , , state]) => state === listening)
      .map(([, address = "", , , , , , , , inode = ""]) => [inode, address]),
  );
}

function readSocketInodes(pid: string): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

function linesWith(text: string | RegExp, file: string): readonly string[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => (typeof text === "string" ? line.includes(text) : text.test(line)));
}

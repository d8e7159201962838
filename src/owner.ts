import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** A process that something lives for, recognizable after its pid was given to another. */
export interface Owner {
  /** The kernel's run and the pid namespace: where `pid` means something. */
  readonly host: string;
  readonly pid: number;
  /** In clock ticks after boot (field 22 of /proc/PID/stat), "" where there is no /proc. */
  readonly startTime: string;
}

/** A process as an owner. */
export function ownerOf(pid: number): Owner {
  return { host: hostIdentity(), pid, startTime: readStartTime(pid) ?? "" };
}

/** Whether the owner still runs; "unknown" when it is on another host, in another namespace, or before a reboot. */
export function ownerLife(owner: Owner): "alive" | "dead" | "unknown" {
  if (owner.host !== hostIdentity() || owner.startTime === "") return "unknown";
  return readStartTime(owner.pid) === owner.startTime ? "alive" : "dead";
}

/** The kernel's run and our pid namespace; on other systems than Linux the host's name. */
export function hostIdentity(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot}/${readlinkSync("/proc/self/ns/pid").replace(/\D/g, "")}`;
  } catch {
    return hostname();
  }
}

/** When a process started, in clock ticks after boot; undefined when there is no such process. */
export function readStartTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses, which may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const hasEnded = fields[0] === "Z" || fields[0] === "X";
    return hasEnded ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

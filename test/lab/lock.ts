import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Log } from "./lab.ts";

/**
 * Waits for its turn. The kernel holds the lock for flock(1)'s child, which ends when this process does, however that ends:
 * no lock is ever stale.
 */
export async function lock(file: string, log: Log): Promise<AsyncDisposable> {
  await mkdir(dirname(file), { recursive: true });
  const child = spawn("flock", [file, "sh", "-c", "echo mine; exec cat >/dev/null"], {
    // Its own session, so that Ctrl-C does not open the lock before the clean-up that it starts.
    detached: true,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const waiting = setTimeout(() => log("another lab command is at work, waiting for it"), 500);
  try {
    const end = once(child, "exit").then(([code]) => Promise.reject(new Error(`flock ended with ${code}`)));
    await Promise.race([once(child.stdout, "data"), end]);
    end.catch(() => {});
  } finally {
    clearTimeout(waiting);
  }
  return {
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}

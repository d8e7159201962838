import type { Server, Socket } from "node:net";
import { connect, createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { CancelledError, WorkError } from "./errors.ts";

export interface LockOptions {
  readonly signal?: AbortSignal;
  readonly milliseconds?: number;
  /** Called once when it is somebody else's turn; the text says whose. */
  readonly onWait?: (owner: string) => void;
}

const defaultMilliseconds = 300_000;
const pauseMilliseconds = 10;

/**
 * Does the work while no other process of this machine, of any user, does work under the same name. The lock is a socket
 * address in Linux' abstract namespace (unix(7)), on Windows a named pipe: one process has it, nobody needs a permission or
 * leaves a file behind, and the kernel takes it back when the process ends, however that happens, so that it is never stale.
 * Who waits is connected to it, and hears of the end at once. Elsewhere there is no such thing and no lock.
 */
export async function withLock<T>(
  name: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const path = lockPath(name);
  if (path === undefined) return work();
  const release = await acquire(path, name, options);
  try {
    return await work();
  } finally {
    await release();
  }
}

function lockPath(name: string): string | undefined {
  switch (process.platform) {
    case "linux":
      return `\0multiarch-${name}`;
    case "win32":
      return `\\\\.\\pipe\\multiarch-${name}`;
    default:
      return undefined;
  }
}

async function acquire(path: string, name: string, options: LockOptions): Promise<() => Promise<void>> {
  const { milliseconds = defaultMilliseconds, onWait, signal } = options;
  const end = performance.now() + milliseconds;
  let owner: string | undefined;
  for (;;) {
    if (signal?.aborted) throw cancellation(signal);
    const release = await listen(path);
    if (release !== undefined) return release;
    const began = performance.now();
    const remaining = end - began;
    await awaitEnd(path, Math.max(remaining, 0), signal, (holder) => {
      if (owner === undefined) onWait?.(holder);
      owner = holder;
    });
    // Whoever lets go and is asked again at once may not be gone yet.
    if (performance.now() - began < pauseMilliseconds) await delay(pauseMilliseconds);
    if (performance.now() >= end) {
      throw new WorkError(
        `${owner ?? "another process"} has kept the lock ${name} of this machine for ${Math.round(milliseconds / 1000)} s`,
        { fix: "end that process if it hangs, and try again" },
      );
    }
  }
}

/** Takes the address; undefined when somebody has it. Where sockets are forbidden nobody can have it. */
function listen(path: string): Promise<(() => Promise<void>) | undefined> {
  return new Promise((resolve) => {
    const waiting = new Set<Socket>();
    const server: Server = createServer((socket) => {
      waiting.add(socket);
      socket.on("error", () => {}).on("close", () => waiting.delete(socket));
      socket.write(`process ${process.pid}\n`);
    });
    server.once("error", (error: NodeJS.ErrnoException) => {
      resolve(error.code === "EADDRINUSE" ? undefined : async () => {});
    });
    server.listen(path, () => {
      resolve(
        () =>
          new Promise((done) => {
            server.close(() => done());
            for (const socket of waiting) socket.destroy();
          }),
      );
    });
  });
}

/** Until who has the lock lets go, or the time is over; tells who that is. */
function awaitEnd(
  path: string,
  milliseconds: number,
  signal: AbortSignal | undefined,
  onOwner: (owner: string) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const finish = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", finish);
      socket.destroy();
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    signal?.addEventListener("abort", finish);
    socket.on("data", (data) => {
      const pid = /^process (\d{1,10})\n/.exec(data.toString("latin1"))?.[1];
      if (pid !== undefined) onOwner(`process ${pid}`);
    });
    socket.on("error", () => {}).on("close", finish);
  });
}

function cancellation(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new CancelledError("SIGTERM");
}

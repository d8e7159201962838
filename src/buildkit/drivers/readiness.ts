import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { WorkError } from "../../errors.ts";

/** How long a daemon may take, and how long a socket that we share before it is asked in another way; milliseconds. */
const usual = { ready: 60_000, socket: 2000 };

/**
 * Asks until the daemon answers: gives true when it does through a socket that we share, false when in the other way.
 * Throws what `failure` finds, or a WorkError when the time is over.
 */
export async function awaitReady(
  ask: {
    /** Undefined when no socket is shared. */
    readonly connects: (() => Promise<boolean>) | undefined;
    readonly answers: () => Promise<boolean>;
    readonly failure: () => Promise<WorkError | undefined>;
    /** What the daemon has printed, for the error when it never answers. */
    readonly log?: () => Promise<string>;
  },
  limits: typeof usual = usual,
): Promise<boolean> {
  const begin = performance.now();
  for (let pause = 10; ; pause = Math.min(pause * 1.5, 250)) {
    if (await ask.connects?.()) return true;
    const waited = performance.now() - begin;
    const asksOtherwise = ask.connects === undefined || waited > limits.socket;
    if (asksOtherwise && (await ask.answers())) return false;
    if (pause > 50) {
      const failure = await ask.failure();
      if (failure !== undefined) throw failure;
    }
    if (waited > limits.ready) {
      const log = await ask.log?.();
      throw new WorkError(
        `BuildKit did not answer within ${limits.ready / 1000} s${log === undefined ? "" : `:\n${log}`}`,
      );
    }
    await delay(pause);
  }
}

/** Whether somebody listens on a unix socket. */
export function canConnect(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const finish = (connected: boolean) => (): void => {
      socket.destroy();
      resolve(connected);
    };
    socket.once("connect", finish(true)).once("error", finish(false));
  });
}

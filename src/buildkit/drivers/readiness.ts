import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { WorkError } from "../../errors.ts";

const readyMilliseconds = 60_000;
/** How long a socket that we share may take before the daemon is asked in another way. */
const socketMilliseconds = 2000;

/**
 * Asks until the daemon answers: gives true when it does through a socket that we share, false when in the other way.
 * Throws what `failure` finds, or a WorkError after a minute.
 */
export async function awaitReady(ask: {
  /** Undefined when no socket is shared. */
  readonly connects: (() => Promise<boolean>) | undefined;
  readonly answers: () => Promise<boolean>;
  readonly failure: () => Promise<WorkError | undefined>;
}): Promise<boolean> {
  const begin = performance.now();
  for (let pause = 10; ; pause = Math.min(pause * 1.5, 250)) {
    if (await ask.connects?.()) return true;
    const waited = performance.now() - begin;
    const asksOtherwise = ask.connects === undefined || waited > socketMilliseconds;
    if (asksOtherwise && (await ask.answers())) return false;
    if (pause > 50) {
      const failure = await ask.failure();
      if (failure !== undefined) throw failure;
    }
    if (waited > readyMilliseconds) {
      throw new WorkError(`BuildKit did not answer within ${readyMilliseconds / 1000} s`);
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

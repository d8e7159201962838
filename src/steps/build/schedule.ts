import { WorkError } from "../../errors.ts";
import { formatPlatform } from "../../oci/platform.ts";
import type { Limits, PlannedSolve } from "./plan.ts";

/**
 * Runs solves at the same time, as many as the limits allow, in their order, and waits for each of them. The signal that a
 * solve gets is aborted when the job is cancelled, when its time is up, and when another failed and nothing more is wanted.
 */
export async function runSolves<T>(
  solves: readonly PlannedSolve[],
  limits: Pick<Limits, "parallel" | "failFast" | "timeout">,
  signal: AbortSignal,
  run: (solve: PlannedSolve, signal: AbortSignal) => Promise<T>,
): Promise<readonly PromiseSettledResult<T>[]> {
  const failed = new AbortController();
  const slots = createSlots(limits.parallel);
  return Promise.allSettled(
    solves.map(async (solve) => {
      const free = await slots();
      try {
        const any = AbortSignal.any([signal, failed.signal]);
        any.throwIfAborted();
        return await withTimeout(solve, limits.timeout, any, (limited) => run(solve, limited));
      } catch (error) {
        const what = `${formatPlatform(solve.platform)} failed`;
        if (limits.failFast) failed.abort(new WorkError(`stopped, because ${what}`));
        throw error;
      } finally {
        free();
      }
    }),
  );
}

async function withTimeout<T>(
  { platform }: PlannedSolve,
  milliseconds: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (milliseconds === 0) return work(signal);
  const controller = new AbortController();
  const timer = setTimeout(() => {
    const name = formatPlatform(platform);
    controller.abort(
      new WorkError(
        `${name} took longer than the ${milliseconds / 1000} s of platform-timeout, and was stopped`,
        {
          fix: `raise platform-timeout, or build ${name} on a machine of its own kind`,
        },
      ),
    );
  }, milliseconds);
  try {
    return await work(AbortSignal.any([signal, controller.signal]));
  } finally {
    clearTimeout(timer);
  }
}

/** Turns, first come first served; what a turn gives is called when it is over. */
function createSlots(count: number): () => Promise<() => void> {
  let free = count;
  const waiting: (() => void)[] = [];
  const release = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return async () => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => void waiting.push(resolve));
    return release;
  };
}

import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../src/registry/sender.ts";

/** Time that passes only by sleeping, and then at once: what sleeps at the same time sleeps side by side. */
export type VirtualClock = Clock & {
  /** Every sleep so far, in milliseconds. */
  readonly waits: number[];
  readonly pass: (duration: number) => void;
  /** How far the machine's clock is ahead of the right time; milliseconds. */
  ahead: number;
  /** What happens while somebody sleeps, and how late it is then. */
  whileAsleep: (until: number) => unknown;
};

export function createVirtualClock(random: () => number = () => 1): VirtualClock {
  let time = 0;
  const clock: VirtualClock = {
    now: () => time,
    wallClock: () => Date.now() + time + clock.ahead,
    random,
    waits: [],
    pass: (duration) => void (time += duration),
    ahead: 0,
    whileAsleep: () => {},
    sleep: async (duration) => {
      clock.waits.push(Math.round(duration));
      const end = time + duration;
      // Those who fall asleep in the same moment are heard before any wakes up.
      await setImmediate();
      await clock.whileAsleep(end);
      time = Math.max(time, end);
    },
  };
  return clock;
}

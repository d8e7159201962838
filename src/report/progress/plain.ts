import type { ProgressReader } from "../../buildkit/progress.ts";
import type { DisplayOptions, ProgressDisplay } from "./display.ts";
import { describeSaid, describeSolve, runningSteps } from "./step-lines.ts";

const heartbeat = 30_000;
const nameLength = 120;

/** For the log of a CI: a line now and then, and each platform's log whole when it ends. */
export function createPlainDisplay(options: DisplayOptions): ProgressDisplay {
  const { every, log, now } = options;
  const column = platformColumn(options.platforms);
  const beats = new Set<() => void>();
  return {
    follow: (platform, reader, { emulated = false } = {}) => {
      const name = column(platform);
      const begin = now();
      log.info(`${name}  building${emulated ? " (emulated)" : ""}`);
      const stop = every(heartbeat, () => {
        const seconds = Math.round((now() - begin) / 1000);
        log.info(`${name}  still building after ${seconds} s: ${describeNow(reader)}`);
      });
      beats.add(stop);
      return {
        read: reader.read,
        end: ({ summary }) => {
          stop();
          beats.delete(stop);
          log.untrusted(`${name}  ${summary}`, [...describeSolve(reader), ...describeSaid(reader)]);
        },
      };
    },
    close: () => {
      for (const stop of beats) stop();
    },
  };
}

/** Platforms in a column as wide as the longest. */
export function platformColumn(platforms: readonly string[]): (platform: string) => string {
  const width = Math.max(0, ...platforms.map(({ length }) => length));
  return (platform) => platform.padEnd(width);
}

function describeNow(reader: ProgressReader): string {
  const [step, ...others] = runningSteps(reader);
  const [crash] = reader.crashes();
  return [
    step === undefined ? "BuildKit is between two steps" : shorten(step.name),
    ...(others.length === 0 ? [] : [` and ${others.length} more`]),
    ...(crash === undefined ? [] : [`; QEMU crashed, so this may not end: ${crash.line}`]),
  ].join("");
}

/** Cut at a blank, because half of a secret would not be known as one. */
function shorten(name: string): string {
  return name.length > nameLength
    ? `${name.slice(0, Math.max(name.lastIndexOf(" ", nameLength), 0))} …`
    : name;
}

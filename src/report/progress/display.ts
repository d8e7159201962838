import type { ProgressReader } from "../../buildkit/progress.ts";
import type { Log, Terminal } from "../../host/host.ts";
import { createLiveDisplay } from "./live.ts";
import type { ShownProgress } from "./mode.ts";
import { createPlainDisplay } from "./plain.ts";
import { createQuietDisplay } from "./quiet.ts";
import { createRawDisplay } from "./raw.ts";

/** Shows the solves of several platforms, side by side or one after the other. */
export interface ProgressDisplay {
  /** A solve of this platform begins, perhaps not the first; its lines go to the reader through the handle. */
  readonly follow: (
    platform: string,
    reader: ProgressReader,
    options?: { readonly emulated?: boolean },
  ) => PlatformProgress;
  /** Nothing is shown in place any more, and nothing is shown by itself. */
  readonly close: () => void;
}

export interface PlatformProgress {
  /** Takes one line of buildctl's stderr. */
  readonly read: (line: string) => void;
  readonly end: (outcome: PlatformOutcome) => void;
}

export interface PlatformOutcome {
  readonly ok: boolean;
  /** One line: `pushed sha256:… after 12.3 s`. */
  readonly summary: string;
}

export interface DisplayOptions {
  /** All that will be followed, for columns of one width and for what still waits. */
  readonly platforms: readonly string[];
  readonly log: Log;
  readonly terminal: Terminal | undefined;
  /** A clock in milliseconds. */
  readonly now: () => number;
  /** Does the work again and again, every so many milliseconds, until the function that it returns is called. */
  readonly every: Every;
}

export type Every = (milliseconds: number, work: () => void) => () => void;

/** Without a terminal, `tty` is `plain`. */
export function createProgressDisplay(
  options: Pick<DisplayOptions, "platforms" | "log"> & {
    readonly mode: ShownProgress;
    readonly terminal?: Terminal | undefined;
    readonly now?: () => number;
    readonly every?: Every;
  },
): ProgressDisplay {
  const { mode, terminal } = options;
  const all = { now: () => performance.now(), every: repeat, ...options, terminal };
  switch (mode) {
    case "tty":
      return terminal === undefined ? createPlainDisplay(all) : createLiveDisplay({ ...all, terminal });
    case "plain":
      return createPlainDisplay(all);
    case "rawjson":
      return createRawDisplay(all);
    case "quiet":
      return createQuietDisplay(all);
    default:
      return mode satisfies never;
  }
}

/** Keeps no process from ending. */
const repeat: Every = (milliseconds, work) => {
  const timer = setInterval(work, milliseconds).unref();
  return () => clearInterval(timer);
};

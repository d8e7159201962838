import { StringDecoder } from "node:string_decoder";
import { neutralise } from "../report/untrusted.ts";

/** What one step printed, as lines that are harmless to show. */
export interface StepLog {
  /** Takes bytes of a stream as they came, cut anywhere. */
  readonly write: (stream: number, bytes: Buffer) => void;
  /** Ends the lines that have no line break yet. */
  readonly flush: () => void;
  /** All lines, or the first and the last with a line between them that says how many were left out. */
  readonly lines: () => readonly string[];
  readonly last: (count: number) => readonly string[];
}

/** Logs of one solve that share a limit on what they keep. */
export interface StepLogs {
  /** `onLine` is given every line, also those that are not kept. */
  readonly create: (onLine?: (line: string) => void) => StepLog;
}

const maxLineLength = 8192;
// What a line costs beyond its characters.
const lineOverhead = 32;

/**
 * Keeps at most `limit` characters of all logs together: when there are more, the longest log loses its middle. BuildKit itself
 * clips each log at 2 MiB, if its daemon is not told otherwise.
 */
export function createStepLogs(limit = 4 * 1024 * 1024): StepLogs {
  const logs: KeptLines[] = [];
  const kept = { size: 0 };
  const change = (log: KeptLines, work: () => void): void => {
    kept.size -= log.size();
    work();
    kept.size += log.size();
  };
  const makeRoom = (): void => {
    while (kept.size > limit) {
      const longest = logs.reduce((most, log) => (log.size() > most.size() ? log : most));
      change(longest, () => longest.limitTo(Math.floor(longest.size() / 2)));
    }
  };
  return {
    create: (onLine) => {
      const lines = keepLines();
      logs.push(lines);
      return createStepLog(lines, (line) => {
        onLine?.(line);
        change(lines, () => lines.push(line));
        makeRoom();
      });
    },
  };
}

function createStepLog(kept: KeptLines, push: (line: string) => void): StepLog {
  const streams = new Map<number, { readonly decoder: StringDecoder; readonly line: OpenLine }>();
  const open = (stream: number) => {
    const known = streams.get(stream) ?? { decoder: new StringDecoder("utf8"), line: createOpenLine() };
    streams.set(stream, known);
    return known;
  };
  const unfinished = (): string[] => [...streams.values()].flatMap(({ line }) => line.text() ?? []);
  return {
    write: (stream, bytes) => {
      const { decoder, line } = open(stream);
      const [first = "", ...rest] = decoder.write(bytes).split("\n");
      line.extend(first);
      for (const text of rest) {
        push(line.end());
        line.extend(text);
      }
    },
    flush: () => {
      for (const { line } of streams.values()) if (line.text() !== undefined) push(line.end());
    },
    lines: () => [...kept.lines(), ...unfinished()],
    last: (count) => [...kept.last(count), ...unfinished()].slice(-count),
  };
}

interface OpenLine {
  readonly extend: (text: string) => void;
  /** Undefined when nothing was written since the last line break. */
  readonly text: () => string | undefined;
  readonly end: () => string;
}

/** A line that grows and may be written over after a `\r`, as progress bars do it for minutes without a line break. */
function createOpenLine(): OpenLine {
  let line = "";
  let leftOut = 0;
  let returned = false;
  const show = (): string => neutralise(leftOut === 0 ? line : `${line}… [${leftOut} characters left out]`);
  const add = (text: string): void => {
    if (text === "") return;
    if (returned) {
      line = "";
      leftOut = 0;
      returned = false;
    }
    const room = Math.max(maxLineLength - line.length, 0);
    line += text.slice(0, room);
    leftOut += Math.max(text.length - room, 0);
  };
  return {
    extend: (text) => {
      const [first = "", ...states] = text.split("\r");
      add(first);
      for (const state of states) {
        returned = true;
        // Blanks alone wipe a line before it is written anew; what stood there says more.
        if (state.trim() !== "") add(state);
      }
    },
    text: () => (line === "" ? undefined : show()),
    end: () => {
      const shown = show();
      line = "";
      leftOut = 0;
      returned = false;
      return shown;
    },
  };
}

interface KeptLines {
  readonly push: (line: string) => void;
  readonly size: () => number;
  /** From now on only the first and the last lines, half of the limit each. */
  readonly limitTo: (limit: number) => void;
  readonly lines: () => readonly string[];
  readonly last: (count: number) => readonly string[];
}

function keepLines(): KeptLines {
  let limit = Infinity;
  let head: string[] = [];
  let headSize = 0;
  let tail: string[] = [];
  let tailSize = 0;
  // Lines of the tail before this one are gone; moving the others up for each would be slow.
  let start = 0;
  let leftOut = 0;
  const cost = (line: string): number => line.length + lineOverhead;
  const shorten = (): void => {
    while (tailSize > limit / 2 && start < tail.length) {
      tailSize -= cost(tail[start++] ?? "");
      leftOut++;
    }
    if (start > 1024 && start > tail.length / 2) {
      tail = tail.slice(start);
      start = 0;
    }
  };
  return {
    push: (line) => {
      if (limit === Infinity) {
        head.push(line);
        headSize += cost(line);
        return;
      }
      tail.push(line);
      tailSize += cost(line);
      shorten();
    },
    size: () => headSize + tailSize,
    limitTo: (newLimit) => {
      const whole = limit === Infinity;
      limit = newLimit;
      let fits = 0;
      let size = 0;
      for (const line of head) {
        if (size + cost(line) > limit / 2) break;
        size += cost(line);
        fits++;
      }
      const rest = head.slice(fits);
      if (whole) {
        tail = rest;
        tailSize = headSize - size;
      } else leftOut += rest.length;
      head = head.slice(0, fits);
      headSize = size;
      shorten();
    },
    lines: () =>
      leftOut === 0 ? [...head, ...tail] : [...head, `[${leftOut} lines left out]`, ...tail.slice(start)],
    last: (count) =>
      [
        ...(leftOut === 0 ? head.slice(-count) : []),
        ...tail.slice(Math.max(start, tail.length - count)),
      ].slice(-count),
  };
}

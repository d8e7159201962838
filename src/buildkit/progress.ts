import { neutralise } from "../report/untrusted.ts";
import type { VertexStatus, VertexUpdate, VertexWarning } from "./solve-status.ts";
import { isCutStatus, parseSolveStatus } from "./solve-status.ts";
import type { StepLog } from "./step-log.ts";
import { createStepLogs } from "./step-log.ts";

/** Follows one solve by what `buildctl build --progress=rawjson` prints. All texts that come out of it are harmless. */
export interface ProgressReader {
  /** Takes one line of buildctl's stderr. */
  readonly read: (line: string) => void;
  /** The vertexes that have begun, in the order in which they did. */
  readonly steps: () => readonly SolveStep[];
  /** How many of the Dockerfile's steps are done, and how many of those cost nothing. */
  readonly cached: () => StepCount;
  /** The step that made the solve fail, with the last lines that it printed. */
  readonly failure: () => FailedStep | undefined;
  /** What buildctl said outside of the progress: its error, and the lines around it, such as the Dockerfile's. */
  readonly said: () => { readonly error: string; readonly around: readonly string[] };
  /** What BuildKit's linter and frontends found, each once. */
  readonly warnings: () => readonly SolveWarning[];
  /** QEMU's own crashes; a step can hang for hours after one. */
  readonly crashes: () => readonly EmulatorCrash[];
}

export interface SolveStep {
  readonly name: string;
  /** `instruction`: a line of the Dockerfile; `housekeeping`: worth telling only if it fails or takes its time. */
  readonly kind: "instruction" | "housekeeping" | "other";
  readonly state: "running" | "done" | "cached" | "failed" | "cancelled";
  /** How long it ran up to now, pauses left out. */
  readonly seconds: number;
  /** What was sent or fetched for it. */
  readonly bytes: number;
  /** Its parts that go on now. */
  readonly transfers: readonly Transfer[];
  readonly error: string;
  readonly log: Pick<StepLog, "lines" | "last">;
}

export interface Transfer {
  readonly name: string;
  readonly bytes: number;
  /** 0 when it is not known. */
  readonly totalBytes: number;
}

export interface StepCount {
  readonly steps: number;
  readonly cached: number;
  /** Of them all, as far as they are known; some may not be needed. */
  readonly planned: number;
}

export interface FailedStep {
  readonly step: string;
  readonly error: string;
  readonly log: readonly string[];
}

/** Lines are counted from 1; `file` is the Dockerfile's name as BuildKit knows it, without its folder. */
export interface SolveWarning {
  readonly short: string;
  readonly detail: readonly string[];
  readonly url: string;
  readonly file: string;
  readonly line: number | undefined;
  readonly endLine: number | undefined;
}

export interface EmulatorCrash {
  readonly step: string;
  readonly line: string;
}

interface Vertex {
  name: string;
  readonly inputs: Set<string>;
  /** Start to end by the daemon's clock, in milliseconds; the end is undefined while it runs. */
  readonly runs: Map<string, number | undefined>;
  /** When we learned of the newest run, by our clock. */
  since: number;
  cached: boolean;
  error: string;
  readonly statuses: Map<string, VertexStatus>;
  log: StepLog | undefined;
}

const keptMessages = 200;
const keptWarnings = 1000;
const keptCrashes = 10;
const maxTextLength = 4096;
const failureLines = 20;

/** Follows one solve. `now` is a clock in milliseconds. */
export function createProgressReader(options: { readonly now?: () => number } = {}): ProgressReader {
  const { now = () => performance.now() } = options;
  const vertexes = new Map<string, Vertex>();
  const began: Vertex[] = [];
  const logs = createStepLogs();
  const messages: string[] = [];
  const warnings = new Map<string, SolveWarning>();
  const crashes: EmulatorCrash[] = [];

  const vertexOf = (digest: string): Vertex => {
    const known = vertexes.get(digest) ?? newVertex();
    vertexes.set(digest, known);
    return known;
  };
  const update = (change: VertexUpdate): void => {
    const vertex = vertexOf(change.digest);
    if (change.name !== "") vertex.name = oneLine(change.name);
    for (const input of change.inputs) vertex.inputs.add(input);
    const start = change.started ?? change.completed;
    if (start === undefined) return;
    if (vertex.runs.size === 0) began.push(vertex);
    if (!vertex.runs.has(start)) vertex.since = now();
    const took =
      change.completed === undefined ? undefined : Date.parse(change.completed) - Date.parse(start);
    vertex.runs.set(start, took ?? vertex.runs.get(start));
    vertex.cached ||= change.cached;
    // A vertex that failed once may be tried again.
    vertex.error = neutralise(change.error).slice(0, maxTextLength);
    if (!isRunning(vertex)) vertex.log?.flush();
  };
  const logOf = (vertex: Vertex): StepLog =>
    (vertex.log ??= logs.create((line) => {
      if (line.includes("qemu: uncaught target signal") && crashes.length < keptCrashes) {
        crashes.push({ step: vertex.name, line: line.trim().slice(0, maxTextLength) });
      }
    }));

  return {
    read: (line) => {
      const status = parseSolveStatus(line);
      if (status === undefined) {
        if (line.trim() === "" || isCutStatus(line)) return;
        messages.push(neutralise(line).slice(0, maxTextLength));
        messages.splice(0, messages.length - keptMessages);
        return;
      }
      for (const change of status.vertexes) update(change);
      for (const each of status.statuses) vertexOf(each.vertex).statuses.set(each.id, each);
      for (const { vertex, stream, data } of status.logs) logOf(vertexOf(vertex)).write(stream, data);
      for (const each of status.warnings) {
        const warning = cleanWarning(each);
        if (warnings.size < keptWarnings) warnings.set(JSON.stringify(warning), warning);
      }
    },
    steps: () => began.map((vertex) => describe(vertex, now())),
    cached: () => {
      const isInstruction = ({ name }: Vertex): boolean => kindOf(name) === "instruction";
      const done = began
        .filter(isInstruction)
        .filter((vertex) => stateOf(vertex) === "done" || stateOf(vertex) === "cached");
      return {
        steps: done.length,
        cached: done.filter(isFree).length,
        planned: [...vertexes.values()].filter(isInstruction).length,
      };
    },
    failure: () => {
      const { error } = readMessages(messages);
      const failed = began.filter((vertex) => vertex.error !== "");
      // What fails because of a failure elsewhere is cancelled; a cache that can't be read is done without.
      const vertex =
        failed.find((vertex) => error.includes(vertex.error)) ??
        failed.find((vertex) => stateOf(vertex) === "failed" && !vertex.name.startsWith("importing cache "));
      return vertex === undefined
        ? undefined
        : { step: vertex.name, error: vertex.error, log: vertex.log?.last(failureLines) ?? [] };
    },
    said: () => readMessages(messages),
    warnings: () => [...warnings.values()],
    crashes: () => crashes,
  };
}

function newVertex(): Vertex {
  return {
    name: "",
    inputs: new Set(),
    runs: new Map(),
    since: 0,
    cached: false,
    error: "",
    statuses: new Map(),
    log: undefined,
  };
}

function describe(vertex: Vertex, now: number): SolveStep {
  const { error, log, name } = vertex;
  const statuses = [...vertex.statuses.values()];
  const milliseconds = [...vertex.runs.values()].reduce<number>(
    (sum, took) => sum + (took ?? now - vertex.since),
    0,
  );
  return {
    name,
    kind: kindOf(name),
    state: stateOf(vertex),
    seconds: Math.max(milliseconds, 0) / 1000,
    bytes: statuses.reduce((sum, { current }) => sum + current, 0),
    transfers: statuses
      .filter(({ completed }) => !completed)
      .map(({ id, current, total }) => ({ name: oneLine(id), bytes: current, totalBytes: total })),
    error,
    log: { lines: () => log?.lines() ?? [], last: (count) => log?.last(count) ?? [] },
  };
}

function isRunning({ runs }: Vertex): boolean {
  return [...runs.values()].includes(undefined);
}

function stateOf(vertex: Vertex): SolveStep["state"] {
  if (vertex.error !== "") return vertex.error.endsWith("context canceled") ? "cancelled" : "failed";
  if (isRunning(vertex)) return "running";
  return vertex.cached ? "cached" : "done";
}

/** Taken from the cache, or a base image of which nothing had to be fetched. */
function isFree(vertex: Vertex): boolean {
  const isFetch = ({ id, total }: VertexStatus): boolean => total > 0 || id.startsWith("extracting ");
  return vertex.cached || (/\] FROM /.test(vertex.name) && ![...vertex.statuses.values()].some(isFetch));
}

/** `[2/3] RUN make` and `[builder 2/3] RUN make` are what a Dockerfile's line became. */
function kindOf(name: string): SolveStep["kind"] {
  if (/^\[(?:\S+ )*\d+\/\d+\] /.test(name)) return "instruction";
  return /^\[(?:internal|auth)\] |^\[context [^\]]+\] load (?:metadata|\.dockerignore)|^resolve image config /.test(
    name,
  )
    ? "housekeeping"
    : "other";
}

function cleanWarning(warning: VertexWarning): SolveWarning {
  const { startLine, endLine } = warning;
  return {
    short: oneLine(warning.short),
    detail: warning.detail.map((text) => neutralise(text).slice(0, maxTextLength)),
    url: oneLine(warning.url),
    file: oneLine(warning.file),
    line: startLine,
    endLine: endLine === startLine ? undefined : endLine,
  };
}

/** Heredocs make names of many lines. */
function oneLine(text: string): string {
  return neutralise(text).replaceAll(/\s+/g, " ").trim().slice(0, maxTextLength);
}

function readMessages(messages: readonly string[]) {
  const isError = (line: string): boolean => line.startsWith("error: ");
  return {
    error: messages
      .filter(isError)
      .map((line) => line.replace(/^error: (failed to solve: )?/, ""))
      .join("\n"),
    around: messages.filter((line) => !isError(line)),
  };
}

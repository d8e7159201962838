import { neutralise } from "../report/untrusted.ts";

/** The parts of BuildKit's SolveStatus (`--progress=rawjson`, one JSON document per line) that we read. */
interface SolveStatus {
  readonly vertexes?: readonly {
    readonly digest: string;
    readonly name?: string;
    readonly started?: string;
    readonly completed?: string;
    readonly cached?: boolean;
    readonly error?: string;
  }[];
  readonly logs?: readonly { readonly vertex: string; readonly data: string }[];
  readonly warnings?: readonly { readonly short?: string }[];
}

interface Vertex {
  name: string;
  started: string | undefined;
  completed: boolean;
  cached: boolean;
  error: string | undefined;
  readonly log: string[];
}

/** What a solve is doing and what it did. */
export interface ProgressReader {
  /** Takes one line of buildctl's stderr; gives the lines that a person should see now. */
  readonly read: (line: string) => readonly string[];
  /** The step that failed, with the last lines that it printed. */
  readonly failure: () => { readonly step: string; readonly log: readonly string[] } | undefined;
  /** What buildctl said outside of the progress: its error, and the lines around it, such as the Dockerfile's. */
  readonly said: () => { readonly error: string; readonly around: readonly string[] };
  /** How many of the Dockerfile's steps came out of the cache. */
  readonly cached: () => { readonly steps: number; readonly cached: number };
}

const keptLogLines = 20;

/** Follows one solve. Names and logs are the build's own text, so they are neutralised. */
export function createProgressReader(): ProgressReader {
  const vertexes = new Map<string, Vertex>();
  const messages: string[] = [];

  const update = (status: SolveStatus): string[] => {
    const lines: string[] = [];
    for (const { digest, name, started, completed, cached, error } of status.vertexes ?? []) {
      let vertex = vertexes.get(digest);
      if (vertex === undefined) {
        vertex = { name: "", started: undefined, completed: false, cached: false, error: undefined, log: [] };
        vertexes.set(digest, vertex);
      }
      vertex.name = neutralise(name ?? vertex.name);
      vertex.cached ||= cached ?? false;
      const isNew = vertex.started === undefined && started !== undefined;
      vertex.started ??= started;
      if (isNew && completed === undefined && isShown(vertex)) lines.push(vertex.name);
      if (completed === undefined || vertex.completed) continue;
      vertex.completed = true;
      vertex.error = error === undefined || error === "" ? undefined : neutralise(error);
      if (isShown(vertex)) lines.push(`${vertex.name} ${outcome(vertex, completed)}`);
    }
    for (const { vertex: digest, data } of status.logs ?? []) {
      const text = neutralise(Buffer.from(data, "base64").toString("utf8")).trimEnd();
      if (text === "") continue;
      const printed = text.split("\n");
      const log = vertexes.get(digest)?.log;
      log?.push(...printed);
      log?.splice(0, log.length - keptLogLines);
      lines.push(...printed.map((line) => `| ${line}`));
    }
    for (const { short } of status.warnings ?? []) {
      if (short !== undefined) {
        lines.push(`warning: ${neutralise(Buffer.from(short, "base64").toString("utf8"))}`);
      }
    }
    return lines;
  };

  return {
    read: (line) => {
      const status = parseStatus(line);
      if (status !== undefined) return update(status);
      if (line.trim() !== "") messages.push(neutralise(line));
      return [];
    },
    failure: () => {
      const failed = [...vertexes.values()].find(({ error }) => error !== undefined);
      return failed === undefined ? undefined : { step: failed.name, log: failed.log };
    },
    said: () => {
      const isError = (line: string): boolean => line.startsWith("error: ");
      return {
        error: messages
          .filter(isError)
          .map((line) => line.replace(/^error: (failed to solve: )?/, ""))
          .join("\n"),
        around: messages.filter((line) => !isError(line)),
      };
    },
    cached: () => {
      const steps = [...vertexes.values()].filter(isStep);
      return { steps: steps.length, cached: steps.filter(({ cached }) => cached).length };
    },
  };
}

function parseStatus(line: string): SolveStatus | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as SolveStatus;
  } catch {
    return undefined;
  }
}

/** BuildKit's own housekeeping is worth a line only when it fails. */
function isShown(vertex: Vertex): boolean {
  return vertex.error !== undefined || !vertex.name.startsWith("[internal]");
}

/** `[2/3] RUN make` or `[builder 2/3] RUN make`: what a Dockerfile's line became. */
function isStep({ name }: Vertex): boolean {
  return /^\[([\w.-]+ )?\d+\/\d+\] /.test(name);
}

function outcome(vertex: Vertex, completed: string): string {
  if (vertex.error !== undefined) return "failed";
  if (vertex.cached) return "cached";
  const seconds = (Date.parse(completed) - Date.parse(vertex.started ?? completed)) / 1000;
  return `done in ${Math.max(seconds, 0).toFixed(1)} s`;
}

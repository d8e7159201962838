/**
 * What we read of BuildKit's SolveStatus, of which `--progress=rawjson` prints one per line (client/graph.go). Everything else
 * in it is passed over, and so is what has another form than expected.
 */
export interface SolveStatus {
  readonly vertexes: readonly VertexUpdate[];
  readonly statuses: readonly VertexStatus[];
  readonly logs: readonly VertexLog[];
  readonly warnings: readonly VertexWarning[];
}

/** The newest about a vertex, which can run and complete several times. Times are those of the daemon's clock. */
export interface VertexUpdate {
  readonly digest: string;
  readonly inputs: readonly string[];
  readonly name: string;
  readonly started: string | undefined;
  readonly completed: string | undefined;
  readonly cached: boolean;
  readonly error: string;
}

/** A part of a vertex' work. With a `total`, both numbers are bytes; without, `current` is bytes or nothing. */
export interface VertexStatus {
  readonly id: string;
  readonly vertex: string;
  readonly current: number;
  readonly total: number;
  readonly completed: boolean;
}

export interface VertexLog {
  readonly vertex: string;
  readonly stream: number;
  readonly data: Buffer;
}

export interface VertexWarning {
  readonly short: string;
  readonly detail: readonly string[];
  readonly url: string;
  readonly file: string;
  readonly startLine: number | undefined;
  readonly endLine: number | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Undefined for a line that is anything else. */
export function parseSolveStatus(line: string): SolveStatus | undefined {
  const status = parseObject(line);
  if (status === undefined) return undefined;
  const { vertexes, statuses, logs, warnings } = status;
  if ([vertexes, statuses, logs, warnings].every((part) => part === undefined)) {
    return Object.keys(status).length === 0 ? nothing : undefined;
  }
  return {
    vertexes: objects(vertexes).map((vertex) => ({
      digest: text(vertex["digest"]),
      inputs: texts(vertex["inputs"]),
      name: text(vertex["name"]),
      started: text(vertex["started"]) || undefined,
      completed: text(vertex["completed"]) || undefined,
      cached: vertex["cached"] === true,
      error: text(vertex["error"]),
    })),
    statuses: objects(statuses).map((status) => ({
      id: text(status["id"]),
      vertex: text(status["vertex"]),
      current: number(status["current"]) ?? 0,
      total: number(status["total"]) ?? 0,
      completed: text(status["completed"]) !== "",
    })),
    logs: objects(logs).map((log) => ({
      vertex: text(log["vertex"]),
      stream: number(log["stream"]) ?? 1,
      data: Buffer.from(text(log["data"]), "base64"),
    })),
    warnings: objects(warnings).map(readWarning),
  };
}

/** The beginning of a SolveStatus whose end did not come, because buildctl was stopped while it wrote. */
export function isCutStatus(line: string): boolean {
  return /^\{"(?:vertexes|statuses|logs|warnings)":/.test(line) && parseObject(line) === undefined;
}

const nothing: SolveStatus = { vertexes: [], statuses: [], logs: [], warnings: [] };

function readWarning(warning: Fields): VertexWarning {
  const [range = {}] = objects(warning["range"]);
  const [source = {}] = objects([warning["sourceInfo"]]);
  const line = (end: unknown): number | undefined => number(objects([end])[0]?.["line"]);
  return {
    short: decode(warning["short"]),
    detail: (Array.isArray(warning["detail"]) ? warning["detail"] : []).map(decode),
    url: text(warning["url"]),
    file: text(source["filename"]),
    startLine: line(range["start"]),
    endLine: line(range["end"]),
  };
}

function parseObject(line: string): Fields | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return objects([JSON.parse(line)])[0];
  } catch {
    return undefined;
  }
}

function objects(value: unknown): readonly Fields[] {
  return Array.isArray(value)
    ? value.filter(
        (item): item is Fields => typeof item === "object" && item !== null && !Array.isArray(item),
      )
    : [];
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** Go writes byte slices as base64. */
function decode(value: unknown): string {
  return Buffer.from(text(value), "base64").toString("utf8");
}

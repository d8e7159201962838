// Lines as `buildctl build --progress=rawjson` prints them; times are seconds of one minute.

export interface Run {
  readonly from?: number;
  readonly to?: number;
  readonly inputs?: readonly string[];
  readonly cached?: boolean;
  readonly error?: string;
}

export function vertex(digest: string, name: string, run: Run = {}): string {
  const { from, to, ...rest } = run;
  return JSON.stringify({
    vertexes: [
      {
        digest,
        name,
        ...rest,
        ...(from === undefined ? {} : { started: time(from) }),
        ...(to === undefined ? {} : { completed: time(to) }),
      },
    ],
  });
}

export function printed(digest: string, text: string | Buffer, stream = 1): string {
  return JSON.stringify({
    logs: [{ vertex: digest, stream, data: base64(text), timestamp: time(0) }],
  });
}

export function transfer(
  digest: string,
  id: string,
  part: { readonly current?: number; readonly total?: number; readonly to?: number } = {},
): string {
  const { to, ...rest } = part;
  return JSON.stringify({
    statuses: [
      {
        id,
        vertex: digest,
        current: 0,
        ...rest,
        started: time(0),
        ...(to === undefined ? {} : { completed: time(to) }),
      },
    ],
  });
}

export function warning(
  short: string,
  about: {
    readonly detail?: readonly string[];
    readonly url?: string;
    readonly file?: string;
    readonly from?: number;
    readonly to?: number;
  } = {},
): string {
  const { detail = [], file, from, to, url } = about;
  return JSON.stringify({
    warnings: [
      {
        vertex: "sha256:0",
        level: 1,
        short: base64(short),
        detail: detail.map(base64),
        ...(url === undefined ? {} : { url }),
        ...(file === undefined
          ? {}
          : { sourceInfo: { filename: file, data: base64("FROM x"), language: "Dockerfile" } }),
        ...(from === undefined ? {} : { range: [{ start: { line: from }, end: { line: to ?? from } }] }),
      },
    ],
  });
}

function time(second: number): string {
  return new Date(Date.UTC(2026, 0, 1, 0, 0, 0, second * 1000)).toISOString().replace("Z", "123456Z");
}

function base64(text: string | Buffer): string {
  return Buffer.from(text).toString("base64");
}

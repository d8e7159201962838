import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

export type Member =
  | string
  | Buffer
  | { readonly type: "symlink" | "link"; readonly linkname: string }
  | { readonly type: "directory" };

/** A .tar.gz in memory; a repeated name is given as another row. */
export async function makeArchive(members: readonly (readonly [string, Member])[]): Promise<Buffer> {
  const tar = pack();
  const bytes = buffer(tar);
  for (const [name, member] of members) {
    if (typeof member === "string" || Buffer.isBuffer(member)) tar.entry({ name }, member);
    else tar.entry({ name, ...member });
  }
  tar.finalize();
  return gzipSync(await bytes);
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** What happens to one request; undefined serves the file. */
export type Answer = (request: IncomingMessage, response: ServerResponse, file: Buffer | undefined) => void;

export interface ReleaseServer extends AsyncDisposable {
  readonly url: string;
  /** Path to bytes; what is not here is answered with 404. */
  readonly files: Map<string, Buffer>;
  /** Answers of the next requests whose path ends so; each is used once, and the last for ever if it is repeated. */
  readonly faults: { readonly path: RegExp; readonly answer: Answer; readonly always?: boolean }[];
  /** `METHOD /path` of all requests. */
  readonly requests: string[];
}

/** A release page with faults, spoken to over real HTTP. */
export async function startReleaseServer(): Promise<ReleaseServer> {
  const files = new Map<string, Buffer>();
  const faults: ReleaseServer["faults"] = [];
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    requests.push(`${request.method} ${path}`);
    const file = files.get(path);
    const index = faults.findIndex((fault) => fault.path.test(path));
    const fault = faults[index];
    if (fault !== undefined) {
      if (fault.always !== true) faults.splice(index, 1);
      fault.answer(request, response, file);
    } else if (file === undefined) response.writeHead(404).end("Not Found");
    else response.writeHead(200, { "content-length": file.length }).end(file);
  });
  await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files,
    faults,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}

export const status =
  (code: number, headers: Readonly<Record<string, string>> = {}, body = ""): Answer =>
  (_request, response) =>
    void response.writeHead(code, headers).end(body);

/** A good start, and then the connection breaks. */
export const truncated: Answer = (_request, response, file = Buffer.alloc(0)) => {
  response.writeHead(200, { "content-length": file.length });
  response.write(file.subarray(0, file.length >> 1), () => response.destroy());
};

/** The same bytes but one. */
export const changedByte: Answer = (_request, response, file = Buffer.alloc(1)) => {
  const changed = Buffer.from(file);
  changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 1;
  response.writeHead(200).end(changed);
};

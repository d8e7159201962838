import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** One request as it came in, and when. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  /** Milliseconds since the front began. */
  readonly at: number;
  readonly status: number;
}

/** Answers a request itself and gives true, or leaves it to the server behind. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface Front extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  readonly seen: readonly SeenRequest[];
}

/** A server before another one, `http://HOST:PORT`, which answers what the fault does not, changed by `change`. */
export async function startFront(
  behind: string,
  fault: Fault,
  change: (path: string, body: Buffer) => Buffer = (_, body) => body,
): Promise<Front> {
  const seen: SeenRequest[] = [];
  const begin = performance.now();
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "GET", url: path = "/" } = request;
    const body = await buffer(request);
    const accept = request.headersDistinct["accept"] ?? [];
    const answer = await fetch(`${behind}${path}`, {
      method,
      headers: accept.map((type): [string, string] => ["accept", type]),
      redirect: "manual",
      ...(body.length === 0 ? {} : { body }),
    });
    const headers = Object.fromEntries(
      [...answer.headers].filter(([name]) => !/^(connection|transfer-encoding|date)$/.test(name)),
    );
    if (method === "HEAD") {
      response.writeHead(answer.status, headers).end();
      return;
    }
    const bytes = change(path, Buffer.from(await answer.arrayBuffer()));
    response.writeHead(answer.status, { ...headers, "content-length": bytes.length }).end(bytes);
  };
  const server = createServer((request, response) => {
    const { method = "GET", url: path = "/" } = request;
    const at = performance.now() - begin;
    response.once("close", () => seen.push({ method, path, at, status: response.statusCode }));
    if (fault(request, response)) return;
    pass(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((listening) => {
    server.listen(0, "127.0.0.1", listening);
  });
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    [Symbol.asyncDispose]: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}

// The last step of an answer: bytes on a socket, as broken as the faults of its request want it.
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Fault, Faults } from "./fault.ts";
import type { Answer } from "./serve.ts";

const lie = `sha256:${"0".repeat(64)}`;

/** What a fault answers in the place of the registry. */
export function answerOf(fault: Fault | undefined): Answer | undefined {
  if (fault?.kind === "status") {
    return { status: fault.status, headers: fault.headers ?? {}, body: fault.body ?? "" };
  }
  if (fault?.kind === "redirect") return { status: fault.status ?? 307, headers: { location: fault.to } };
  if (fault?.kind === "challenge") return { status: 401, headers: { "www-authenticate": fault.header } };
  return undefined;
}

export async function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  { main, attendant }: Faults,
): Promise<void> {
  let body = Buffer.from(answer.body ?? "");
  if (main?.kind === "flip-byte") body[main.at] = (body[main.at] ?? 0) ^ 1;
  if (main?.kind === "gzip") body = gzipSync(body);
  if (main?.kind === "truncate") body = body.subarray(0, main.bytes);
  const headers = marred(answer, main);
  // RFC 9110, 8.6: no length beside 204.
  if (answer.status !== 204) headers["content-length"] = String(body.length);
  response.writeHead(answer.status, headers);
  if (request.method === "HEAD") return void response.end();
  if (main?.kind === "reset-mid-body") {
    response.write(body.subarray(0, main.bytes), () => void request.socket.resetAndDestroy());
    return;
  }
  if (main?.kind === "overrun") {
    response.end(body);
    return void request.socket.write(Buffer.alloc(main.bytes, "x"));
  }
  const trickle = attendant("trickle");
  if (trickle === undefined) return void response.end(body);
  for (const byte of body) {
    if (response.destroyed) return;
    response.write(Buffer.of(byte));
    await delay(1000 / trickle.bytesPerSecond);
  }
  response.end();
}

function marred(answer: Answer, fault: Fault | undefined): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    headers[name] = typeof value === "string" ? value : [...value];
  }
  if (fault?.kind === "gzip") headers["content-encoding"] = "gzip";
  if (fault?.kind === "wrong-digest-header") headers["docker-content-digest"] = lie;
  if (fault?.kind === "location") headers["location"] = fault.to;
  if (fault?.kind === "header") {
    if (fault.value === undefined) delete headers[fault.name];
    else headers[fault.name] = fault.value;
  }
  return headers;
}

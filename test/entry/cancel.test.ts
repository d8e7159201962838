import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runEntrypoint } from "./entrypoint.ts";

/** A registry that takes every request and never answers, or asks to wait for a minute. */
let answer: "never" | "wait" = "never";
let asked: () => void = () => {};
let server: Server;
let registry = "";

beforeAll(async () => {
  server = createServer((_, response) => {
    if (answer === "wait") response.writeHead(429, { "retry-after": "50" }).end();
    asked();
  });
  await new Promise<void>((listening) => {
    server.listen(0, "127.0.0.1", listening);
  });
  registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const descriptors = JSON.stringify([
  { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: `sha256:${"a".repeat(64)}`, size: 7 },
]);

describe.each([
  { signal: "SIGINT" as const, code: 130, how: "never" as const },
  { signal: "SIGTERM" as const, code: 143, how: "never" as const },
  { signal: "SIGINT" as const, code: 130, how: "wait" as const },
])("fault 37: $signal while a registry answers $how", ({ signal, code, how }) => {
  it("ends the publish at once", async () => {
    answer = how;
    let kill: (signal: NodeJS.Signals) => void = () => {};
    let sent = 0;
    asked = () => {
      if (sent > 0) return;
      sent = performance.now();
      setTimeout(() => kill(signal), 200);
    };
    const args = ["--image", `${registry}/a/b`, "--tags", "t", "--descriptors", descriptors];
    const ended = await runEntrypoint("publish-manifest", args, { started: (child) => (kill = child) });
    expect(ended).toMatchObject({ code, stdout: "" });
    expect(ended.stderr).toContain(`cancelled by ${signal}`);
    expect(performance.now() - sent).toBeLessThan(7000);
  });
});

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { openHost } from "./open-host.ts";

/** A build worker that notes what it is sent. */
async function startWorker(status = 204) {
  const got: unknown[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part: string) => (text += part));
    request.on("end", () => {
      got.push([request.method, request.url, request.headers["content-type"], JSON.parse(text)]);
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

describe("AppVeyor's build worker", () => {
  it("gets warnings, errors and values, in their order", async () => {
    const { got, url } = await startWorker();
    const host = await openHost({ APPVEYOR: "True", APPVEYOR_API_URL: url });
    host.mask("hunter2hunter2");
    host.log.warning("w hunter2hunter2");
    host.log.error("e\nf", { file: "app/Dockerfile", line: 3 });
    await host.emit(
      { step: "build", outputs: { tags: "a\nb" }, variables: { BUILDKIT_HOST: "tcp://b" }, paths: [] },
      "none",
    );
    const json = "application/json";
    expect(got).toEqual([
      ["POST", "/api/build/messages", json, { message: "w ***", category: "warning" }],
      [
        ...["POST", "/api/build/compilationmessages", json],
        { message: "e\nf", category: "error", fileName: "app/Dockerfile", line: 3 },
      ],
      ["POST", "/api/build/variables", json, { name: "BUILDKIT_HOST", value: "tcp://b" }],
      ["POST", "/api/build/variables", json, { name: "MULTIARCH_BUILD_TAGS", value: "a\nb" }],
    ]);
    expect(host.written).toEqual({
      stdout: "",
      stderr: "warning: w ***\nerror: app/Dockerfile:3: e\n       f\n",
    });
  });

  it("fails no step when it fails", async () => {
    const { url } = await startWorker(500);
    const host = await openHost({ APPVEYOR: "True", APPVEYOR_API_URL: url }, { debug: true });
    host.log.error("e");
    await host.close?.();
    expect(host.written.stderr).toBe(
      "error: e\ndebug: the build worker answered /api/build/messages with 500\n",
    );
  });
});

import { existsSync, readdirSync } from "node:fs";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engineContents, lab, program, startJob } from "./job.ts";

/** Stands before the lab's release page and spoils what passes through. */
let spoil: (path: string, body: Buffer) => Buffer = (_, body) => body;
let server: Server;
let mirror = "";

beforeAll(async () => {
  server = createServer((request, response) => {
    const answer = async (path: string): Promise<void> => {
      const upstream = await fetch(`${lab.LAB_RELEASES}${path}`);
      const body = spoil(path, Buffer.from(await upstream.arrayBuffer()));
      response.writeHead(upstream.status).end(body);
    };
    void answer(request.url ?? "/");
  });
  await new Promise<void>((listening) => {
    server.listen(0, "127.0.0.1", listening);
  });
  mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => server.close());

const isArchive = (path: string): boolean => path.endsWith(".tar.gz");

describe("buildctl", () => {
  it("comes from the release, once; the second time from the tool cache, without the network", async () => {
    const requests: string[] = [];
    spoil = (path, body) => {
      requests.push(path);
      return body;
    };
    await using job = startJob();
    const env = { RUNNER_TOOL_CACHE: join(job.folder, "tools") };
    const { buildctl = "", version } = await job.outputs("setup", ["--download-mirror", mirror], { env });
    expect(buildctl.startsWith(env.RUNNER_TOOL_CACHE)).toBe(true);
    expect(await program(buildctl, ["--version"])).toContain(version);
    expect(requests).toHaveLength(2);

    await job.step("teardown", []);
    const again = await job.outputs("setup", ["--download-mirror", "http://127.0.0.1:9"], { env });
    expect(again["buildctl"]).toBe(buildctl);
    expect(requests).toHaveLength(2);
  });

  it("comes out of the container when the release can't be reached, and teardown removes it", async () => {
    await using job = startJob();
    const env = { RUNNER_TOOL_CACHE: join(job.folder, "tools") };
    const { code, stdout, stderr } = await job.step(
      "setup",
      ["--download-mirror", "http://127.0.0.1:9", "--print", "json"],
      { env },
    );
    expect(code).toBe(0);
    expect(stderr).toContain("warning: the BuildKit release can't be reached");
    const { buildctl } = JSON.parse(stdout) as { buildctl: string };
    expect(await program(buildctl, ["--version"])).toContain("buildctl");
    await job.step("teardown", []);
    expect(existsSync(buildctl)).toBe(false);
    expect(readdirSync(job.folder)).not.toContain("state.json");
  });

  it.each([
    {
      name: "an archive with one changed byte",
      says: "is not what the release's provenance says",
      change: (path: string, body: Buffer) => {
        if (isArchive(path)) body[body.length >> 1] = (body[body.length >> 1] ?? 0) ^ 1;
        return body;
      },
    },
    {
      name: "a web page instead of an archive",
      says: "is not what the release's provenance says",
      change: (path: string, body: Buffer) => (isArchive(path) ? Buffer.from("<html>") : body),
    },
    {
      name: "a provenance of something else",
      says: "the provenance of the release says nothing about buildkit-",
      change: (path: string, body: Buffer) =>
        isArchive(path) ? body : Buffer.from('{"subject":[{"name":"x","digest":{"sha256":"0"}}]}'),
    },
  ])("is refused: $name; nothing is cached, nothing is left", async ({ change, says }) => {
    spoil = change;
    await using job = startJob();
    const before = await engineContents();
    const env = { RUNNER_TOOL_CACHE: join(job.folder, "tools"), RUNNER_TEMP: join(job.folder, "temp") };
    const { code, stderr } = await job.step("setup", ["--download-mirror", mirror], { env });
    expect(code).toBe(1);
    expect(stderr).toContain(says);
    const kept = existsSync(env.RUNNER_TOOL_CACHE)
      ? readdirSync(env.RUNNER_TOOL_CACHE, { recursive: true, encoding: "utf8" })
      : [];
    expect(kept.filter((name) => /\/(buildctl|x64\.complete)$/.test(name))).toEqual([]);
    expect(existsSync(env.RUNNER_TEMP) ? readdirSync(env.RUNNER_TEMP) : []).toEqual([]);
    expect(await engineContents()).toBe(before);
  });
});

import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engineContents, lab, program, startJob } from "./job.ts";
import type { TestJob } from "./job.ts";

/** Stands before the lab's release page and spoils what passes through; a number is a status of its own. */
let spoil: (path: string, body: Buffer) => Buffer | number = (_, body) => body;
let server: Server;
let mirror = "";

beforeAll(async () => {
  server = createServer((request, response) => {
    const answer = async (path: string): Promise<void> => {
      const upstream = await fetch(`${lab.LAB_RELEASES}${path}`);
      const body = spoil(path, Buffer.from(await upstream.arrayBuffer()));
      if (typeof body === "number") response.writeHead(body).end("<html>no</html>");
      else response.writeHead(upstream.status).end(body);
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

/** Programs that a job has in its tool cache, and what it left in its temporary folder. */
function kept(env: { readonly RUNNER_TOOL_CACHE: string; readonly RUNNER_TEMP: string }): readonly string[] {
  const { RUNNER_TOOL_CACHE: tools, RUNNER_TEMP: temp } = env;
  const cached = existsSync(tools) ? readdirSync(tools, { recursive: true, encoding: "utf8" }) : [];
  const programs = cached.filter((name) => /\/(buildctl|buildkitd|x64\.complete)$/.test(name));
  return [...programs, ...(existsSync(temp) ? readdirSync(temp) : [])];
}

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
    {
      name: "half of an archive",
      says: "is not what the release's provenance says",
      change: (path: string, body: Buffer) => (isArchive(path) ? body.subarray(0, body.length >> 1) : body),
    },
  ])("check 13, fault 36: refused is $name; nothing is cached, nothing is left", async ({ change, says }) => {
    spoil = change;
    await using job = startJob();
    const before = await engineContents();
    const env = { RUNNER_TOOL_CACHE: join(job.folder, "tools"), RUNNER_TEMP: join(job.folder, "temp") };
    const { code, stderr } = await job.step("setup", ["--download-mirror", mirror], { env });
    expect(code).toBe(1);
    expect(stderr).toContain(says);
    expect(kept(env)).toEqual([]);
    expect(await engineContents()).toBe(before);
  });

  it.each([
    { status: 404, says: "there is no buildkit-v0.32.2.linux-amd64.tar.gz at " },
    { status: 403, says: "answered 403" },
  ])(
    "fault 36: a release that answers $status is told, and its answer is not kept",
    async ({ status, says }) => {
      spoil = (path, body) => (isArchive(path) ? status : body);
      await using job = startJob();
      const env = { RUNNER_TOOL_CACHE: join(job.folder, "tools"), RUNNER_TEMP: join(job.folder, "temp") };
      // Without a container there is no other place to take the programs from.
      const args = ["--driver", "process", "--platforms", "linux/amd64", "--download-mirror", mirror];
      const { code, stderr } = await job.step("setup", args, { env });
      expect(code).toBe(1);
      expect(stderr).toContain(says);
      expect(stderr).toMatch(/fix: /);
      expect(kept(env)).toEqual([]);
    },
  );

  it("check 13: that was changed in the tool cache is not run, but replaced", async () => {
    spoil = (_, body) => body;
    await using job = startJob();
    const env = { RUNNER_TOOL_CACHE: join(job.folder, "tools") };
    const args = ["--platforms", "linux/amd64", "--download-mirror", mirror];
    const { buildctl = "" } = await job.outputs("setup", args, { env });
    const proof = join(job.folder, "was-run");
    writeFileSync(buildctl, `#!/bin/sh\ntouch '${proof}'\n`);
    const { code, stderr } = await job.step("setup", args, { env });
    expect(code).toBe(0);
    expect(stderr).toContain("is not used, but replaced: buildctl changed since it was verified");
    expect(existsSync(proof)).toBe(false);
    expect(await program(buildctl, ["--version"])).toContain("v0.32.2");
  });
});

describe("fault 35: a full disk", () => {
  /** Runs something with a small file system mounted in the job's folder. */
  async function withSmallDisk(job: TestJob, size: string, work: (folder: string) => Promise<void>) {
    const folder = join(job.folder, "small");
    mkdirSync(folder);
    await program("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder]);
    try {
      await work(folder);
    } finally {
      await program("umount", ["--lazy", folder]);
    }
  }

  it.each([
    { place: "temporary folder", variable: "RUNNER_TEMP", file: "buildkit-v0.32.2.linux-amd64.tar.gz" },
    { place: "tool cache", variable: "RUNNER_TOOL_CACHE", file: "buildctl/0.32.2/x64" },
  ])("in the $place is told by file and bytes free; nothing half is left", async ({ variable, file }) => {
    spoil = (_, body) => body;
    await using job = startJob();
    await withSmallDisk(job, "4m", async (small) => {
      const env = {
        RUNNER_TOOL_CACHE: join(job.folder, "tools"),
        RUNNER_TEMP: join(job.folder, "temp"),
        [variable]: small,
      };
      const before = await engineContents();
      const { code, stderr } = await job.step("setup", ["--platforms", "linux/amd64"], { env });
      expect(code).toBe(1);
      expect(stderr).toMatch(
        new RegExp(`the disk is full: ${small}/\\S*${file} could not be written, \\d+ bytes`),
      );
      expect(stderr).toContain("fix: free some space");
      expect(kept(env)).toEqual([]);
      expect(await engineContents()).toBe(before);
    });
  });

  it("under the daemon is what a failed build says", async () => {
    await using job = startJob();
    await withSmallDisk(job, "48m", async (small) => {
      const env = { MULTIARCH_STATE: join(small, "state.json") };
      const context = join(job.folder, "context");
      mkdirSync(context);
      writeFileSync(
        join(context, "Dockerfile"),
        "FROM busybox\nRUN dd if=/dev/zero of=/big bs=1M count=64\n",
      );
      const platforms = ["--platforms", "linux/amd64"];
      try {
        await job.outputs("setup", ["--driver", "process", ...platforms], { env });
        const image = ["--image", `${lab.LAB_REGISTRY}/e2e/disk-full`, "--context", context];
        const { code, stderr } = await job.step("build", [...platforms, ...image], { env });
        expect(code).toBe(1);
        expect(stderr).toMatch(/no space left on device/i);
        expect(stderr).toContain("fix: the disk of the BuildKit daemon is full");
      } finally {
        await job.step("teardown", [], { env });
      }
      expect(readdirSync(small)).toEqual([]);
    });
  });
});

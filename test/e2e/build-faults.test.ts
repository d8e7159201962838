import { mkdirSync, readdirSync } from "node:fs";
import { createServer, request } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeContext } from "./context.ts";
import { lab, program, startJob } from "./job.ts";
import type { TestJob } from "./job.ts";
import { readDaemon } from "./job-state.ts";
import { isRunning } from "./traces.ts";

const platforms = ["--platforms", "linux/amd64,linux/386"];

describe("fault 30: a daemon that is killed in the middle of a build", () => {
  // Long enough that nobody waits for its end.
  const dockerfile = ["FROM busybox", 'RUN echo "the step has begun" && sleep 1000.75'];
  const begun = Buffer.from("the step has begun").toString("base64").slice(0, 20);

  const killWhileBuilding = async (job: TestJob, args: readonly string[], kill: () => Promise<unknown>) => {
    const context = writeContext(job, "killed", { Dockerfile: dockerfile });
    let killed: Promise<unknown> | undefined;
    const ended = await job.step(
      "build",
      ["--context", context, ...platforms, "--progress", "rawjson", ...args],
      {
        watch: (printed) => {
          if (printed.includes(begun)) killed ??= kill();
        },
      },
    );
    await killed;
    return { code: ended.code, stderr: ended.stderr.replaceAll(/^\{.*\n/gm, "") };
  };

  it.each([
    { way: "its socket", builder: () => [] },
    { way: "docker exec", builder: (container: string) => ["--builder", `docker-container://${container}`] },
  ])(
    "fails it, reached through $way, with how the container ended and what it logged",
    { timeout: 60_000 },
    async ({ builder }) => {
      await using job = startJob();
      await job.outputs("setup", ["--platforms", "linux/amd64"]);
      const { name: container } = readDaemon(job);
      const { code, stderr } = await killWhileBuilding(job, builder(container), () =>
        program("docker", ["kill", container]),
      );
      expect(code).toBe(1);
      expect(stderr).toContain("error: 2 of 2 platforms failed");
      expect(stderr).toContain(`BuildKit in the container ${container} ended with exit code 137:`);
      expect(stderr).toContain("running server on");
      expect(stderr).toContain("fix: give it more memory");
      await expect.poll(() => isRunning("1000.75"), { timeout: 10_000 }).toBe(false);
    },
  );

  it("fails it when somebody removes the container", { timeout: 60_000 }, async () => {
    await using job = startJob();
    await job.outputs("setup", ["--platforms", "linux/amd64"]);
    const { name: container } = readDaemon(job);
    const { code, stderr } = await killWhileBuilding(job, [], () =>
      program("docker", ["rm", "--force", container]),
    );
    expect(code).toBe(1);
    // Until it is gone it is there, with its end.
    expect(stderr).toMatch(
      new RegExp(`container ${container}(, in which BuildKit ran, is gone| ended with exit code 137)`),
    );
  });

  it("fails it when the daemon is a process", { timeout: 60_000 }, async () => {
    await using job = startJob();
    await job.outputs("setup", ["--platforms", "linux/amd64", "--driver", "process"]);
    const { code, stderr } = await killWhileBuilding(job, [], () =>
      Promise.resolve(process.kill(readDaemon(job).pid, "SIGKILL")),
    );
    expect(code).toBe(1);
    expect(stderr).toContain("buildkitd has ended; the end of its log:");
    expect(stderr).toContain("running server on");
  });
});

describe("fault 35: a full disk", () => {
  const job = startJob();
  const full = join(job.folder, "full");
  let context: readonly string[] = [];

  beforeAll(async () => {
    const folder = writeContext(job, "context", {
      Dockerfile: [
        "FROM busybox AS made",
        "RUN dd if=/dev/urandom of=/large bs=1M count=5",
        "FROM scratch",
        "COPY --from=made /large /large",
      ],
    });
    context = ["--context", folder, "--platforms", "linux/amd64"];
    mkdirSync(full);
    await program("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", full]);
    await job.outputs("setup", ["--platforms", "linux/amd64"]);
  });

  afterAll(async () => {
    await program("umount", [full]);
    await job[Symbol.asyncDispose]();
  });

  it.each([
    { what: "files", args: ["--outputs", `type=local,dest=${full}/files`], path: `${full}/files` },
    { what: "an archive", args: ["--outputs", `type=tar,dest=${full}/a.tar`], path: `${full}/a.tar` },
    { what: "an image", args: ["--outputs", `type=oci,dest=${full}/i.tar`], path: `${full}/i.tar` },
    { what: "a layout", args: ["--outputs", `type=oci,tar=false,dest=${full}/l`], path: `${full}/l` },
    { what: "a cache", args: ["--cache-to", `type=local,dest=${full}/c`], path: `${full}/c` },
    { what: "what Docker loads", args: ["--load", "true"], path: `${full}/multiarch-build-`, temp: full },
  ])("is named by the path, when $what does not fit", async ({ args, path, temp }) => {
    const env = temp === undefined ? {} : { RUNNER_TEMP: temp };
    const { code, stderr } = await job.step("build", [...context, ...args], { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        `^error: linux/amd64: the disk is full: ${path}\\S* could not be written, \\d+ bytes were free$`,
        "m",
      ),
    );
    expect(stderr).toContain("fix: free some space there, or name a place on another disk");
    expect(readdirSync(full).filter((name) => name.endsWith(".tar") || name.startsWith("multiarch"))).toEqual(
      [],
    );
    await program("find", [full, "-mindepth", "1", "-delete"]);
  });

  it("keeps nothing half written of our own", async () => {
    const file = join(full, "descriptors.json");
    await program("dd", ["if=/dev/zero", `of=${full}/filler`, "bs=1k", "count=1024"]);
    const image = `${lab.LAB_REGISTRY}/e2e/full`;
    const { code, stderr } = await job.step("build", [
      ...context,
      "--image",
      image,
      "--descriptors-file",
      file,
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain(`the disk is full: ${file} could not be written, 0 bytes are free`);
    expect(readdirSync(full)).toEqual(["filler"]);
    const secret = await job.step("build", context, {
      env: { RUNNER_TEMP: full, MULTIARCH_SECRETS: "a=secret" },
    });
    expect(secret.code).toBe(1);
    expect(secret.stderr).toContain("the disk is full: ");
    expect(readdirSync(full)).toEqual(["filler"]);
    await program("find", [full, "-mindepth", "1", "-delete"]);
  });
});

describe("a registry that refuses for a moment", () => {
  const job = startJob();

  beforeAll(() => job.outputs("setup", ["--platforms", "linux/amd64"]));

  afterAll(() => job[Symbol.asyncDispose]());

  it.each([
    { retries: "2", refusals: 2, code: 0, asked: 3 },
    { retries: "1", refusals: 2, code: 1, asked: 2 },
    { retries: "0", refusals: 1, code: 1, asked: 1 },
  ])(
    "$refusals times is asked $asked times with $retries retries",
    async ({ retries, refusals, code, asked }) => {
      let puts = 0;
      await using registry = await startProxy((request) => {
        if (request.method !== "PUT" || !request.url?.includes("/manifests/")) return undefined;
        puts += 1;
        // One of those that BuildKit takes for final.
        return puts <= refusals ? 425 : undefined;
      });
      const context = writeContext(job, "refused", {
        Dockerfile: ["FROM busybox", `RUN echo ${refusals} of ${retries}`],
      });
      const ended = await job.step("build", [
        ...["--image", `${registry.address}/e2e/refused`, "--context", context, "--platforms", "linux/amd64"],
        ...["--provenance", "false", "--retries", retries],
      ]);
      expect(ended, ended.stderr).toMatchObject({ code });
      expect(puts).toBe(asked);
      expect(ended.stderr.match(/tried again in \d s/g) ?? []).toHaveLength(asked - 1);
    },
  );
});

/** The lab's registry with another address; a status stands for an answer. */
async function startProxy(
  refuse: (request: IncomingMessage) => number | undefined,
): Promise<AsyncDisposable & { readonly address: string }> {
  const [host = "", port = ""] = lab.LAB_REGISTRY.split(":");
  const server = createServer((incoming, response) => {
    const status = refuse(incoming);
    if (status !== undefined) {
      incoming.resume();
      response.writeHead(status).end();
      return;
    }
    const { headers, method, url: path } = incoming;
    const outgoing = request({ host, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    outgoing.on("error", () => response.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((listening) => {
    server.listen(0, "127.0.0.1", listening);
  });
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}

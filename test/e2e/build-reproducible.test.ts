import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { join } from "node:path";
import { createRepository, startGitServer } from "./git-server.ts";
import type { GitServer } from "./git-server.ts";
import { lab, startJob } from "./job.ts";
import { readPushed } from "./job-state.ts";
import { readImage } from "./registry-image.ts";

const job = startJob();
const image = `${lab.LAB_REGISTRY}/e2e/reproducible`;
const commitTime = "2020-01-02T03:04:05Z";
let server: GitServer;

beforeAll(async () => {
  createRepository(job, "app").commit({
    Dockerfile: ["FROM busybox", "COPY copied /copied", "RUN mkdir /made && touch /made/now"],
    copied: "copied",
  });
  server = await startGitServer(join(job.folder, "git"));
  await job.outputs("setup", ["--platforms", "linux/amd64"]);
});

afterAll(async () => {
  await job[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** Builds from nothing; gives the digests of the platforms. */
async function build(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const common = ["--image", image, "--platforms", "linux/amd64,linux/386", "--no-cache", "true"];
  await job.outputs("build", [...common, "--provenance", "false", ...args], {
    cwd: join(job.folder, "work/app"),
    env,
  });
  return readPushed(job, image).map(({ digest }) => digest);
}

describe("two builds of a commit", () => {
  it("have one digest per platform, and the commit's time in them", async () => {
    const args = ["--source-date-epoch", "commit", "--labels", "auto", "--annotations", "auto"];
    const first = await build(args);
    expect(await build(args)).toEqual(first);
    expect(new Set(first).size).toBe(2);
    for (const digest of first) {
      const { config } = await readImage("e2e/reproducible", digest);
      expect(config.created).toBe(commitTime);
    }
  });

  it("have one digest of a Git context, too", async () => {
    const args = ["--source-date-epoch", "commit", "--context", `${server.url}/app.git#main`];
    const first = await build(args);
    expect(await build(args)).toEqual(first);
    const { config } = await readImage("e2e/reproducible", first[0] ?? "");
    expect(config.created).toBe(commitTime);
  });

  it("have others without it", async () => {
    const first = await build([]);
    const second = await build([]);
    expect(second[0]).not.toBe(first[0]);
    expect(second[1]).not.toBe(first[1]);
  });
});

describe("SOURCE_DATE_EPOCH", () => {
  it("is the time of the image, and leaves that of files alone", async () => {
    const [digest = ""] = await build([], { SOURCE_DATE_EPOCH: "1000000000" });
    const { config, manifest } = await readImage("e2e/reproducible", digest);
    expect(config.created).toBe("2001-09-09T01:46:40Z");
    const [again = ""] = await build(["--source-date-epoch", "1000000000"]);
    const rewritten = await readImage("e2e/reproducible", again);
    expect(rewritten.config.created).toBe("2001-09-09T01:46:40Z");
    expect(rewritten.manifest.layers.at(-1)?.digest).not.toBe(manifest.layers.at(-1)?.digest);
  });
});

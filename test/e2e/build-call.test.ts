import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { performedCommands } from "../host/runner-commands.ts";
import type { RunnerCommand } from "../host/runner-commands.ts";
import { writeContext } from "./context.ts";
import { startJob } from "./job.ts";

const job = startJob();
const github = { GITHUB_ACTIONS: "true", GITHUB_OUTPUT: "", GITHUB_SERVER_URL: "", GITHUB_REPOSITORY: "" };

beforeAll(async () => {
  writeContext(job, "checkout/app", {
    Dockerfile: [
      "FROM busybox as base",
      "ARG VERSION=1",
      "FROM base AS final",
      "MAINTAINER somebody",
      "CMD echo x",
    ],
    "Dockerfile.good": [
      "# the image",
      "ARG BASE=busybox",
      "FROM ${BASE} AS first",
      "FROM first AS second",
      "ARG NAME=n",
    ],
    "Dockerfile.broken": ["FROM busybox", "RUNS echo"],
  });
  await job.outputs("setup", ["--platforms", "linux/amd64"]);
});

afterAll(() => job[Symbol.asyncDispose]());

function call(what: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  return job.step(
    "build",
    ["--context", "app", "--call", what, "--platforms", "linux/amd64,linux/386", ...args],
    {
      cwd: `${job.folder}/checkout`,
      env,
    },
  );
}

function annotations(stdout: string): readonly RunnerCommand[] {
  return performedCommands(stdout, ["warning", "error", "group", "endgroup"]).filter(
    (line): line is RunnerCommand =>
      typeof line !== "string" && (line.command === "warning" || line.command === "error"),
  );
}

describe("call", () => {
  it("check fails with findings, each once, by file and line", async () => {
    const { code, stderr } = await call("check");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^warning: app\/Dockerfile:1: .*casing/im);
    expect(stderr).toMatch(/^warning: app\/Dockerfile:4: .*Maintainer/im);
    expect(stderr.match(/^warning: .*Maintainer/gim)).toHaveLength(1);
    expect(stderr).toMatch(/error: the Dockerfile has 3 findings/);
  });

  it("check makes annotations on GitHub", async () => {
    const { code, stdout } = await call("check", [], github);
    expect(code).toBe(1);
    const maintainer = annotations(stdout).filter(({ data }) => /maintainer/i.test(data));
    expect(maintainer.map(({ command, properties }) => ({ command, ...properties }))).toEqual([
      { command: "warning", title: "MaintainerDeprecated", file: "app/Dockerfile", line: "4" },
    ]);
  });

  it("check of a good Dockerfile ends well", async () => {
    const { code, stderr, stdout } = await call("check", ["--file", "app/Dockerfile.good"]);
    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: "" });
    expect(stderr).toContain("nothing to say");
  });

  it("check of one that can't be built fails, by what is wrong", async () => {
    const { code, stderr } = await call("check", ["--file", "app/Dockerfile.broken"]);
    expect(code).toBe(1);
    expect(stderr).toContain(
      "error: linux/amd64: dockerfile parse error on line 2: unknown instruction: RUNS",
    );
  });

  it("outline tells the arguments", async () => {
    const { code, stderr } = await call("outline", ["--file", "app/Dockerfile.good"]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/BASE\s+busybox/);
    expect(stderr).toMatch(/NAME\s+n/);
  });

  it("targets tells the stages", async () => {
    const { code, stderr } = await call("targets", ["--file", "app/Dockerfile.good"]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/first/);
    expect(stderr).toMatch(/second \(default\)/);
  });
});

describe("a build", () => {
  const args = ["--context", "app", "--platforms", "linux/amd64,linux/386"];
  const cwd = `${job.folder}/checkout`;

  it("tells what is wrong with the Dockerfile, each once, and goes on", async () => {
    const { code, stdout } = await job.step("build", args, { cwd, env: github });
    expect(code).toBe(0);
    const found = annotations(stdout).filter(({ data }) => /maintainer/i.test(data));
    expect(found.map(({ command, properties }) => ({ command, ...properties }))).toEqual([
      { command: "warning", file: "app/Dockerfile", line: "4" },
    ]);
  });

  it("is silent about it where that is asked for", async () => {
    const env = { ...github, DOCKER_BUILD_CHECKS_ANNOTATIONS: "false" };
    const { code, stdout } = await job.step("build", args, { cwd, env });
    expect({ code, annotations: annotations(stdout) }).toEqual({ code: 0, annotations: [] });
  });
});

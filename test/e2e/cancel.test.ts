import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../entry/entrypoint.ts";
import type { RunOptions } from "../entry/entrypoint.ts";
import type { TestJob } from "./job.ts";
import { engineContents, fetchManifest, lab, startJob } from "./job.ts";
import { isRunning, readTraces } from "./traces.ts";

const platforms = ["--platforms", "linux/amd64,linux/arm64"];
const limitSeconds = 7;
let sleeps = 0;

/** All files of a job are in its folder, the temporary ones of every program too; its builds take half a minute. */
function prepare(job: TestJob) {
  const [context, temp] = [join(job.folder, "context"), join(job.folder, "temp")];
  mkdirSync(context);
  mkdirSync(temp);
  // The number tells the one build from all others, also in BuildKit's cache.
  const sleep = `30.${process.pid}${++sleeps}`;
  writeFileSync(join(context, "Dockerfile"), `FROM busybox\nRUN sleep ${sleep}\n`);
  return {
    args: [...platforms, "--context", context],
    env: { RUNNER_TEMP: temp, TMPDIR: temp },
    isBuilding: () => isRunning(sleep),
  };
}

/** What is there before a step and must be all that is there after it. */
async function readWorld(job: TestJob) {
  return {
    engine: await engineContents(),
    traces: readTraces(job),
    files: readdirSync(job.folder, { recursive: true, encoding: "utf8" }).toSorted(),
  };
}

/** Sends a signal once something was printed or something is so, and tells how long the end took from there. */
function interruption(
  moment: RegExp | (() => boolean),
  signal: NodeJS.Signals,
  atThatTime: () => void = () => {},
) {
  let sent = 0;
  const interrupt = (kill: (signal: NodeJS.Signals) => void): void => {
    sent = performance.now();
    atThatTime();
    kill(signal);
  };
  const watch: RunOptions["watch"] = (printed, kill) => {
    if (sent === 0 && moment instanceof RegExp && moment.test(printed)) interrupt(kill);
  };
  const started: RunOptions["started"] = (kill) => {
    if (moment instanceof RegExp) return;
    const timer = setInterval(() => {
      if (!moment()) return;
      clearInterval(timer);
      interrupt(kill);
    }, 20);
  };
  return {
    options: { started, watch },
    seconds: () => (sent === 0 ? Infinity : (performance.now() - sent) / 1000),
  };
}

const image = (name: string): string => `${lab.LAB_REGISTRY}/e2e/${name}`;
const cancelled = ["--image", image("cancelled"), "--tags", "t"];

describe.each([
  { signal: "SIGINT" as const, code: 130 },
  { signal: "SIGTERM" as const, code: 143 },
])("check 15, fault 37: $signal", ({ signal, code }) => {
  it.each([
    { moment: "when the driver is chosen", seen: /driver docker-container/ },
    { moment: "when buildctl is there", seen: /buildctl ready/ },
    { moment: "when BuildKit answers", seen: /BuildKit answers/ },
    { moment: "when the builds begin", seen: /linux\/amd64 +building/ },
    { moment: "while a platform is built", seen: undefined },
  ])(
    `$moment ends all with exit code ${code}: no container, volume, process, socket or file is left`,
    async ({ seen }) => {
      await using job = startJob();
      const { args, env, isBuilding } = prepare(job);
      const before = await readWorld(job);
      const { options, seconds } = interruption(seen ?? isBuilding, signal);
      const all = [...args, ...cancelled, "--expose", "tcp"];
      const ended = await job.step("multiarch", all, { env, ...options });
      expect(ended, ended.stderr).toMatchObject({ code, stdout: "" });
      expect(ended.stderr).toContain(`cancelled by ${signal}`);
      expect(seconds()).toBeLessThan(limitSeconds);
      expect(await readWorld(job)).toEqual(before);
      await expect(fetchManifest(lab.LAB_REGISTRY, "e2e/cancelled", "t")).rejects.toThrow("404");
    },
  );

  it(`of a build step ends it with exit code ${code}, and leaves the daemon to teardown`, async () => {
    await using job = startJob();
    const { args, env, isBuilding } = prepare(job);
    await job.outputs("setup", platforms, { env });
    const before = await readWorld(job);
    const { options, seconds } = interruption(isBuilding, signal);
    const all = [...args, "--image", image("cancelled")];
    const ended = await job.step("build", all, { env, ...options });
    expect(ended, ended.stderr).toMatchObject({ code, stdout: "" });
    expect(seconds()).toBeLessThan(limitSeconds);
    expect(await readWorld(job)).toEqual(before);
  });

  it.each([
    { moment: "when the daemon answers", seen: /BuildKit answers/ },
    { moment: "while a platform is built", seen: undefined },
  ])(
    `of a job without an engine, $moment, ends all with exit code ${code}, the daemon's process too`,
    async ({ seen }) => {
      await using job = startJob();
      const { args, env, isBuilding } = prepare(job);
      const before = await readWorld(job);
      const { options, seconds } = interruption(seen ?? isBuilding, signal);
      const all = [...args, ...cancelled, "--driver", "process"];
      const ended = await job.step("multiarch", all, { env, ...options });
      expect(ended, ended.stderr).toMatchObject({ code, stdout: "" });
      expect(seconds()).toBeLessThan(limitSeconds);
      expect(await readWorld(job)).toEqual(before);
    },
  );
});

describe("check 15: what a job writes", () => {
  it("is for its user alone while it runs, keys above all, and its processes are found", async () => {
    await using job = startJob();
    const { args, env, isBuilding } = prepare(job);
    const before = new Set(readdirSync(job.folder, { recursive: true, encoding: "utf8" }));
    const open: string[] = [];
    const keys: string[] = [];
    let traces: readonly string[] = [];
    const look = (): void => {
      traces = readTraces(job);
      for (const name of readdirSync(job.folder, { recursive: true, encoding: "utf8" })) {
        if (before.has(name)) continue;
        const path = join(job.folder, name);
        const stat = statSync(path);
        // A folder that only its owner enters covers what is in it.
        const isCovered = name.includes("/");
        if ((stat.mode & 0o077) !== 0 && !isCovered) open.push(name);
        if (!stat.isFile() || !/PRIVATE KEY/.test(readFileSync(path, "utf8"))) continue;
        keys.push(name);
        if ((stat.mode & 0o777) !== 0o600) open.push(name);
      }
    };
    const { options } = interruption(isBuilding, "SIGINT", look);
    await job.step("multiarch", [...args, ...cancelled, "--expose", "tcp"], { env, ...options });
    expect(open).toEqual([]);
    expect(keys).toHaveLength(2);
    // Or the comparisons above would be of nothing with nothing.
    expect(traces).toContainEqual(expect.stringMatching(/^process .*node.*multiarch\.js/));
    expect(traces).toContainEqual(expect.stringMatching(/^process .*buildctl.* build /));
    expect(traces).toContainEqual(expect.stringMatching(/^buildkitd listens on 0100007F:/));
    expect(traces).toContainEqual(expect.stringMatching(/^socket .*buildkitd\.sock$/));
  });
});

describe("a runner that is gone", () => {
  it("and no longer reads the log does not keep a cancelled job from cleaning up", async () => {
    await using job = startJob();
    const { args, env, isBuilding } = prepare(job);
    const before = await readWorld(job);
    const words = [join(root, "dist/multiarch.js"), ...args, ...cancelled, "--driver", "process"];
    const child = spawn(process.execPath, words, {
      cwd: root,
      env: { ...job.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stderr.once("data", () => child.stderr.destroy());
    child.stdout.destroy();
    const timer = setInterval(() => {
      if (isBuilding()) child.kill("SIGTERM");
    }, 50);
    const [code] = (await once(child, "exit")) as [number | null];
    clearInterval(timer);
    expect(code).toBe(143);
    expect(await readWorld(job)).toEqual(before);
  });
});

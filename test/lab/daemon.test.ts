import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isDaemonAlive, startDaemon, stopDaemon } from "./daemon.ts";
import type { Daemon } from "./daemon.ts";
import type { Lab } from "./lab.ts";

let lab: Lab;

beforeEach(async () => {
  const home = await mkdtemp(join(tmpdir(), "lab-daemon-"));
  const folders = { home, cache: join(home, "cache"), run: join(home, "run") };
  lab = { folders, ports: { registry: 0, "registry-auth": 0, releases: 0 }, env: {}, log: () => {} };
});

afterEach(async () => {
  await stopDaemon(lab, "sleeper");
  await rm(lab.folders.home, { recursive: true });
});

function sleeper(script: string): Daemon {
  const file = join(lab.folders.run, "sleeper", "ready");
  return { name: "sleeper", argv: ["sh", "-c", script], ready: async () => existsSync(file) };
}

async function recordedPid(): Promise<unknown> {
  return (JSON.parse(await readFile(recordFile(), "utf8")) as { pid: unknown }).pid;
}

function recordFile(): string {
  return join(lab.folders.run, "sleeper", "process.json");
}

test("starts once, again when it is another daemon, and stops", async () => {
  const daemon = sleeper("touch ready; exec sleep 60");
  expect(await startDaemon(lab, daemon)).toBe(true);
  const first = await recordedPid();
  expect(await startDaemon(lab, daemon)).toBe(false);
  expect(await recordedPid()).toBe(first);
  expect(await startDaemon(lab, { ...daemon, config: "changed" })).toBe(true);
  expect(await recordedPid()).not.toBe(first);
  await stopDaemon(lab, "sleeper");
  expect(await isDaemonAlive(lab, "sleeper")).toBe(false);
});

test("says why a daemon did not start", async () => {
  await expect(startDaemon(lab, sleeper("echo the port is taken; exit 3"))).rejects.toThrow(
    /sleeper did not start, it ended with exit code 3[^]*the port is taken/,
  );
});

test("does not kill a process that has the id of one that ended", async () => {
  await startDaemon(lab, sleeper("touch ready; exec sleep 60"));
  const record = JSON.parse(await readFile(recordFile(), "utf8")) as Record<string, unknown>;
  await stopDaemon(lab, "sleeper");
  await writeFile(recordFile(), JSON.stringify({ ...record, pid: process.pid }));
  expect(await isDaemonAlive(lab, "sleeper")).toBe(false);
  await stopDaemon(lab, "sleeper");
});

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderTable } from "../src/report/table.ts";
import { labUp } from "../test/lab/lab.ts";

// setup next to the walkthrough's commands, in turn, on the same engine and from the same registry.
//   cold: helper images pulled, emulators registered, BuildKit answering, a buildctl on disk
//   warm: all of it there already
//   pulls: the two helper images alone, at the same time, which no cold setup can undercut

const rounds = Number(process.argv[2] ?? 5);
const lab = await labUp({ log: (line) => process.stderr.write(`${line}\n`) });
const folder = mkdtempSync(join(tmpdir(), "multiarch-bench-"));
const env = {
  ...process.env,
  ...lab,
  MULTIARCH_STATE: join(folder, "state.json"),
  RUNNER_TOOL_CACHE: join(folder, "tools"),
};
const platforms = "linux/amd64,linux/arm64,linux/arm/v7";
const container = "multiarch-bench";

function run(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function seconds(work: () => void): number {
  const begin = performance.now();
  work();
  return (performance.now() - begin) / 1000;
}

function walkThrough(): void {
  run("docker", "run", "--rm", "--privileged", lab.LAB_BINFMT_IMAGE);
  run("docker", "run", "-d", "--privileged", "--network=host", "--name", container, lab.LAB_BUILDKIT_IMAGE);
  run("docker", "cp", `${container}:/usr/bin/buildctl`, join(folder, "buildctl"));
  awaitAnswer();
}

function awaitAnswer(): void {
  for (let tries = 0; ; tries += 1) {
    try {
      run(join(folder, "buildctl"), `--addr=docker-container://${container}`, "debug", "workers");
      return;
    } catch (error) {
      if (tries === 100) throw error;
    }
  }
}

function setUp(): void {
  run(process.execPath, "dist/setup.js", "--platforms", platforms);
}

/** Nothing of either is left: no container, no image, no emulator, no buildctl. */
function clear(): void {
  run(process.execPath, "dist/teardown.js");
  run("docker", "rm", "--force", "--volumes", container);
  const images = run("docker", "images", "--quiet", "--no-trunc").split("\n").filter(Boolean);
  if (images.length > 0) run("docker", "rmi", "--force", ...new Set(images));
  for (const name of readdirSync("/proc/sys/fs/binfmt_misc")) {
    if (name.startsWith("qemu-")) writeFileSync(`/proc/sys/fs/binfmt_misc/${name}`, "-1");
  }
  for (const path of ["tools", "buildctl"].map((name) => join(folder, name))) {
    if (existsSync(path)) rmSync(path, { recursive: true });
  }
}

async function pullBoth(): Promise<void> {
  const pulls = [lab.LAB_BINFMT_IMAGE, lab.LAB_BUILDKIT_IMAGE].map((image) =>
    once(spawn("docker", ["pull", "--quiet", image], { env, stdio: "ignore" }), "exit"),
  );
  await Promise.all(pulls);
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}

const times = {
  walkthrough: [] as number[],
  cold: [] as number[],
  warm: [] as number[],
  pulls: [] as number[],
};
for (let round = 0; round < rounds; round += 1) {
  clear();
  times.walkthrough.push(seconds(walkThrough));
  clear();
  times.pulls.push(await secondsOf(pullBoth));
  clear();
  times.cold.push(seconds(setUp));
  times.warm.push(seconds(setUp));
}
clear();
rmSync(folder, { recursive: true });

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
const pairs = (values: readonly number[]): number =>
  median(values.map((value, index) => value / (times.walkthrough[index] ?? NaN)));
const rows = Object.entries(times).map(([name, values]) => [
  name,
  ...[Math.min(...values), median(values), Math.max(...values)].map((value) => `${value.toFixed(2)} s`),
  pairs(values).toFixed(2),
]);
const heading = ["", "least", "median", "most", "of the walkthrough"];
process.stdout.write(`${renderTable([heading, ...rows]).join("\n")}\n`);

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { State } from "../src/state.ts";
import { renderTable } from "../src/report/table.ts";
import { labUp } from "../test/lab/lab.ts";

// Everything cached, three platforms pushed: build next to bare buildctl, in turn, on the same daemon and registry.

const rounds = Number(process.argv[2] ?? 10);
const lab = await labUp({ log: (line) => process.stderr.write(`${line}\n`) });
const folder = mkdtempSync(join(tmpdir(), "multiarch-bench-"));
const env = { ...process.env, ...lab, MULTIARCH_STATE: join(folder, "state.json") };
const platforms = ["linux/amd64", "linux/arm64", "linux/arm/v7"];
const image = `${lab.LAB_REGISTRY}/bench/build`;
const context = "examples/hello";

async function run(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { env, stdio: "ignore" });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}`);
}

function node(...args: readonly string[]): Promise<void> {
  return run(process.execPath, args);
}

function buildctl(list: string, attested: boolean): Promise<void> {
  const { builder } = JSON.parse(readFileSync(env.MULTIARCH_STATE, "utf8")) as State;
  return run(builder?.buildctl ?? "", [
    `--addr=${builder?.endpoints[0]?.address}`,
    ...["build", "--progress=rawjson", "--frontend=dockerfile.v0", `--local=context=${context}`],
    ...[`--local=dockerfile=${context}`, `--opt=platform=${list}`],
    ...(attested ? ["--opt=attest:provenance=mode=min,inline-only=true"] : []),
    `--output=type=image,name=${image},push=true,push-by-digest=true,name-canonical=true`,
    `--metadata-file=${join(folder, list.replaceAll("/", "-"))}`,
  ]);
}

const build = ["dist/build.js", "--image", image, "--platforms", platforms.join(","), "--context", context];
const contestants: Readonly<Record<string, () => Promise<unknown>>> = {
  "three buildctl at once": () => Promise.all(platforms.map((platform) => buildctl(platform, false))),
  "build, no provenance": () => node(...build, "--provenance", "false"),
  "three buildctl at once, provenance": () =>
    Promise.all(platforms.map((platform) => buildctl(platform, true))),
  "build, as it comes": () => node(...build),
  "one buildctl for all": () => buildctl(platforms.join(","), false),
  "node -e 0": () => node("-e", "0"),
};

const times = new Map<string, number[]>();
try {
  execFileSync(process.execPath, ["dist/setup.js", "--platforms", platforms.join(",")], {
    env,
    stdio: "ignore",
  });
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, work] of Object.entries(contestants)) {
      const begin = performance.now();
      await work();
      // The first round fills the caches.
      if (round > 0) times.set(name, [...(times.get(name) ?? []), (performance.now() - begin) / 1000]);
    }
  }
} finally {
  execFileSync(process.execPath, ["dist/teardown.js"], { env, stdio: "ignore" });
  rmSync(folder, { recursive: true });
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
const bare = times.get("three buildctl at once") ?? [];
const rows = [...times].map(([name, values]) => [
  name,
  ...[Math.min(...values), median(values), Math.max(...values)].map((value) => `${value.toFixed(3)} s`),
  median(values.map((value, index) => value / (bare[index] ?? NaN))).toFixed(2),
]);
const heading = ["", "least", "median", "most", "of three buildctl"];
process.stdout.write(`${renderTable([heading, ...rows]).join("\n")}\n`);

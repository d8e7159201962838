import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { parseDigest } from "../src/oci/digest.ts";
import { renderTable } from "../src/report/table.ts";
import { labUp } from "../test/lab/lab.ts";
import { type ChaosRegistry, startChaosRegistry } from "../test/registry/chaos/registry.ts";
import { startDistance } from "../test/registry/distance.ts";
import { putImage, sixPlatforms } from "../test/steps/publish-manifest/images.ts";

// One tag over six platforms, by us and by other programs, in turn, at the same registry at several distances, requests
// counted by the registry; then 64 such images in one process, and what that takes of memory.
//   bench/publish.ts [ROUNDS]

const run = promisify(execFile);
const rounds = Number(process.argv[2] ?? 5);
const distances = [0, 20, 50];
const folder = mkdtempSync(join(tmpdir(), "multiarch-bench-"));
const lab = await labUp({
  log: (line) => process.stderr.write(`${line}\n`),
  extras: ["buildx", "registry-tools"],
});
const path = [lab.LAB_REGISTRY_TOOLS ?? "", lab.LAB_BUILDX ?? "", lab.PATH].join(delimiter);
const env = { ...process.env, PATH: path, DOCKER_CONFIG: folder, DOCKER_CLI_EXPERIMENTAL: "enabled" };

interface Scene {
  readonly registry: ChaosRegistry;
  /** Where the registry seems to be. */
  readonly host: string;
  readonly images: readonly { readonly digest: string; readonly platform: string }[];
  /** What build in another job hands over. */
  readonly descriptors: string;
  readonly statePath: string;
}

interface Contender {
  readonly name: string;
  readonly program: string;
  readonly publish: (scene: Scene, tag: string) => Promise<unknown>;
}

const entry = "dist/publish-manifest.js";
const step = (host: string, tag: string, more: readonly string[], statePath: string): Promise<unknown> =>
  run(process.execPath, [entry, "--image", `${host}/a/b`, "--tags", tag, ...more], {
    env: { ...env, MULTIARCH_STATE: statePath },
  });

const contenders: readonly Contender[] = [
  {
    name: "multiarch, built in this job",
    program: process.execPath,
    publish: ({ host, statePath }, tag) => step(host, tag, [], statePath),
  },
  {
    name: "multiarch, descriptors",
    program: process.execPath,
    publish: ({ descriptors, host }, tag) =>
      step(host, tag, ["--descriptors", descriptors], join(folder, "none.json")),
  },
  {
    name: "docker manifest",
    program: "docker",
    publish: async ({ host, images }, tag) => {
      const name = `${host}/a/b:${tag}`;
      const sources = images.map(({ digest }) => `${host}/a/b@${digest}`);
      await run("docker", ["manifest", "create", "--insecure", name, ...sources], { env });
      await run("docker", ["manifest", "push", "--insecure", name], { env });
    },
  },
  {
    name: "crane index append",
    program: "crane",
    publish: ({ host, images }, tag) => {
      const sources = images.flatMap(({ digest }) => ["-m", `${host}/a/b@${digest}`]);
      return run("crane", ["index", "append", "--insecure", ...sources, "-t", `${host}/a/b:${tag}`], { env });
    },
  },
  {
    name: "regctl index create",
    program: "regctl",
    publish: ({ host, images }, tag) => {
      const sources = images.flatMap(({ digest }) => ["--ref", `${host}/a/b@${digest}`]);
      return run(
        "regctl",
        ["--host", `reg=${host},tls=disabled`, "index", "create", `${host}/a/b:${tag}`, ...sources],
        { env },
      );
    },
  },
  {
    name: "manifest-tool",
    program: "manifest-tool",
    publish: ({ host, images }, tag) => {
      const file = join(folder, "spec.yaml");
      const lines = images.flatMap(({ digest, platform }) => {
        const [os = "", architecture = "", variant] = platform.split("/");
        return [
          `  - image: ${host}/a/b@${digest}`,
          `    platform: { os: ${os}, architecture: "${architecture}"${variant === undefined ? "" : `, variant: ${variant}`} }`,
        ];
      });
      writeFileSync(file, [`image: ${host}/a/b:${tag}`, "manifests:", ...lines, ""].join("\n"));
      return run("manifest-tool", ["--plain-http", "--insecure", "push", "from-spec", file], { env });
    },
  },
  {
    name: "buildx imagetools create",
    program: "docker-buildx",
    publish: ({ host, images }, tag) => {
      const sources = images.map(({ digest }) => `${host}/a/b@${digest}`);
      return run("docker-buildx", ["imagetools", "create", "-t", `${host}/a/b:${tag}`, ...sources], { env });
    },
  },
];

/** Where a program is, or undefined. */
function find(program: string): string | undefined {
  if (existsSync(program)) return program;
  return path
    .split(delimiter)
    .map((place) => join(place, program))
    .find((file) => existsSync(file));
}

function stateOf(scene: Pick<Scene, "host" | "registry">, images: readonly object[]): string {
  const statePath = join(folder, `${scene.host.replace(":", "-")}.json`);
  const state = { version: 1, job: "bench", builds: { [`${scene.host}/a/b`]: images } };
  writeFileSync(statePath, JSON.stringify(state), { mode: 0o600 });
  return statePath;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

async function measure(distance: number): Promise<void> {
  const registry = await startChaosRegistry();
  await using away = await startDistance(registry.host, distance);
  const { host } = away;
  const built = sixPlatforms.map((platform) => {
    const descriptor = putImage(registry, { platform });
    const manifest = JSON.parse(registry.manifest("a/b", descriptor.digest)?.toString() ?? "") as {
      readonly config: { readonly digest: string };
    };
    return { ...descriptor, configDigest: parseDigest(manifest.config.digest) };
  });
  const scene: Scene = {
    registry,
    host,
    images: built.map(({ digest }, index) => ({ digest, platform: sixPlatforms[index] ?? "" })),
    descriptors: JSON.stringify(built.map(({ configDigest: _, ...descriptor }) => descriptor)),
    statePath: stateOf({ host, registry }, built),
  };
  const times = new Map<string, number[]>();
  const requests = new Map<string, number>();
  const present = contenders.filter(({ program }) => find(program) !== undefined);
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, publish } of present) {
      registry.log.length = 0;
      const begin = performance.now();
      await publish(scene, `t${round}-${name.replaceAll(/\W+/g, "-")}`);
      times.set(name, [...(times.get(name) ?? []), (performance.now() - begin) / 1000]);
      requests.set(name, registry.log.length);
    }
  }
  const [ours = []] = [...times.values()];
  const rows = Array.from(times, ([name, values]) => [
    name,
    ...[Math.min(...values), median(values), Math.max(...values)].map((value) => `${value.toFixed(2)} s`),
    String(requests.get(name) ?? 0),
    (median(values) / median(ours)).toFixed(2),
  ]);
  const heading = [`${distance} ms away`, "least", "median", "most", "requests", "of ours"];
  process.stdout.write(`${renderTable([heading, ...rows]).join("\n")}\n\n`);
  await registry.close();
}

/** Prints what the process had in memory at most, when it ends. */
const watcher = `process.on("exit", () => process.stderr.write("\\nRSS " + process.resourceUsage().maxRSS + "\\n"))`;

async function measureMany(counts: readonly number[]): Promise<void> {
  const rows: string[][] = [];
  for (const count of counts) {
    const registry = await startChaosRegistry();
    const names = Array.from({ length: count }, (_, index) => `a/b${index}`);
    const images =
      names.map((repository) =>
        sixPlatforms.map((platform) => putImage(registry, { platform, repository })),
      )[0] ?? [];
    const target = names.map((repository) => `${registry.host}/${repository}`).join(",");
    const begin = performance.now();
    const { stderr } = await run(
      process.execPath,
      [
        ...["--import", `data:text/javascript,${encodeURIComponent(watcher)}`, entry],
        ...["--image", target, "--tags", "t", "--descriptors", JSON.stringify(images)],
      ],
      { env: { ...env, MULTIARCH_STATE: join(folder, "many.json") }, maxBuffer: 1 << 26 },
    );
    const time = (performance.now() - begin) / 1000;
    const memory = Number(/RSS (\d+)/.exec(stderr)?.[1]) / 1024;
    rows.push([
      String(count),
      `${time.toFixed(2)} s`,
      `${((time / count) * 1000).toFixed(1)} ms`,
      `${memory.toFixed(0)} MiB`,
      String(registry.log.length),
    ]);
    await registry.close();
  }
  const heading = ["images × 6 platforms", "time", "each", "memory", "requests"];
  process.stdout.write(`${renderTable([heading, ...rows]).join("\n")}\n`);
}

for (const distance of distances) await measure(distance);
await measureMany([1, 16, 64]);
rmSync(folder, { recursive: true });

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatBytes, renderTable } from "../src/report/table.ts";
import { chooseStage } from "./demo-stage.ts";

// The main job, end to end: examples/hello for three platforms, pushed, under one tag, and run.

const platforms = ["linux/amd64", "linux/arm64", "linux/arm/v7"];

interface BuildResult {
  readonly platform: string;
  readonly seconds: number;
  readonly emulated: boolean;
}

interface Index {
  readonly manifests: readonly { readonly digest: string }[];
}

const scratch = mkdtempSync(join(tmpdir(), "multiarch-demo-"));
const stage = await chooseStage();
try {
  const env = { ...stage.env, MULTIARCH_STATE: join(scratch, "state.json") };
  const image = `${stage.registry}/multiarch/hello`;
  const list = platforms.join(",");
  try {
    step(env, "setup", ["--platforms", list]);
    const built = step(env, "build", ["--image", image, "--platforms", list, "--context", "examples/hello"]);
    const published = step(env, "publish-manifest", [
      ...["--image", image, "--tags", "latest", "--platforms", list],
    ]);
    const results = JSON.parse(built["results"] ?? "[]") as BuildResult[];
    const index = JSON.parse(published["index"] ?? "{}") as Index;
    await show(image, published["digest"] ?? "", results, index);
  } finally {
    step(env, "teardown", []);
  }
} finally {
  stage.cleanUp();
  rmSync(scratch, { recursive: true, force: true });
}

/** The images stand in the index in the order of the platforms. */
async function show(
  image: string,
  digest: string,
  results: readonly BuildResult[],
  { manifests }: Index,
): Promise<void> {
  const rows = results.map(async ({ emulated, platform, seconds }, position) => {
    const child = manifests[position]?.digest ?? "";
    return [
      platform,
      child,
      formatBytes(await imageSize(image, child)),
      `${seconds.toFixed(1)} s`,
      emulated ? "emulated" : "native",
      stage.hasDocker ? runImage(`${image}@${child}`, platform) : "(no Docker here to run it)",
    ];
  });
  const heading = ["platform", "digest", "size", "built in", "how", "what it printed"];
  const table = renderTable([heading, ...(await Promise.all(rows))]);
  process.stdout.write(["", ...table, "", `${image}:latest is ${digest}`, ""].join("\n"));
}

/** Runs one of our entrypoints as a CI would, and gives its outputs. */
function step(env: NodeJS.ProcessEnv, name: string, args: readonly string[]): Record<string, string> {
  process.stderr.write(`\n── ${name}\n`);
  const { status, stdout } = spawnSync(process.execPath, [`dist/${name}.js`, "--print", "json", ...args], {
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`dist/${name}.js ended with exit code ${status}`);
  return JSON.parse(stdout) as Record<string, string>;
}

/** Bytes that a pull of one platform downloads. */
async function imageSize(image: string, digest: string): Promise<number> {
  const [registry, ...path] = image.split("/");
  const response = await fetch(`http://${registry}/v2/${path.join("/")}/manifests/${digest}`, {
    headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
  });
  const text = await response.text();
  const { config, layers } = JSON.parse(text) as {
    readonly config: { readonly size: number };
    readonly layers: readonly { readonly size: number }[];
  };
  return layers.reduce((sum, { size }) => sum + size, config.size + Buffer.byteLength(text));
}

function runImage(reference: string, platform: string): string {
  const args = ["run", "--rm", "--platform", platform, reference];
  return execFileSync("docker", args, {
    env: stage.env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();
}

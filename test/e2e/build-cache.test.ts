import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeContext } from "./context.ts";
import { lab, startJob } from "./job.ts";
import type { TestJob } from "./job.ts";

// One daemon fills the caches, another one that knows nothing reads them.

const registry = lab.LAB_REGISTRY;
const platforms = ["--platforms", "linux/amd64,linux/386"];
const writer = startJob();
const reader = startJob();

beforeAll(() =>
  Promise.all([writer, reader].map((job) => job.outputs("setup", ["--platforms", "linux/amd64"]))),
);

afterAll(() => Promise.all([writer, reader].map((job) => job[Symbol.asyncDispose]())));

interface StepShare {
  readonly platform: string;
  readonly steps: number;
  readonly cached: number;
}

/** Builds a Dockerfile whose steps no other test has. */
async function build(job: TestJob, name: string, args: readonly string[]): Promise<readonly StepShare[]> {
  const context = writeContext(writer, name, {
    Dockerfile: [
      "FROM busybox AS made",
      `RUN echo ${writer.folder} ${name} > /made`,
      "FROM busybox",
      "COPY --from=made /made /made",
      `RUN echo "${name} on" "$(uname -m)" >> /made`,
    ],
  });
  const { results = "[]" } = await job.outputs("build", ["--context", context, ...args]);
  return (JSON.parse(results) as StepShare[]).map(({ platform, steps, cached }) => ({
    platform,
    steps,
    cached,
  }));
}

describe("a cache that another daemon wrote", () => {
  const cases = [
    {
      name: "registry",
      to: `type=registry,ref=${registry}/e2e/cache-registry:c,mode=max`,
      from: `type=registry,ref=${registry}/e2e/cache-registry:c`,
    },
    {
      name: "registry-bare",
      to: `${registry}/e2e/cache-bare:c`,
      from: `${registry}/e2e/cache-bare:c`,
    },
    {
      name: "registry-named",
      to: `type=registry,ref=${registry}/e2e/cache-named:{platform},mode=max`,
      from: `type=registry,ref=${registry}/e2e/cache-named:{platform}`,
    },
    {
      name: "local",
      to: `type=local,dest=${join(writer.folder, "cache")},mode=max`,
      from: `type=local,src=${join(writer.folder, "cache")}`,
    },
  ];

  it.each(cases)("$name is used for every step of both platforms", async ({ name, to, from }) => {
    const written = await build(writer, name, ["--cache-to", to, ...platforms]);
    expect(written.every(({ cached, steps }) => cached < steps)).toBe(true);
    const read = await build(reader, name, ["--cache-from", from, ...platforms]);
    expect(read.map(({ platform }) => platform)).toEqual(["linux/amd64", "linux/386"]);
    expect(read).toEqual(read.map(({ platform, steps }) => ({ platform, steps, cached: steps })));
    expect(read.map(({ steps }) => steps)).toEqual(written.map(({ steps }) => steps));
  });

  it("inline in the image is used for every step of both platforms", async () => {
    const image = `${registry}/e2e/cache-inline`;
    const push = ["--image", image, ...platforms];
    await build(writer, "inline", [...push, "--cache-to", "type=inline"]);
    await writer.outputs("publish-manifest", ["--image", image, "--tags", "latest"]);
    const read = await build(reader, "inline", [...push, "--cache-from", `${image}:latest`]);
    expect(read).toEqual(read.map(({ platform, steps }) => ({ platform, steps, cached: steps })));
  });
});

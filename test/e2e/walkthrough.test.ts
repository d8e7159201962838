import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { fetchManifest, lab, program, startJob } from "./job.ts";
import { readRootFilesystem } from "./root-filesystem.ts";

// What people do by hand, with the flags that today's BuildKit takes, and the same job by our entrypoints.

const registry = lab.LAB_REGISTRY;
const byHand = `${registry}/e2e/by-hand`;
const byUs = `${registry}/e2e/by-us`;
const folder = mkdtempSync(join(tmpdir(), "multiarch-walkthrough-"));
const container = "multiarch-walkthrough";
const platforms = [
  { platform: "linux/amd64", suffix: "amd64", annotate: [] },
  { platform: "linux/arm64", suffix: "arm64", annotate: ["--arch", "arm64"] },
  { platform: "linux/arm/v7", suffix: "arm", annotate: ["--arch", "arm", "--variant", "v7"] },
];

async function walkThrough(): Promise<void> {
  const env = { BUILDKIT_HOST: `docker-container://${container}`, DOCKER_CONFIG: folder };
  await program("docker", ["run", "--rm", "--privileged", lab.LAB_BINFMT_IMAGE]);
  await program("docker", [
    ...["run", "-d", "--privileged", "--network=host", "--name", container],
    ...["-v", `${lab.MULTIARCH_BUILDKITD_CONFIG}:/etc/buildkit/buildkitd.toml:ro`, lab.LAB_BUILDKIT_IMAGE],
  ]);
  const buildctl = join(folder, "buildctl");
  await program("docker", ["cp", `${container}:/usr/bin/buildctl`, buildctl]);
  await vi.waitFor(() => program(buildctl, ["debug", "workers"], { env }), { timeout: 30_000 });
  for (const { platform, suffix } of platforms) {
    await program(
      buildctl,
      [
        ...["build", "--frontend", "dockerfile.v0", "--opt", `platform=${platform}`],
        ...["--output", `type=image,name=${byHand}:latest-${suffix},push=true`],
        ...["--local", "dockerfile=examples/hello", "--local", "context=examples/hello"],
      ],
      { env },
    );
  }
  const manifest = (...args: string[]) => program("docker", ["manifest", ...args], { env });
  const tags = platforms.map(({ suffix }) => `${byHand}:latest-${suffix}`);
  await manifest("create", "--insecure", `${byHand}:latest`, ...tags);
  for (const { suffix, annotate } of platforms) {
    if (annotate.length > 0)
      await manifest("annotate", `${byHand}:latest`, `${byHand}:latest-${suffix}`, ...annotate);
  }
  await manifest("push", "--insecure", `${byHand}:latest`);
}

async function useEntrypoints(): Promise<void> {
  await using job = startJob();
  const common = ["--image", byUs, "--platforms", platforms.map(({ platform }) => platform).join(",")];
  await job.outputs("setup", []);
  await job.outputs("build", [...common, "--context", "examples/hello"]);
  await job.outputs("publish-manifest", [...common, "--tags", "latest"]);
}

beforeAll(async () => {
  await walkThrough();
  await useEntrypoints();
});

afterAll(async () => {
  await program("docker", ["rm", "--force", "--volumes", container]);
  rmSync(folder, { recursive: true, force: true });
});

describe("the walkthrough and our entrypoints", () => {
  it("publish the same platforms", async () => {
    const [theirs, ours] = await Promise.all(
      ["e2e/by-hand", "e2e/by-us"].map(async (repository) => {
        const { json } = await fetchManifest(registry, repository, "latest");
        return json.manifests
          .filter(({ platform }) => platform.os !== "unknown")
          .map(({ platform: { os, architecture, variant } }) =>
            [os, architecture, variant].filter(Boolean).join("/"),
          )
          .toSorted();
      }),
    );
    expect(ours).toEqual(theirs);
    expect(ours).toEqual(platforms.map(({ platform }) => platform).toSorted());
  });

  it.each(platforms)("have the same files for $platform", async ({ platform }) => {
    const theirs = await readRootFilesystem(`${byHand}:latest`, platform);
    const ours = await readRootFilesystem(`${byUs}:latest`, platform);
    expect(Object.keys(ours)).toContain("usr/local/bin/hello");
    expect(ours).toEqual(theirs);
  });
});

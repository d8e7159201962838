import { beforeAll, describe, expect, it } from "vitest";
import { engineContents, fetchManifest, lab, program, startJob } from "./job.ts";

const platforms = ["linux/amd64", "linux/arm64", "linux/arm/v7"];
const machines = { "linux/amd64": "x86_64", "linux/arm64": "aarch64", "linux/arm/v7": "armv7l" };
const registry = lab.LAB_REGISTRY;

describe("multiarch in one call", () => {
  const image = `${registry}/e2e/one-call`;
  let outputs: Readonly<Record<string, string>> = {};
  let before = "";
  let after = "";

  beforeAll(async () => {
    await using job = startJob();
    before = await engineContents();
    outputs = await job.outputs("multiarch", [
      ...["--image", image, "--tags", "1.0.0,latest", "--platforms", platforms.join(",")],
      ...["--context", "examples/hello"],
    ]);
    after = await engineContents();
  });

  it("puts both tags on one index over the three platforms", async () => {
    for (const tag of ["1.0.0", "latest"]) {
      const { digest, json } = await fetchManifest(registry, "e2e/one-call", tag);
      expect(digest).toBe(outputs["digest"]);
      expect(json.mediaType).toBe("application/vnd.oci.image.index.v1+json");
      const listed = json.manifests.map(({ platform: { os, architecture, variant } }) =>
        [os, architecture, variant].filter(Boolean).join("/"),
      );
      // Behind the images stands what BuildKit says of each, as docker's action has it by default.
      expect(listed).toEqual([...platforms, ...platforms.map(() => "unknown/unknown")]);
    }
  });

  it("is read by docker manifest inspect", async () => {
    const text = await program("docker", ["manifest", "inspect", "--insecure", `${image}:latest`]);
    const { manifests } = JSON.parse(text) as { manifests: { platform: { architecture: string } }[] };
    const architectures = new Set(manifests.map(({ platform }) => platform.architecture));
    expect([...architectures].toSorted()).toEqual(["amd64", "arm", "arm64", "unknown"]);
  });

  it.each(Object.entries(machines))("runs on %s, where uname says %s", async (platform, machine) => {
    const { json } = await fetchManifest(registry, "e2e/one-call", "latest");
    const child = json.manifests[platforms.indexOf(platform)];
    const run = ["run", "--rm", "--platform", platform, `${image}@${child?.digest}`];
    expect(await program("docker", [...run, "uname", "-m"])).toBe(machine);
    expect(await program("docker", run)).toBe(`hello from ${machine}, built on ${machine}`);
  });

  it("is chosen by tag and platform", async () => {
    const run = [
      "run",
      "--rm",
      "--pull=always",
      "--platform",
      "linux/arm64",
      `${image}:latest`,
      "uname",
      "-m",
    ];
    expect(await program("docker", run)).toBe("aarch64");
  });

  it("leaves nothing in the engine", () => {
    expect(after).toBe(before);
  });
});

describe("the steps one by one, without an export", () => {
  it("find each other, and tell what a tag pointed at before", async () => {
    await using job = startJob();
    const image = `${registry}/e2e/steps-${Date.now().toString(36)}`;
    const setup = await job.outputs("setup", ["--platforms", platforms.join(",")]);
    expect(setup["buildkit-host"]).toMatch(
      /^unix:\/\/\/\S+\/multiarch-[0-9a-f]{12}\/socket\/buildkitd\.sock$/,
    );
    for (const platform of platforms) expect(setup["platforms"]?.split(",")).toContain(platform);

    // Two provenances of the same image differ in their times.
    const build = [
      ...["--image", image, "--context", "examples/hello", "--platforms", platforms.join(",")],
      ...["--provenance", "false"],
    ];
    const first = await job.outputs("build", build);
    const published = await job.outputs("publish-manifest", ["--image", image, "--tags", "one,two"]);
    expect(JSON.parse(published["previous"] ?? "")).toEqual({});

    const second = await job.outputs("build", build);
    expect(second["descriptors"]).toBe(first["descriptors"]);
    const again = await job.outputs("publish-manifest", ["--image", image, "--tags", "two,three"]);
    expect(again["digest"]).toBe(published["digest"]);
    expect(JSON.parse(again["previous"] ?? "")).toEqual({ [`${image}:two`]: published["digest"] });
  });

  it("setup a second time uses the daemon that is there", async () => {
    await using job = startJob();
    const first = await job.outputs("setup", ["--platforms", "linux/amd64"]);
    const { code, stderr } = await job.step("setup", ["--platforms", "linux/amd64", "--dry-run"]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/# the daemon multiarch-[0-9a-f]{12} is used, which runs already/);
    expect(await job.outputs("setup", ["--platforms", "linux/amd64"])).toEqual(first);
    // One that fails leaves the daemon of the first as it was.
    expect(
      await job.step("setup", ["--platforms", "linux/amd64", "--buildctl-path", "/bin/true"]),
    ).toMatchObject({ code: 1 });
    expect(await job.outputs("setup", ["--platforms", "linux/amd64"])).toEqual(first);
  });

  it("build pushes to several repositories, and publish tags all of them", async () => {
    await using job = startJob();
    const images = [`${registry}/e2e/first`, `${registry}/e2e/second/deep`];
    await job.outputs("setup", []);
    const common = ["--image", images.join(","), "--platforms", "linux/amd64,linux/arm64"];
    await job.outputs("build", [...common, "--context", "examples/hello"]);
    const { tags, digest } = await job.outputs("publish-manifest", [...common, "--tags", "v1"]);
    expect(tags).toBe(`${images[0]}:v1\n${images[1]}:v1`);
    for (const repository of ["e2e/first", "e2e/second/deep"]) {
      expect((await fetchManifest(registry, repository, "v1")).digest).toBe(digest);
    }
  });

  it("hands descriptors to another job", async () => {
    await using builder = startJob();
    await using publisher = startJob();
    const image = `${registry}/e2e/handed-over`;
    await builder.outputs("setup", []);
    const { descriptors = "" } = await builder.outputs("build", [
      ...["--image", image, "--platforms", "linux/amd64,linux/s390x", "--context", "examples/hello"],
    ]);
    const { digest } = await publisher.outputs("publish-manifest", [
      ...["--image", image, "--tags", "t", "--descriptors", descriptors],
    ]);
    expect((await fetchManifest(registry, "e2e/handed-over", "t")).digest).toBe(digest);
  });
});

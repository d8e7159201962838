import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engineContents, fetchManifest, lab, startJob } from "./job.ts";

const registry = lab.LAB_REGISTRY;
const authority = lab.LAB_REGISTRY_AUTH;
const job = startJob();
const context = join(job.folder, "context");

const onePlatformFails = [
  "FROM busybox",
  "ARG TARGETARCH",
  'RUN test "$TARGETARCH" != arm64 || { echo "no luck on $TARGETARCH"; exit 7; }',
].join("\n");

function dockerConfig(name: string, user: string, password: string): Record<string, string> {
  const folder = join(job.folder, name);
  mkdirSync(folder, { recursive: true });
  const auth = Buffer.from(`${user}:${password}`).toString("base64");
  writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: { [authority]: { auth } } }));
  return { DOCKER_CONFIG: folder };
}

beforeAll(async () => {
  mkdirSync(context);
  writeFileSync(join(context, "Dockerfile"), onePlatformFails);
  await job.outputs("setup", ["--platforms", "linux/amd64,linux/arm64,linux/arm/v7"]);
});

afterAll(() => job[Symbol.asyncDispose]());

describe("a Dockerfile that fails on one platform", () => {
  const image = `${registry}/e2e/one-fails`;

  it("fails the build, says where, and lets the others finish", async () => {
    const { code, stdout, stderr } = await job.step("build", [
      ...["--image", image, "--context", context, "--platforms", "linux/amd64,linux/arm64,linux/arm/v7"],
    ]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("error: 1 of 3 platforms failed");
    expect(stderr).toContain("linux/arm64: process");
    expect(stderr).toContain("| no luck on arm64");
    expect(stderr).toMatch(/linux\/amd64 +pushed sha256:/);
    expect(stderr).toMatch(/linux\/arm\/v7 +pushed sha256:/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it("leaves nothing to publish", async () => {
    const { code, stderr } = await job.step("publish-manifest", ["--image", image, "--tags", "latest"]);
    expect(code).toBe(1);
    expect(stderr).toContain("nothing was built for");
    await expect(fetchManifest(registry, "e2e/one-fails", "latest")).rejects.toThrow("404");
  });

  it("moves no tag and leaves no container in one call either", async () => {
    await using other = startJob();
    const before = await engineContents();
    const { code, stderr } = await other.step("multiarch", [
      ...[
        "--image",
        image,
        "--tags",
        "latest",
        "--context",
        context,
        "--platforms",
        "linux/amd64,linux/arm64",
      ],
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain("error: 1 of 2 platforms failed");
    expect(stderr).toContain("removed the container multiarch-");
    expect(await engineContents()).toBe(before);
    await expect(fetchManifest(registry, "e2e/one-fails", "latest")).rejects.toThrow("404");
  });
});

describe("a base image without the platform", () => {
  it("is said to be the cause", async () => {
    const { code, stderr } = await job.step("build", [
      ...["--image", `${registry}/e2e/no-base`, "--context", "examples/hello"],
      ...["--platforms", "linux/riscv64"],
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain("linux/riscv64: ");
    expect(stderr).toContain("fix: the base image has no linux/riscv64");
  });
});

describe("platforms that were not built", () => {
  it("stop the publish before a tag moves", async () => {
    const image = `${registry}/e2e/incomplete`;
    const build = ["--image", image, "--context", "examples/hello", "--platforms"];
    await job.outputs("build", [...build, "linux/amd64"]);
    const { code, stderr } = await job.step("publish-manifest", [
      ...["--image", image, "--tags", "latest", "--platforms", "linux/amd64,linux/arm64"],
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain("missing: linux/arm64");
    await expect(fetchManifest(registry, "e2e/incomplete", "latest")).rejects.toThrow("404");
  });

  it("nor does a descriptor that lies about its platform", async () => {
    const repository = `e2e/lie-${Date.now().toString(36)}`;
    const image = `${registry}/${repository}`;
    const { descriptors = "[]" } = await job.outputs("build", [
      ...["--image", image, "--context", "examples/hello", "--platforms", "linux/amd64"],
    ]);
    const lie = descriptors.replace('"architecture":"amd64"', '"architecture":"arm64"');
    expect(lie).not.toBe(descriptors);
    const args = ["--image", image, "--tags", "latest", "--descriptors", lie];
    const { code, stderr } = await job.step("publish-manifest", args);
    expect(code).toBe(1);
    expect(stderr).toContain("was to be for linux/arm64, but its config says linux/amd64");
    await expect(fetchManifest(registry, repository, "latest")).rejects.toThrow("404");
  });
});

describe("a registry that wants credentials", () => {
  const image = `${authority}/e2e/private`;
  const right = dockerConfig("right", lab.LAB_REGISTRY_USER, lab.LAB_REGISTRY_PASSWORD);
  const wrong = dockerConfig("wrong", lab.LAB_REGISTRY_USER, "not the password");
  const build = ["--image", image, "--context", "examples/hello", "--platforms", "linux/amd64"];
  const publish = ["--image", image, "--tags", "latest"];

  it("refuses wrong ones, and the message says what to do", async () => {
    const { code, stderr } = await job.step("build", build, { env: wrong });
    expect(code).toBe(1);
    expect(stderr).toContain("fix: the registry refused the credentials: run docker login");
    expect(stderr).not.toContain("not the password");
  });

  it("takes right ones, and shows them nowhere", async () => {
    const { code, stderr } = await job.step("build", build, { env: right });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).not.toContain(lab.LAB_REGISTRY_PASSWORD);
  });

  it("refuses a publish with wrong ones, or none, by the name of the registry", async () => {
    for (const env of [wrong, { DOCKER_CONFIG: join(job.folder, "none") }]) {
      const { code, stderr } = await job.step("publish-manifest", publish, { env });
      expect(code).toBe(1);
      expect(stderr).toContain(authority);
      expect(stderr).toContain("401");
      expect(stderr).toContain("docker login");
      expect(stderr).not.toMatch(/not the password|Basic /);
    }
  });

  it("gets the tag with right ones", async () => {
    const { code, stderr } = await job.step("publish-manifest", publish, { env: right });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const basic = Buffer.from(`${lab.LAB_REGISTRY_USER}:${lab.LAB_REGISTRY_PASSWORD}`).toString("base64");
    const { json } = await fetchManifest(authority, "e2e/private", "latest", {
      authorization: `Basic ${basic}`,
    });
    expect(json.manifests.filter(({ platform }) => platform.os === "linux")).toHaveLength(1);
  });
});

describe("things that are not there", () => {
  it("a registry that is down fails the build, by name", async () => {
    const { code, stderr } = await job.step("build", [
      ...["--image", "127.0.0.1:9/a/b", "--context", "examples/hello", "--platforms", "linux/amd64"],
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain("127.0.0.1:9");
    expect(stderr).toContain("fix: ");
  });

  it("a daemon that is gone fails the build, by its address", async () => {
    const { code, stderr } = await job.step("build", [
      ...[
        "--image",
        `${registry}/a/b`,
        "--context",
        "examples/hello",
        "--builder",
        "docker-container://no-such",
      ],
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain("the BuildKit daemon at docker-container://no-such does not answer");
  });

  it("fault 34: an engine that does not answer fails the setup at once, with the path of its socket", async () => {
    await using other = startJob();
    const begin = performance.now();
    const { code, stderr } = await other.step("setup", ["--driver", "docker-container"], {
      env: { DOCKER_HOST: "unix:///no/such.sock" },
    });
    expect(performance.now() - begin).toBeLessThan(10_000);
    expect(code).toBe(1);
    expect(stderr).toContain("error: the Docker Engine does not answer");
    expect(stderr).toContain("unix:///no/such.sock");
    expect(stderr).toContain("fix: start it");
  });

  it("BuildKit's image fails the setup, and leaves nothing", async () => {
    await using other = startJob();
    const before = await engineContents();
    const { code, stderr } = await other.step("setup", ["--buildkit-image", `${registry}/no/such:image`]);
    expect(code).toBe(1);
    expect(stderr).toContain(`the image ${registry}/no/such:image could not be pulled`);
    expect(stderr).toContain("fix: check the name of the image");
    expect(await engineContents()).toBe(before);
  });

  it("a daemon that ends at once fails the setup with what it said, and leaves nothing", async () => {
    await using other = startJob();
    const before = await engineContents();
    const { code, stderr } = await other.step("setup", ["--buildkitd-flags=--no-such-flag"]);
    expect(code).toBe(1);
    expect(stderr).toContain("ended at once:");
    expect(stderr).toContain("no-such-flag");
    expect(await engineContents()).toBe(before);
  });

  it("an emulator that the image does not have fails the setup, by the platform", async () => {
    await using other = startJob();
    const { code, stderr } = await other.step("setup", [
      "--platforms",
      "linux/mips64le",
      "--emulation",
      "none",
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain("linux/mips64le");
  });
});

describe("an engine that is gone between setup and teardown", () => {
  it("fault 34: is worth a warning, and no failure", async () => {
    await using other = startJob();
    await other.outputs("setup", ["--platforms", "linux/amd64"]);
    const env = { DOCKER_HOST: "unix:///no/such.sock" };
    const { code, stderr } = await other.step("teardown", [], { env });
    expect(code).toBe(0);
    expect(stderr).toContain("warning: BuildKit could not be removed");
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRepository } from "./git-server.ts";
import { lab, startJob } from "./job.ts";
import { readPushed } from "./job-state.ts";
import { readImage, readManifest, readTags } from "./registry-image.ts";

// What images are called, and what they say of themselves.

const registry = lab.LAB_REGISTRY;
const job = startJob();
const platforms = ["--platforms", "linux/amd64,linux/386"];
const cwd = join(job.folder, "work/app");
const run = Date.now().toString(36);
let commit = "";
let address = "";

beforeAll(async () => {
  commit = createRepository(job, "app").commit(
    { Dockerfile: ["FROM busybox", "LABEL kept=yes given=no"] },
    "refs/tags/v1.2.3",
  );
  const setup = await job.outputs("setup", ["--platforms", "linux/amd64"]);
  address = setup["buildkit-host"] ?? "";
});

afterAll(() => job[Symbol.asyncDispose]());

describe("labels and annotations", () => {
  it("are in every image, and those of the index on the index", async () => {
    const image = `${registry}/e2e/labels`;
    await job.outputs(
      "build",
      [
        ...["--image", image, ...platforms, "--provenance", "false"],
        ...["--labels", "auto\ngiven=a,b=c\norg.opencontainers.image.title=Mine"],
        ...["--annotations", "org.example.plain=on the image\nindex:org.example.index=on the index"],
        ...[
          "--annotations",
          "manifest[linux/386]:org.example.only=386\nmanifest-descriptor:org.example.entry=e",
        ],
      ],
      { cwd },
    );
    await job.outputs("publish-manifest", ["--image", image, "--tags", "latest", ...platforms], { cwd });
    const { json } = await readManifest("e2e/labels", "latest");
    expect(json.annotations).toEqual({ "org.example.index": "on the index" });
    expect(json.manifests.map(({ annotations }) => annotations)).toEqual([
      { "org.example.entry": "e" },
      { "org.example.entry": "e" },
    ]);
    const [amd64, i386] = await Promise.all(
      json.manifests.map(({ digest }) => readImage("e2e/labels", digest)),
    );
    const labels = {
      kept: "yes",
      given: "a,b=c",
      "org.opencontainers.image.title": "Mine",
      "org.opencontainers.image.revision": commit,
      "org.opencontainers.image.created": "2020-01-02T03:04:05.000Z",
    };
    expect(amd64?.config.config.Labels).toMatchObject(labels);
    expect(i386?.config.config.Labels).toMatchObject(labels);
    expect(amd64?.manifest.annotations).toEqual({ "org.example.plain": "on the image" });
    expect(i386?.manifest.annotations).toEqual({
      "org.example.plain": "on the image",
      "org.example.only": "386",
    });
  });

  it("auto says on GitHub what the run is about", async () => {
    const image = `${registry}/e2e/labels`;
    const ended = await job.step(
      "build",
      ["--image", image, "--labels", "auto", "--annotations", "auto", "--context", ".", ...platforms],
      {
        cwd,
        env: {
          GITHUB_ACTIONS: "true",
          GITHUB_SERVER_URL: "https://github.com",
          GITHUB_REPOSITORY: "owner/app",
          GITHUB_REF: "refs/tags/v1.2.3",
          GITHUB_SHA: commit,
          GITHUB_OUTPUT: "",
          MULTIARCH_TAGS: "type=semver,pattern={{version}}",
        },
      },
    );
    expect(ended, ended.stdout).toMatchObject({ code: 0 });
    const expected = {
      "org.opencontainers.image.source": "https://github.com/owner/app",
      "org.opencontainers.image.url": "https://github.com/owner/app",
      "org.opencontainers.image.revision": commit,
      "org.opencontainers.image.title": "app",
      "org.opencontainers.image.version": "1.2.3",
    };
    for (const { digest } of readPushed(job, image)) {
      const { config, manifest } = await readImage("e2e/labels", digest);
      expect(config.config.Labels).toMatchObject(expected);
      expect(manifest.annotations).toMatchObject(expected);
    }
  });
});

describe("tags for each platform", () => {
  it("are made of a template, beside the digests", async () => {
    const image = `${registry}/e2e/platform-tags-${run}`;
    const args = [
      "--image",
      image,
      "--tags",
      "1.0,latest",
      "--platform-tags",
      "{tag}-{arch}{variant},{platform}",
    ];
    await job.outputs("build", [...args, "--platforms", "linux/amd64,linux/arm/v7"], { cwd });
    expect(await readTags(`e2e/platform-tags-${run}`)).toEqual([
      "1.0-amd64",
      "1.0-armv7",
      "latest-amd64",
      "latest-armv7",
      "linux-amd64",
      "linux-arm-v7",
    ]);
    const digests = readPushed(job, image).map(({ digest }) => digest);
    const tagged = await Promise.all(
      ["latest-amd64", "linux-arm-v7"].map((tag) => readManifest(`e2e/platform-tags-${run}`, tag)),
    );
    expect(tagged.map(({ digest }) => digest)).toEqual(digests);
  });
});

describe("a publish on another machine", () => {
  const publish = async (
    image: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ) => {
    await using other = startJob();
    return other.outputs("publish-manifest", ["--image", image, "--tags", "latest", ...args], { cwd, env });
  };

  it("finds the images by the tags that a handoff leaves", async () => {
    const repository = `e2e/handoff-${run}`;
    const image = `${registry}/${repository}`;
    const env = { CI: "woodpecker", CI_PIPELINE_NUMBER: "7", CI_COMMIT_SHA: commit };
    const handoff = ["--handoff", "registry"];
    // Two machines build a platform each.
    for (const platform of ["linux/amd64", "linux/386"]) {
      await using machine = startJob();
      await machine.outputs("setup", ["--endpoint", address]);
      const args = ["--image", image, "--platforms", platform, ...handoff];
      await machine.outputs("build", args, { cwd, env });
    }
    const staged = await readTags(repository);
    expect(staged).toHaveLength(2);
    for (const tag of staged) expect(tag).toMatch(new RegExp(`^multiarch-${commit}-.*-linux-(386|amd64)$`));
    const { digest } = await publish(image, [...handoff, ...platforms], env);
    const { json, ...found } = await readManifest(repository, "latest");
    expect(found.digest).toBe(digest);
    expect(json.manifests.filter(({ platform }) => platform?.os === "linux")).toHaveLength(2);
  });

  it("takes the descriptors out of a file", async () => {
    const repository = `e2e/descriptors-${run}`;
    const image = `${registry}/${repository}`;
    const file = join(job.folder, "descriptors.json");
    const { descriptors = "" } = await job.outputs(
      "build",
      ["--image", image, ...platforms, "--descriptors-file", file],
      { cwd },
    );
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(descriptors));
    const { digest } = await publish(image, ["--descriptors-file", file]);
    expect((await readManifest(repository, "latest")).digest).toBe(digest);
  });
});

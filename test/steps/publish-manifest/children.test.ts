// Where the images of an index can come from, and how they get to where it goes.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { afterwards, login, temporaryFolder } from "../../registry/bench.ts";
import { type ChaosOptions, type ChaosRegistry, startChaosRegistry } from "../../registry/chaos/registry.ts";
import type { JobFacts } from "../../../src/host/facts.ts";
import { parsePlatform } from "../../../src/oci/platform.ts";
import { stagingTag } from "../../../src/steps/staging-tag.ts";
import { putAttestation, putImage, putIndex } from "./images.ts";
import { asJson, parseIndex, publish } from "./publish.ts";

async function start(options: ChaosOptions = {}): Promise<ChaosRegistry> {
  const registry = await startChaosRegistry(options);
  afterwards(registry.close);
  return registry;
}

const platforms = ["linux/amd64", "linux/arm64"];
const writes = (registry: ChaosRegistry): number =>
  registry.log.filter(({ method }) => !["GET", "HEAD"].includes(method)).length;
const digests = (text: string | undefined) => parseIndex(text).manifests.map(({ digest }) => digest);

describe("descriptors", () => {
  it("come from several files, the outputs of several jobs", async () => {
    const registry = await start();
    const cwd = await temporaryFolder();
    const images = platforms.map((platform) => putImage(registry, { platform }));
    writeFileSync(join(cwd, "one.json"), asJson(images.slice(0, 1)));
    writeFileSync(join(cwd, "two.json"), JSON.stringify(images[1]));
    const given = { image: `${registry.host}/a/b`, tags: "t", "descriptors-file": "one.json\ntwo.json" };
    const { outputs } = await publish(given, { cwd });
    expect(digests(outputs?.["index"])).toEqual(images.map(({ digest }) => digest));
    const { failure } = await publish({ ...given, "descriptors-file": "none.json" }, { cwd });
    expect(failure).toContain("descriptors-file: there is no file none.json");
    writeFileSync(join(cwd, "two.json"), "[{}]");
    expect((await publish(given, { cwd })).failure).toContain(
      "descriptors-file: two.json: descriptor 1: mediaType",
    );
  });
});

describe("sources", () => {
  it("are digests, tags and references, in any repository and registry, and are copied with their blobs", async () => {
    const [registry, other] = [await start(), await start()];
    const images = [
      putImage(registry, { platform: "linux/amd64" }),
      putImage(registry, { platform: "linux/arm64", repository: "c/d", tag: "arm" }),
      putImage(other, { platform: "linux/s390x", repository: "e/f", tag: "latest", foreignLayer: true }),
    ];
    const { failure, outputs } = await publish({
      image: `${registry.host}/a/b`,
      sources: [images[0]?.digest, `${registry.host}/c/d:arm`, `${other.host}/e/f`].join(","),
      tags: "t",
    });
    expect(failure).toBe("");
    expect(digests(outputs?.["index"])).toEqual(images.map(({ digest }) => digest));
    for (const { digest } of images) expect(registry.manifest("a/b", digest)).toBeDefined();
    // Of the same registry nothing goes over the wire; of the other, all but the layer that nobody may hand on.
    const mounted = registry.requests("POST").filter(({ query }) => query.has("mount"));
    expect(mounted).toHaveLength(2);
    expect(registry.requests("POST")).toHaveLength(4);
    expect(JSON.parse(outputs?.["keep"] ?? "")).toEqual([
      outputs?.["digest"],
      ...images.map(({ digest }) => digest),
    ]);
  });

  it("are all moved before the tag when there are several repositories", async () => {
    const registry = await start();
    const images = platforms.map((platform) => putImage(registry, { platform }));
    const { failure } = await publish({
      image: ["a/b", "c/d", "e/f"].map((repository) => `${registry.host}/${repository}`).join(","),
      descriptors: asJson(images),
      tags: "t",
    });
    expect(failure).toBe("");
    const order = registry.log
      .filter(({ method, path }) => method === "PUT" && path.includes("/manifests/"))
      .map(({ path }) => (path.endsWith("/t") ? "tag" : "digest"));
    expect(order).toEqual([...Array.from({ length: 4 + 3 }, () => "digest"), "tag", "tag", "tag"]);
    const tags = ["a/b", "c/d", "e/f"].map((repository) => registry.tagged(repository, "t"));
    expect(new Set(tags).size).toBe(1);
  });

  it("may be an index of several images", async () => {
    const registry = await start();
    const images = platforms.map((platform) => putImage(registry, { platform }));
    const index = putIndex(registry, images, { tag: "src" });
    const { outputs } = await publish({
      image: `${registry.host}/a/b`,
      sources: `${registry.host}/a/b:src`,
      tags: "t",
    });
    expect(digests(outputs?.["index"])).toEqual(images.map(({ digest }) => digest));
    expect(index.digest).not.toBe(outputs?.["digest"]);
  });

  it("for an unknown platform are left out, and told, unless they are an error", async () => {
    const registry = await start();
    const image = putImage(registry);
    const stray = { ...putAttestation(registry, image), annotations: {} };
    putIndex(registry, [image, stray], { tag: "src" });
    const given = { image: `${registry.host}/a/b`, sources: `${registry.host}/a/b:src`, tags: "t" };
    const { log, outputs } = await publish(given);
    expect(digests(outputs?.["index"])).toEqual([image.digest]);
    expect(log).toContain(
      `warning: ${stray.digest} is for unknown/unknown and about no image: it is left out`,
    );
    expect((await publish({ ...given, lint: "error", tags: "u" })).failure).toContain(
      "lint: nothing was tagged",
    );
  });

  it("that say only arm are taken at the word of who gives their descriptor", async () => {
    const registry = await start();
    const image = putImage(registry, { platform: "", config: { os: "linux", architecture: "arm" } });
    const given = (variant?: string) => ({
      image: `${registry.host}/a/b`,
      tags: "t",
      descriptors: asJson([
        {
          ...image,
          platform: { os: "linux", architecture: "arm", ...(variant === undefined ? {} : { variant }) },
        },
      ]),
    });
    const named = await publish(given("v6"));
    expect(parseIndex(named.outputs?.["index"]).manifests[0]?.platform).toEqual({
      architecture: "arm",
      os: "linux",
      variant: "v6",
    });
    expect(named.log.filter((line) => line.startsWith("warning"))).toEqual([]);
    const unnamed = await publish(given());
    expect(parseIndex(unnamed.outputs?.["index"]).manifests[0]?.platform).toMatchObject({ variant: "v7" });
    expect(unnamed.log.join("\n")).toContain("is for arm without a variant");
  });

  it("without a platform in their config need one from elsewhere", async () => {
    const registry = await start();
    const image = putImage(registry, { platform: "" });
    const given = { image: `${registry.host}/a/b`, tags: "t" };
    expect((await publish({ ...given, sources: image.digest })).failure).toContain(
      "does not say for which platform it is",
    );
    const platform = { os: "linux", architecture: "amd64" };
    expect((await publish({ ...given, descriptors: asJson([{ ...image, platform }]) })).failure).toBe("");
  });
});

describe("registries that want a login", () => {
  it.each([{ auth: "basic" }, { auth: "bearer" }, { auth: "bearer", expiresIn: 1 }] as const)(
    "get it, for reading, mounting and writing: %o",
    async (options) => {
      const registry = await start(options);
      const folder = await temporaryFolder();
      writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: { [registry.host]: login } }));
      const images = platforms.map((platform) => putImage(registry, { platform, repository: "src" }));
      const { failure, outputs } = await publish(
        {
          image: `${registry.host}/a/b,${registry.host}/c/d`,
          sources: images.map(({ digest }) => `${registry.host}/src@${digest}`).join(","),
          tags: "1.0.0,latest",
        },
        { env: { DOCKER_CONFIG: folder } },
      );
      expect(failure).toBe("");
      for (const repository of ["a/b", "c/d"]) {
        expect(registry.tagged(repository, "latest")).toBe(outputs?.["digest"]);
      }
    },
  );
});

describe("attestations as referrers", () => {
  it.each([{ referrers: true }, { referrers: false }])(
    "are listed for their image, and the index is clean: $referrers",
    async (options) => {
      const registry = await start(options);
      const image = putImage(registry);
      const attestation = putAttestation(registry, image);
      const index = putIndex(registry, [image, attestation]);
      const { failure, outputs } = await publish({
        image: `${registry.host}/a/b,${registry.host}/c/d`,
        sources: index.digest,
        attestations: "referrers",
        tags: "t",
      });
      expect(failure).toBe("");
      expect(digests(outputs?.["index"])).toEqual([image.digest]);
      for (const repository of ["a/b", "c/d"]) {
        const listed = options.referrers
          ? await (await fetch(`${registry.origin}/v2/${repository}/referrers/${image.digest}`)).text()
          : registry
              .manifest(repository, registry.tagged(repository, image.digest.replace(":", "-")) ?? "")
              ?.toString();
        const [referrer] = parseIndex(listed).manifests;
        expect(referrer).toMatchObject({
          artifactType: "application/vnd.docker.attestation.manifest.v1+json",
        });
        expect(JSON.parse(outputs?.["keep"] ?? "[]")).toContain(referrer?.digest);
        const manifest = JSON.parse(
          registry.manifest(repository, referrer?.digest ?? "")?.toString() ?? "{}",
        ) as Record<string, unknown>;
        expect(manifest["subject"]).toEqual({
          mediaType: image.mediaType,
          digest: image.digest,
          size: image.size,
        });
      }
    },
  );
});

describe("handoff through the registry", () => {
  const job: JobFacts = { ci: "none", event: "push", commit: "c".repeat(40), runId: "7" };
  const tagOf = (platform: string) => stagingTag(job, parsePlatform(platform));
  const given = (registry: ChaosRegistry) => ({
    image: `${registry.host}/a/b`,
    handoff: "registry",
    tags: "t",
  });

  it.each([{ platforms: platforms.join(",") }, {}])(
    "finds the images of this run and deletes their tags: %o",
    async (more: Readonly<Record<string, string>>) => {
      const registry = await start();
      const images = platforms.map((platform) => putImage(registry, { platform, tag: tagOf(platform) }));
      putImage(registry, {
        platform: "linux/s390x",
        tag: stagingTag({ ...job, runId: "8" }, parsePlatform("linux/s390x")),
      });
      const { failure, outputs } = await publish({ ...given(registry), ...more }, { job });
      expect(failure).toBe("");
      expect(digests(outputs?.["index"])).toEqual(images.map(({ digest }) => digest));
      expect(platforms.map((platform) => registry.tagged("a/b", tagOf(platform)))).toEqual([
        undefined,
        undefined,
      ]);
      expect(registry.requests("DELETE")).toHaveLength(2);
    },
  );

  it("waits for those that are missing, and tells for which", async () => {
    const registry = await start();
    const [first = "", second = ""] = platforms;
    putImage(registry, { platform: first, tag: tagOf(first) });
    const running = publish({ ...given(registry), platforms: platforms.join(","), wait: "20s" }, { job });
    setTimeout(() => void putImage(registry, { platform: second, tag: tagOf(second) }), 200);
    const { failure, log } = await running;
    expect(failure).toBe("");
    expect(log).toContainEqual(
      expect.stringMatching(`waiting for ${registry.host}/a/b:${tagOf(second)} \\(\\d+ s left\\)`),
    );
    // What was found once is not asked for again.
    expect(registry.requests("GET", new RegExp(`${tagOf(first)}$`))).toHaveLength(1);
  });

  it("gives up with the names of those that never came, and leaves the others for another try", async () => {
    const registry = await start();
    const [first = "", second = ""] = platforms;
    putImage(registry, { platform: first, tag: tagOf(first) });
    const { failure } = await publish(
      { ...given(registry), platforms: platforms.join(","), wait: "100ms" },
      { job },
    );
    expect(failure).toContain(`handoff: ${registry.host}/a/b:${tagOf(second)} is not there after 1 s`);
    expect(registry.tagged("a/b", tagOf(first))).toBeDefined();
    expect(writes(registry)).toBe(0);
  });

  it("deletes the tags, too, when the images can't ever be published together", async () => {
    const registry = await start();
    for (const [index, platform] of platforms.entries())
      putImage(registry, { platform, tag: tagOf(platform), revision: String(index) });
    const { failure } = await publish({ ...given(registry), platforms: platforms.join(",") }, { job });
    expect(failure).toContain("different revisions");
    expect(platforms.map((platform) => registry.tagged("a/b", tagOf(platform)))).toEqual([
      undefined,
      undefined,
    ]);
  });

  it.each(["none", "digests"] as const)(
    "leaves the tags where the registry can't delete a tag alone, and never deletes an image: %s",
    async (deletes) => {
      const registry = await start({ deletes });
      const images = platforms.map((platform) => putImage(registry, { platform, tag: tagOf(platform) }));
      const { failure } = await publish({ ...given(registry), platforms: platforms.join(",") }, { job });
      expect(failure).toBe("");
      for (const { digest } of images) expect(registry.manifest("a/b", digest)).toBeDefined();
    },
  );

  it("needs a commit", async () => {
    const registry = await start();
    const { failure } = await publish({ ...given(registry), platforms: "linux/amd64" });
    expect(failure).toContain("handoff: there is no commit to name the images after");
  });
});

describe("a dry run", () => {
  it("shows the index and the moves, and writes nothing", async () => {
    const registry = await start();
    const images = platforms.map((platform) => putImage(registry, { platform }));
    const { log } = await publish(
      { image: `${registry.host}/a/b`, descriptors: asJson(images), tags: "t" },
      { dryRun: true },
    );
    expect(log).toContain("publish-manifest would do this:");
    expect(log).toContain(`tag ${registry.host}/a/b:t (now absent)`);
    expect(writes(registry)).toBe(0);
  });
});

describe("inputs that don't go together", () => {
  it.each([
    {
      given: { handoff: "registry", sources: "alpine" },
      says: "handoff: registry finds the images itself: leave out sources",
    },
    { given: { wait: "5m" }, says: "wait: there is nothing to wait for without handoff: registry" },
    { given: { annotations: "manifest:a=b" }, says: "an image can't get annotations any more" },
    { given: { image: "oci:./out:1" }, says: "give oci:./out here, and tags as tags" },
  ])("are refused: $says", async ({ given, says }) => {
    expect((await publish({ image: "r.io/a", tags: "t", ...given })).failure).toContain(says);
  });
});

describe("OCI layouts", () => {
  it.each(["out", "out.tar"])(
    "hold an index with all that it needs, and give it back: oci:%s",
    async (place) => {
      const registry = await start();
      const cwd = await temporaryFolder();
      const images = platforms.map((platform) => putImage(registry, { platform }));
      const source = putIndex(
        registry,
        [...images, ...images.map((image) => putAttestation(registry, image))],
        { tag: "src" },
      );
      const sources = `${registry.host}/a/b@${source.digest}`;
      const saved = await publish({ image: `oci:${place}`, sources, tags: "1.0.0,latest" }, { cwd });
      expect(saved.failure).toBe("");
      expect(saved.outputs?.["tags"]).toBe(`oci:${place}:1.0.0\noci:${place}:latest`);
      const again = await publish({ image: `oci:${place}`, sources, tags: "1.0.0,latest" }, { cwd });
      expect(again.outputs?.["changed"]).toBe("false");
      const more = await publish({ tags: `oci:${place}:1.0.1`, sources }, { cwd });
      expect(more.failure).toBe("");

      const other = await start();
      const pushed = await publish(
        { image: `${other.host}/x`, sources: `oci:${place}:1.0.1`, tags: "t" },
        { cwd },
      );
      expect(pushed.failure).toBe("");
      expect(pushed.outputs?.["digest"]).toBe(saved.outputs?.["digest"]);
      expect(other.manifest("x", pushed.outputs?.["digest"] ?? "")?.toString()).toBe(
        saved.outputs?.["index"],
      );
      for (const digest of digests(saved.outputs?.["index"])) {
        const { config, layers } = JSON.parse(other.manifest("x", digest)?.toString() ?? "{}") as {
          config: { digest: string };
          layers: { digest: string }[];
        };
        for (const blob of [config, ...layers])
          expect(other.blob("x", blob.digest)).toEqual(registry.blob("a/b", blob.digest));
      }
    },
  );

  it("written as archives are what tar makes of them, and leave nothing else behind", async () => {
    const registry = await start();
    const cwd = await temporaryFolder();
    const image = putImage(registry, { tag: "src" });
    const { outputs } = await publish(
      { image: "oci:out.tar", sources: `${registry.host}/a/b:src`, tags: "t" },
      { cwd },
    );
    expect(execFileSync("ls", [cwd]).toString()).toBe("out.tar\n");
    execFileSync("mkdir", ["x"], { cwd });
    execFileSync("tar", ["-xf", "out.tar", "-C", "x"], { cwd });
    expect(JSON.parse(readFileSync(join(cwd, "x/oci-layout"), "utf8"))).toEqual({
      imageLayoutVersion: "1.0.0",
    });
    expect(JSON.parse(readFileSync(join(cwd, "x/index.json"), "utf8"))).toMatchObject({
      manifests: [{ digest: outputs?.["digest"], annotations: { "org.opencontainers.image.ref.name": "t" } }],
    });
    // The other way round: an archive of another hand is read.
    execFileSync("tar", ["-cf", "theirs.tar", "-C", "x", "."], { cwd });
    const read = await publish({ image: "oci:again", sources: "oci:theirs.tar:t", tags: "t" }, { cwd });
    expect(digests(read.outputs?.["index"])).toEqual([image.digest]);
  });

  it("stand for all that they list when no tag is named", async () => {
    const registry = await start();
    const cwd = await temporaryFolder();
    for (const platform of platforms) {
      const image = putImage(registry, { platform });
      const given = {
        image: "oci:all",
        sources: `${registry.host}/a/b@${image.digest}`,
        tags: platform.replace("/", "-"),
      };
      await publish(given, { cwd });
    }
    const { outputs } = await publish({ image: "oci:joined", sources: "oci:all", tags: "t" }, { cwd });
    expect(
      parseIndex(outputs?.["index"]).manifests.map(({ platform }) => platform?.["architecture"]),
    ).toEqual(["amd64", "arm64"]);
    expect(
      (await publish({ image: "oci:joined", sources: "oci:nowhere", tags: "t" }, { cwd })).failure,
    ).toContain("there is no image in the OCI layout oci:nowhere");
  });

  it("whose files were changed are refused", async () => {
    const registry = await start();
    const cwd = await temporaryFolder();
    const image = putImage(registry, { tag: "src" });
    await publish({ image: "oci:out", sources: `${registry.host}/a/b:src`, tags: "t" }, { cwd });
    const file = join(cwd, "out/blobs", image.digest.replace(":", "/"));
    writeFileSync(file, readFileSync(file, "utf8").replace("2", "3"));
    const { failure } = await publish(
      { image: `${registry.host}/c`, sources: "oci:out:t", tags: "t" },
      { cwd },
    );
    expect(failure).toContain(`oci:out@${image.digest}: expected ${image.digest}`);
  });
});

// The faults and checks that are named here are those of a list of what goes wrong between a publisher and its registries.
// What happened is read from the registry's own log and store.
import { describe, expect, it } from "vitest";

import { parseDigest } from "../../../src/oci/digest.ts";
import { afterwards } from "../../registry/bench.ts";
import { pollTag } from "../../registry/chaos/poller.ts";
import { type ChaosOptions, type ChaosRegistry, startChaosRegistry } from "../../registry/chaos/registry.ts";
import { putAttestation, putImage, putIndex, sixPlatforms } from "./images.ts";
import { asJson, parseIndex, publish } from "./publish.ts";

async function start(options: ChaosOptions = {}): Promise<ChaosRegistry> {
  const registry = await startChaosRegistry(options);
  afterwards(registry.close);
  return registry;
}

const manifestPath = (target: string): RegExp => new RegExp(`/manifests/${target}$`);
const writes = (registry: ChaosRegistry): readonly string[] =>
  registry.log
    .filter(({ method }) => !["GET", "HEAD"].includes(method))
    .map(({ method, path }) => `${method} ${path}`);

/** Two images in a/b, and what publishes them. */
function two(registry: ChaosRegistry, content = "") {
  const images = ["linux/amd64", "linux/arm64"].map((platform) => putImage(registry, { platform, content }));
  return { images, given: { image: `${registry.host}/a/b`, descriptors: asJson(images) } };
}

describe("fault 20: the registry does not know of a child yet", () => {
  it("is asked again while all children are there", async () => {
    const registry = await start();
    const { given } = two(registry);
    registry.rules.push({
      match: { method: "PUT", path: manifestPath("t") },
      times: 2,
      fault: {
        kind: "status",
        status: 404,
        body: JSON.stringify({ errors: [{ code: "MANIFEST_BLOB_UNKNOWN", message: "no such child" }] }),
      },
    });
    const { failure, log, outputs } = await publish({ ...given, tags: "t" });
    expect(failure).toBe("");
    expect(registry.tagged("a/b", "t")).toBe(outputs?.["digest"]);
    expect(registry.requests("PUT", manifestPath("t"))).toHaveLength(3);
    expect(log.filter((line) => line.startsWith("warning: "))).toHaveLength(2);
  });

  it("names the children that are missing, and leaves the tag alone", async () => {
    const registry = await start();
    const { images } = two(registry);
    // BuildKit pushed them in this job, so publishing relies on the registry to tell.
    const builds = {
      [`${registry.host}/a/b`]: images.map((image) => ({
        ...image,
        configDigest: configOf(registry, image.digest),
      })),
    };
    await fetch(`${registry.origin}/v2/a/b/manifests/${images[1]?.digest}`, { method: "DELETE" });
    registry.rules.push({ times: 99, fault: { kind: "reject-missing-child" } });
    const { failure } = await publish({ image: `${registry.host}/a/b`, tags: "t" }, { state: { builds } });
    expect(failure).toContain(
      `${registry.host}/a/b lacks images of the index:\n${registry.host}/a/b@${images[1]?.digest}`,
    );
    expect(registry.tagged("a/b", "t")).toBeUndefined();
    expect(registry.requests("PUT")).toHaveLength(1);
  });
});

function configOf(registry: ChaosRegistry, digest: string) {
  const manifest = JSON.parse(registry.manifest("a/b", digest)?.toString() ?? "{}") as {
    config: { digest: string };
  };
  return parseDigest(manifest.config.digest);
}

describe("faults 21 and 22: a tag that the registry leaves where it is", () => {
  it.each([400, 403, 409])("is no failure when it is right already: %i", async (status) => {
    const registry = await start();
    const { given } = two(registry);
    const first = await publish({ ...given, tags: "other" });
    const digest = first.outputs?.["digest"] ?? "";
    // Another publisher is faster: the tag comes into being between our look at it and our write.
    registry.rules.push({
      match: { method: "PUT", path: manifestPath("t") },
      fault: { kind: "immutable-tags", status },
    });
    const put = (tag: string) =>
      registry.putManifest(
        "a/b",
        Buffer.from(first.outputs?.["index"] ?? ""),
        "application/vnd.oci.image.index.v1+json",
        tag,
      );
    registry.rules.push({
      match: { method: "PUT", path: manifestPath("t") },
      fault: { kind: "delay", ms: 50 },
    });
    const running = publish({ ...given, tags: "t" });
    while (registry.requests("PUT", manifestPath("t")).length === 0)
      await new Promise((done) => void setTimeout(done, 1));
    put("t");
    const { failure, log, outputs } = await running;
    expect(failure).toBe("");
    expect(outputs?.["digest"]).toBe(digest);
    expect(log).toContain(`${registry.host}/a/b:t is already published`);
  });

  it("is a failure that names both digests when it is another image, and is not tried again", async () => {
    const registry = await start();
    const old = putIndex(registry, [putImage(registry)], { tag: "t" });
    registry.rules.push({ times: 99, fault: { kind: "immutable-tags" } });
    const { given } = two(registry);
    const { failure } = await publish({ ...given, tags: "t" });
    expect(failure).toMatch(new RegExp(`/a/b:t can't be moved to sha256:\\w+: it points at ${old.digest}`));
    expect(registry.requests("PUT")).toHaveLength(1);
  });
});

describe("fault 25 and check 39: children that are missing", () => {
  it("are told together, before anything is written", async () => {
    const registry = await start();
    const { images } = two(registry);
    const gone = ["3", "4"].map((digit) => ({
      ...images[0],
      digest: parseDigest(`sha256:${digit.repeat(64)}`),
    }));
    const { failure } = await publish({
      image: `${registry.host}/a/b`,
      descriptors: JSON.stringify([...images, ...gone]),
      tags: "1.0.0,latest",
    });
    expect(failure).toContain("these images are not there; nothing was tagged:\n");
    for (const { digest } of gone) expect(failure).toContain(`linux/amd64: ${registry.host}/a/b@${digest}`);
    expect(writes(registry)).toEqual([]);
  });
});

describe("fault 26: a publish that runs again", () => {
  it("writes nothing when all is there", async () => {
    const registry = await start();
    const { given } = two(registry);
    const first = await publish({ ...given, tags: "1.0.0,latest" });
    registry.log.length = 0;
    const second = await publish({ ...given, tags: "1.0.0,latest" });
    expect(writes(registry)).toEqual([]);
    expect(second.outputs).toMatchObject({
      digest: first.outputs?.["digest"],
      index: first.outputs?.["index"],
      changed: "false",
    });
  });

  it("moves only the tag that is missing", async () => {
    const registry = await start();
    const { given } = two(registry);
    await publish({ ...given, tags: "1.0.0" });
    registry.log.length = 0;
    const { outputs } = await publish({ ...given, tags: "1.0.0,1.0.1" });
    expect(writes(registry)).toEqual(["PUT /v2/a/b/manifests/1.0.1"]);
    expect(outputs?.["tags"]).toBe(`${registry.host}/a/b:1.0.0\n${registry.host}/a/b:1.0.1`);
  });

  it("pushes nothing when only the attestations are others, and gives what is there", async () => {
    const registry = await start();
    const image = putImage(registry);
    const index = (content: string) =>
      putIndex(registry, [image, putAttestation(registry, image, { content })]);
    const given = (content: string) => ({
      image: `${registry.host}/a/b`,
      sources: `${registry.host}/a/b@${index(content).digest}`,
      tags: "1.0.0",
    });
    const first = await publish(given("one"));
    registry.log.length = 0;
    const second = await publish(given("two"));
    expect(writes(registry)).toEqual([]);
    expect(second.outputs).toMatchObject({
      digest: first.outputs?.["digest"],
      index: first.outputs?.["index"],
      changed: "false",
    });
  });
});

describe("fault 27: one of several tags fails", () => {
  const refuse = (tag: string) => ({
    match: { method: "PUT", path: manifestPath(tag) },
    times: 99,
    fault: { kind: "status", status: 403, body: "no" } as const,
  });

  it("puts those that moved back, deletes those that were not there, and says where each points", async () => {
    const registry = await start();
    const old = putIndex(registry, [putImage(registry)], { tag: "1.0.1" });
    registry.rules.push(refuse("latest"));
    const { given } = two(registry);
    const { failure } = await publish({ ...given, tags: "1.0.1,1.0.2,latest" });
    expect(failure).toContain(
      [
        "the tags are now:",
        `${registry.host}/a/b:1.0.1 → ${old.digest} (put back)`,
        `${registry.host}/a/b:1.0.2 → absent (put back)`,
        `${registry.host}/a/b:latest → absent (as before)`,
      ].join("\n"),
    );
    expect(["1.0.1", "1.0.2", "latest"].map((tag) => registry.tagged("a/b", tag))).toEqual([
      old.digest,
      undefined,
      undefined,
    ]);
    registry.rules.length = 0;
    const again = await publish({ ...given, tags: "1.0.1,1.0.2,latest" });
    expect(["1.0.1", "1.0.2", "latest"].map((tag) => registry.tagged("a/b", tag))).toEqual(
      Array.from({ length: 3 }, () => again.outputs?.["digest"]),
    );
  });

  it("does not begin with the floating tags, and says which tags a registry can't delete", async () => {
    const registry = await start({ deletes: "none" });
    registry.rules.push(refuse("1\\.0\\.2"));
    const { given } = two(registry);
    const { failure } = await publish({ ...given, tags: "1.0.1,1.0.2,latest" });
    expect(failure).toMatch(
      /\/a\/b:1\.0\.1 → sha256:\w+ \(the registry can't delete it; it did not exist before\)\n/,
    );
    expect(failure).toContain(`${registry.host}/a/b:latest → absent (not touched)`);
    expect(registry.requests("PUT", manifestPath("latest"))).toEqual([]);
  });

  it("has no tag moved when a second repository can't take the index", async () => {
    const registry = await start();
    registry.rules.push({
      match: { method: "PUT", path: /c\/d\/manifests\/sha256/ },
      times: 99,
      fault: { kind: "status", status: 403 },
    });
    const { given } = two(registry);
    const { failure } = await publish({
      ...given,
      image: `${given.image},${registry.host}/c/d`,
      tags: "1.0.1",
    });
    expect(failure).toContain("403");
    expect(["a/b", "c/d"].map((repository) => registry.tagged(repository, "1.0.1"))).toEqual([
      undefined,
      undefined,
    ]);
  });
});

describe("fault 28 and check 12: racing publishers", () => {
  it("end at one whole index, and who lost is told", async () => {
    const registry = await start();
    const racers = Array.from({ length: 8 }, (_, index) => two(registry, String(index)).given);
    const ends = await Promise.all(racers.map((given) => publish({ ...given, tags: "t" })));
    const last = registry.tagged("a/b", "t");
    const index = parseIndex(registry.manifest("a/b", last ?? "")?.toString());
    expect(index.manifests).toHaveLength(2);
    const winners = ends.filter(({ outputs }) => outputs?.["digest"] === last);
    expect(winners).toHaveLength(1);
    // Who was overtaken after it had read its tag back has done all that it had to.
    const losers = ends.filter(({ outputs }) => outputs === undefined).map(({ failure }) => failure);
    expect(losers).toEqual(
      losers.map(() =>
        expect.stringMatching(/:t was set to sha256:\w+, but the registry answers sha256:\w+/),
      ),
    );
    // What every publisher wrote is whole by itself.
    for (const { body } of registry.requests("PUT")) expect(parseIndex(body).manifests).toHaveLength(2);
  }, 60_000);

  it("is not undone by who lost", async () => {
    const registry = await start();
    const { given } = two(registry);
    const other = putIndex(registry, [putImage(registry, { content: "other" })]);
    registry.rules.push({
      match: { method: "GET", path: manifestPath("t"), nth: 2 },
      fault: { kind: "delay", ms: 300 },
    });
    const running = publish({ ...given, tags: "t" });
    while (registry.requests("GET", manifestPath("t")).length < 2)
      await new Promise((done) => void setTimeout(done, 1));
    registry.putManifest(
      "a/b",
      registry.manifest("a/b", other.digest) ?? Buffer.alloc(0),
      other.mediaType,
      "t",
    );
    const { failure } = await running;
    expect(failure).toContain(`but the registry answers ${other.digest}`);
    expect(failure).toContain(`/a/b:t → ${other.digest} (set by somebody else)`);
    expect(registry.tagged("a/b", "t")).toBe(other.digest);
  }, 60_000);
});

describe("fault 39: a publish that is cancelled", () => {
  it.each([
    { moment: "while the images are read", path: /blobs\/sha256/, method: "GET" },
    { moment: "while a tag moves", path: manifestPath("1\\.0\\.1"), method: "PUT" },
    { moment: "while the floating tag moves", path: manifestPath("latest"), method: "PUT" },
  ])("leaves every tag as it was: $moment", async ({ method, path }) => {
    const cancelling = new AbortController();
    const registry = await start({
      onRequest: (request) => {
        if (request.method === method && path.test(request.path)) cancelling.abort(new Error("cancelled"));
      },
    });
    const old = putIndex(registry, [putImage(registry)], { tag: "latest" });
    const { given } = two(registry);
    const { outputs } = await publish({ ...given, tags: "1.0.1,latest" }, { signal: cancelling.signal });
    expect(outputs).toBeUndefined();
    expect(["1.0.1", "latest"].map((tag) => registry.tagged("a/b", tag))).toEqual([undefined, old.digest]);
  });
});

// Fault 29, two jobs that add platforms to one tag, can't happen: an index is never read, changed and written; it is always
// made of all of its images.

describe("fault 44: a child that is an index itself", () => {
  it("is flattened, with its attestations behind all images", async () => {
    const registry = await start();
    const images = ["linux/amd64", "linux/arm64"].map((platform) => putImage(registry, { platform }));
    const children = images.map((image) => ({
      ...putIndex(registry, [image, putAttestation(registry, image)]),
      platform: image.platform,
    }));
    const { outputs } = await publish({
      image: `${registry.host}/a/b`,
      descriptors: JSON.stringify(children),
      tags: "t",
    });
    const { manifests } = parseIndex(outputs?.["index"]);
    expect(manifests.map(({ digest, platform }) => [platform?.["architecture"], digest])).toEqual([
      ["amd64", images[0]?.digest],
      ["arm64", images[1]?.digest],
      ["unknown", expect.any(String)],
      ["unknown", expect.any(String)],
    ]);
    expect(manifests.slice(2).map(({ annotations }) => annotations?.["vnd.docker.reference.digest"])).toEqual(
      images.map(({ digest }) => digest),
    );
  });

  it("is refused where it is nested deeper", async () => {
    const registry = await start();
    const inner = putIndex(registry, [putImage(registry)]);
    const outer = putIndex(registry, [inner]);
    const { failure } = await publish({ image: `${registry.host}/a/b`, sources: outer.digest, tags: "t" });
    expect(failure).toContain(`lists ${inner.digest}, which is an image index again`);
    expect(writes(registry)).toEqual([]);
  });
});

describe("check 1: a child that was tampered with", () => {
  it.each(["manifest", "config"])("is refused, and nothing is published: its %s", async (part) => {
    const registry = await start();
    const { images, given } = two(registry);
    const digest =
      part === "manifest" ? (images[0]?.digest ?? "") : configOf(registry, images[0]?.digest ?? "");
    registry.rules.push({
      match: { method: "GET", path: new RegExp(digest) },
      times: 99,
      fault: { kind: "flip-byte", at: 20 },
    });
    const { failure } = await publish({ ...given, tags: "t" });
    expect(failure).toContain(`expected ${digest}, but the registry sent sha256:`);
    expect(writes(registry)).toEqual([]);
  });
});

describe("check 6: platforms", () => {
  it.each([
    {
      name: "one that is there twice",
      platforms: ["linux/amd64", "linux/amd64"],
      says: "two images are for linux/amd64",
    },
    {
      name: "one that is spelled differently",
      platforms: ["linux/arm64", "linux/arm64/v8"],
      says: "two images are for linux/arm64",
    },
  ])("are refused: $name", async ({ platforms, says }) => {
    const registry = await start();
    const images = platforms.map((platform, index) =>
      putImage(registry, { platform, content: String(index) }),
    );
    const { failure } = await publish({
      image: `${registry.host}/a/b`,
      descriptors: asJson(images),
      tags: "t",
    });
    expect(failure).toContain(says);
    expect(writes(registry)).toEqual([]);
  });

  it("keep os.version and os.features, and lose default variants", async () => {
    const registry = await start();
    const images = [
      putImage(registry, { platform: "linux/arm64/v8" }),
      ...["10.0.17763.1", "10.0.20348.1"].map((version) =>
        putImage(registry, {
          platform: "windows/amd64",
          config: { "os.version": version, "os.features": ["win32k"] },
        }),
      ),
    ];
    const { failure, outputs } = await publish({
      image: `${registry.host}/a/b`,
      descriptors: asJson(images),
      platforms: "linux/arm64,windows/amd64",
      tags: "t",
    });
    expect(failure).toBe("");
    expect(parseIndex(outputs?.["index"]).manifests.map(({ platform }) => platform)).toEqual([
      { architecture: "arm64", os: "linux" },
      { architecture: "amd64", os: "windows", "os.version": "10.0.20348.1", "os.features": ["win32k"] },
      { architecture: "amd64", os: "windows", "os.version": "10.0.17763.1", "os.features": ["win32k"] },
    ]);
  });

  it("are those of the config: another one that was typed in is an error", async () => {
    const registry = await start();
    const image = {
      ...putImage(registry, { platform: "linux/amd64" }),
      platform: { os: "linux", architecture: "arm64" },
    };
    const { failure } = await publish({
      image: `${registry.host}/a/b`,
      descriptors: asJson([image]),
      tags: "t",
    });
    expect(failure).toContain("was to be for linux/arm64, but its config says linux/amd64");
    expect(writes(registry)).toEqual([]);
  });
});

describe("check 9: who looks on", () => {
  it("sees the old index, then the new one, and nothing between", async () => {
    const registry = await start();
    const old = putIndex(registry, [putImage(registry, { content: "old" })], { tag: "t" });
    const { given } = two(registry);
    const poller = pollTag(registry.origin, "a/b", "t");
    while (poller.reads() < 3) await new Promise((done) => void setTimeout(done, 1));
    const { outputs } = await publish({ ...given, tags: "t" });
    const before = poller.reads();
    while (poller.reads() < before + 2) await new Promise((done) => void setTimeout(done, 1));
    await poller.stop();
    expect(poller.seen).toEqual([old.digest, outputs?.["digest"]]);
  });
});

describe("the number of requests for six platforms and one tag", () => {
  it("is nine after a build in this job: each config, the tag before, its move, the tag after", async () => {
    const registry = await start();
    const images = sixPlatforms.map((platform) => putImage(registry, { platform }));
    const built = images.map((image) => ({ ...image, configDigest: configOf(registry, image.digest) }));
    const { failure } = await publish(
      { image: `${registry.host}/a/b`, tags: "t" },
      { state: { builds: { [`${registry.host}/a/b`]: built } } },
    );
    expect(failure).toBe("");
    expect(
      registry.log.map(({ method, path }) => `${method} ${path.replace(/sha256:\w+/, "…")}`).toSorted(),
    ).toEqual([
      ...Array.from({ length: 6 }, () => "GET /v2/a/b/blobs/…"),
      "GET /v2/a/b/manifests/t",
      "GET /v2/a/b/manifests/t",
      "PUT /v2/a/b/manifests/t",
    ]);
  });

  it("is six more for images that were built elsewhere: each manifest; and none is made twice", async () => {
    const registry = await start();
    const images = sixPlatforms.map((platform) => putImage(registry, { platform }));
    await publish({ image: `${registry.host}/a/b`, descriptors: asJson(images), tags: "t" });
    expect(registry.log).toHaveLength(15);
    const reads = registry.log.filter(({ path }) => path.includes("sha256:")).map(({ path }) => path);
    expect(new Set(reads).size).toBe(reads.length);
  });
});

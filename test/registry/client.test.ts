import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";

import type { Descriptor } from "../../src/oci/descriptor.ts";
import { type Digest, digestOf, parseDigest } from "../../src/oci/digest.ts";
import { buildIndex } from "../../src/oci/image-index.ts";
import { ociConfig, ociIndex, ociManifest } from "../../src/oci/media-type.ts";
import { parseReference, withTarget } from "../../src/oci/reference.ts";
import {
  createRegistryClient,
  type RegistryClient,
  type RegistryClientOptions,
} from "../../src/registry/client.ts";
import { RegistryError } from "../../src/registry/error.ts";
import { type FakeRegistry, type FakeRegistryOptions, startFakeRegistry } from "./fake-registry.ts";

type Bench = {
  readonly registry: FakeRegistry;
  readonly client: RegistryClient;
  readonly waits: number[];
  readonly log: string[];
};

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A registry, and a client that has its credentials, and that notes its waits instead of waiting. */
async function bench(
  options: FakeRegistryOptions = {},
  more: Partial<RegistryClientOptions> & { readonly entry?: unknown } = {},
): Promise<Bench> {
  const registry = await startFakeRegistry(options);
  cleanups.push(registry.close);
  const folder = await mkdtemp(join(tmpdir(), "multiarch-client-"));
  cleanups.push(() => rm(folder, { recursive: true }));
  const { entry = { auth: Buffer.from("user:secret").toString("base64") }, ...clientOptions } = more;
  const auths = options.auth === undefined || entry === null ? {} : { [registry.host]: entry };
  await writeFile(join(folder, "config.json"), JSON.stringify({ auths }));
  const waits: number[] = [];
  const log: string[] = [];
  const client = createRegistryClient({
    env: { DOCKER_CONFIG: folder },
    log: { debug: (message) => log.push(message), warning: (message) => log.push(message) },
    clock: {
      random: () => 1,
      sleep: async (duration) => {
        waits.push(Math.round(duration));
      },
    },
    ...clientOptions,
  });
  cleanups.push(client.close);
  return { registry, client, waits, log };
}

function image(registry: FakeRegistry, architecture: string, tag?: string): Descriptor {
  const config = Buffer.from(JSON.stringify({ os: "linux", architecture }));
  const digest = registry.putBlob("a/b", config);
  const manifest = {
    schemaVersion: 2,
    mediaType: ociManifest,
    config: { mediaType: ociConfig, digest, size: config.length },
    layers: [],
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  const own = parseDigest(registry.putManifest("a/b", bytes, ociManifest, tag));
  return { mediaType: ociManifest, digest: own, size: bytes.length, platform: { os: "linux", architecture } };
}

const tagged = (registry: FakeRegistry, tag: string) => parseReference(`${registry.host}/a/b:${tag}`);
const named = (registry: FakeRegistry, digest: Digest) => parseReference(`${registry.host}/a/b@${digest}`);

const failureOf = async (work: Promise<unknown>): Promise<RegistryError> => {
  const error: unknown = await work.then(
    () => new Error("it did not fail"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RegistryError);
  return error as RegistryError;
};

describe("verbs", () => {
  it("get, head, put and delete a manifest, and get a blob", async () => {
    const { registry, client } = await bench();
    const child = image(registry, "arm64");
    const got = await client.getManifest(named(registry, child.digest));
    expect(got.descriptor).toEqual({ mediaType: ociManifest, digest: child.digest, size: child.size });
    expect(got.manifest.kind).toBe("manifest");
    const config = got.manifest.kind === "manifest" ? got.manifest.config : child;
    const blob = await client.getBlob(named(registry, child.digest), config.digest);
    expect(JSON.parse(new TextDecoder().decode(blob))).toEqual({ os: "linux", architecture: "arm64" });

    const index = buildIndex({ children: [child] });
    expect(await client.headManifest(tagged(registry, "one"))).toBe(undefined);
    expect(await client.putManifest(named(registry, index.digest), index.bytes, index.mediaType)).toBe(
      index.digest,
    );
    expect(await client.putManifest(tagged(registry, "one"), index.bytes, index.mediaType)).toBe(
      index.digest,
    );
    expect(await client.headManifest(tagged(registry, "one"))).toEqual({
      mediaType: ociIndex,
      digest: index.digest,
      size: index.size,
    });
    await client.deleteManifest(named(registry, index.digest));
    await client.deleteManifest(named(registry, index.digest));
    expect(registry.tagged("a/b", "one")).toBe(undefined);
  });

  it("asks in parallel, and never twice for the same at once", async () => {
    const { registry, client } = await bench();
    const children = ["amd64", "arm64", "s390x"].map((architecture) => image(registry, architecture));
    await Promise.all(
      [...children, ...children].map(({ digest }) => client.getManifest(named(registry, digest))),
    );
    expect(registry.log).toHaveLength(3);
    expect(registry.log[0]?.headers["accept"]?.split(", ")).toHaveLength(4);
    expect(registry.log[0]?.headers["accept-encoding"]).toBe("identity");
  });

  it("refuses to push bytes under another digest", async () => {
    const { registry, client } = await bench();
    const child = image(registry, "arm64");
    const push = client.putManifest(named(registry, child.digest), new Uint8Array([1]), ociManifest);
    await expect(push).rejects.toThrow(child.digest);
    expect(registry.log).toHaveLength(0);
  });

  it.each([
    { name: "HEAD is not allowed", fault: { kind: "status", status: 405 } },
    { name: "HEAD is forbidden", fault: { kind: "status", status: 403 } },
    {
      name: "the digest is not told",
      fault: { kind: "header", name: "docker-content-digest", value: undefined },
    },
  ] as const)("gets instead when $name", async ({ fault }) => {
    const { registry, client } = await bench();
    const child = image(registry, "arm64", "one");
    registry.faults.push({ method: "HEAD", fault });
    expect((await client.headManifest(tagged(registry, "one")))?.digest).toBe(child.digest);
    expect(registry.log.map(({ method }) => method)).toEqual(["HEAD", "GET"]);
  });
});

describe("content", () => {
  it.each([
    { name: "altered", fault: { kind: "flip-byte", at: 30 } },
    { name: "cut off", fault: { kind: "truncate", bytes: 40 } },
  ] as const)("an $name manifest is asked for again, then believed if it is right", async ({ fault }) => {
    const { registry, client } = await bench();
    const child = image(registry, "arm64");
    registry.faults.push({ fault });
    expect((await client.getManifest(named(registry, child.digest))).descriptor.digest).toBe(child.digest);
    expect(registry.log).toHaveLength(2);
  });

  it("an altered manifest is never believed", async () => {
    const { registry, client } = await bench();
    const child = image(registry, "arm64");
    registry.faults.push({ times: 99, fault: { kind: "flip-byte", at: 30 } });
    const error = await failureOf(client.getManifest(named(registry, child.digest)));
    expect(error.message).toContain(`expected ${child.digest}, but the registry sent sha256:`);
    expect(registry.log).toHaveLength(2);
  });

  it("a body that ends early is asked for again", async () => {
    const { registry, client } = await bench();
    const child = image(registry, "arm64");
    registry.faults.push({ fault: { kind: "reset-mid-body", bytes: 20 } });
    expect((await client.getManifest(named(registry, child.digest))).descriptor.size).toBe(child.size);
  });

  it("a body over 4 MiB, an encoded one and an HTML page are refused", async () => {
    const { registry, client } = await bench();
    registry.putManifest("a/b", new Uint8Array(4 * 1024 * 1024 + 1), ociManifest, "big");
    expect((await failureOf(client.getManifest(tagged(registry, "big")))).message).toContain(
      "larger than 4194304 bytes",
    );
    image(registry, "arm64", "one");
    registry.faults.push({ fault: { kind: "header", name: "content-encoding", value: "gzip" } });
    expect((await failureOf(client.getManifest(tagged(registry, "one")))).message).toContain(
      "encoded as gzip",
    );
    registry.putManifest("a/b", Buffer.from("<html>"), "text/html", "html");
    await expect(client.getManifest(tagged(registry, "html"))).rejects.toThrow("is not JSON");
  });

  it("the bytes decide what a tag is; a registry that says otherwise is reported", async () => {
    const { registry, client, log } = await bench();
    const child = image(registry, "arm64", "one");
    const lie = `sha256:${"0".repeat(64)}`;
    registry.faults.push({ fault: { kind: "header", name: "docker-content-digest", value: lie } });
    expect((await client.getManifest(tagged(registry, "one"))).descriptor.digest).toBe(child.digest);
    expect(log.some((line) => line.includes(lie))).toBe(true);
  });

  it("a registry that stored other bytes is an error", async () => {
    const { registry, client } = await bench();
    const index = buildIndex({ children: [image(registry, "arm64")] });
    const lie = `sha256:${"0".repeat(64)}`;
    registry.faults.push({
      method: "PUT",
      fault: { kind: "header", name: "docker-content-digest", value: lie },
    });
    const error = await failureOf(client.putManifest(tagged(registry, "one"), index.bytes, index.mediaType));
    expect(error.message).toContain(lie);
    expect(error.message).toContain(index.digest);
  });
});

describe("retries", () => {
  it.each([408, 429, 499, 500, 502, 503, 504, 522])("%i is tried again", async (status) => {
    const { registry, client, waits } = await bench();
    image(registry, "arm64", "one");
    registry.faults.push({ times: 2, fault: { kind: "status", status } });
    await client.getManifest(tagged(registry, "one"));
    expect(registry.log).toHaveLength(3);
    expect(waits).toEqual([500, 1000]);
  });

  it.each([400, 404, 405, 409, 413, 415])("%i is not", async (status) => {
    const { registry, client } = await bench();
    const index = buildIndex({ children: [image(registry, "arm64")] });
    registry.faults.push({ method: "PUT", fault: { kind: "status", status } });
    const error = await failureOf(client.putManifest(tagged(registry, "one"), index.bytes, index.mediaType));
    expect(error).toMatchObject({ status, temporary: false });
    expect(registry.log).toHaveLength(1);
    expect(error.message.includes(`it is ${index.size} bytes`)).toBe(status === 413);
  });

  it("ends after six tries, and says so", async () => {
    const { registry, client } = await bench();
    registry.faults.push({ times: 99, fault: { kind: "status", status: 503, body: "down for tea" } });
    const error = await failureOf(client.getManifest(tagged(registry, "one")));
    expect(error.message).toBe(
      `GET http://${registry.host}/v2/a/b/manifests/one: 503: down for tea: after 6 tries`,
    );
    expect(error.temporary).toBe(true);
    expect(registry.log).toHaveLength(6);
  });

  it.each([
    { name: "before the answer", fault: { kind: "reset" } },
    { name: "after the work was done", fault: { kind: "reset-after" } },
  ] as const)("repeats a write whose connection was lost $name", async ({ fault }) => {
    const { registry, client } = await bench();
    const index = buildIndex({ children: [image(registry, "arm64")] });
    registry.faults.push({ method: "PUT", times: 3, fault });
    await client.putManifest(tagged(registry, "one"), index.bytes, index.mediaType);
    expect(registry.tagged("a/b", "one")).toBe(index.digest);
    expect(registry.requests("PUT")).toHaveLength(4);
  });

  it("does not count an idle connection that the registry closed", async () => {
    const { registry, client, waits } = await bench();
    image(registry, "arm64", "one");
    await client.getManifest(tagged(registry, "one"));
    registry.faults.push({ fault: { kind: "reset" } });
    await client.getManifest(tagged(registry, "one"));
    expect(waits).toEqual([]);
  });

  it("waits as long as the registry asks, and lets others wait too", async () => {
    let time = 0;
    const { registry, client, log } = await bench(
      {},
      { clock: { now: () => time, sleep: async (duration) => void (time += duration), random: () => 1 } },
    );
    image(registry, "arm64", "one");
    registry.faults.push({ fault: { kind: "status", status: 429, headers: { "retry-after": "2" } } });
    await client.getManifest(tagged(registry, "one"));
    expect(time).toBe(2000);
    expect(log.filter((line) => line.includes("answered 429; trying again in 2.0 s"))).toHaveLength(1);
  });

  it("does not wait for a day", async () => {
    const { registry, client, waits } = await bench();
    registry.faults.push({ fault: { kind: "status", status: 429, headers: { "retry-after": "86400" } } });
    const error = await failureOf(client.getManifest(tagged(registry, "one")));
    expect(error.message).toContain("asks to wait 86400 s");
    expect(waits).toEqual([]);
  });

  it("says that nothing answers", async () => {
    const { registry, client } = await bench();
    const reference = tagged(registry, "one");
    await registry.close();
    const error = await failureOf(client.getManifest(reference));
    expect(error.message).toContain(`${reference.registry} does not answer`);
    expect(error.fix).toContain("is it running?");
    expect(error.status).toBe(undefined);
  });
});

describe("authorization", () => {
  const publish = async ({ registry, client }: Bench, tag = "one"): Promise<void> => {
    const children = ["amd64", "arm64", "s390x", "386"].map((architecture) => image(registry, architecture));
    await Promise.all(children.map(({ digest }) => client.getManifest(named(registry, digest))));
    const index = buildIndex({ children });
    await client.putManifest(named(registry, index.digest), index.bytes, index.mediaType);
    await client.putManifest(tagged(registry, tag), index.bytes, index.mediaType);
    expect(registry.tagged("a/b", tag)).toBe(index.digest);
  };

  it("sends Basic once it is asked for", async () => {
    const { registry, client } = await bench({ auth: "basic" });
    await publish({ registry, client, waits: [], log: [] });
    expect(registry.log.map(({ authorization }) => authorization)).toEqual([
      undefined,
      ...Array(6).fill("Basic"),
    ]);
  });

  it("exchanges one token for reading and pushing when told that it will push", async () => {
    const registry = await startFakeRegistry({ auth: "bearer" });
    cleanups.push(registry.close);
    const inline = { auths: { [registry.host]: { auth: Buffer.from("user:secret").toString("base64") } } };
    const client = createRegistryClient({
      env: { DOCKER_AUTH_CONFIG: JSON.stringify(inline) },
      pushTo: [tagged(registry, "one")],
    });
    cleanups.push(client.close);
    await publish({ registry, client, waits: [], log: [] });
    const exchanges = registry.requests("GET", /^\/token$/);
    expect(exchanges.map(({ query }) => query.getAll("scope"))).toEqual([["repository:a/b:pull,push"]]);
    expect(registry.log).toHaveLength(1 + 1 + 4 + 2);
  });

  it("asks for a second token when it was not told", async () => {
    const { registry, client } = await bench({ auth: "bearer" });
    await publish({ registry, client, waits: [], log: [] });
    expect(registry.requests("GET", /^\/token$/)).toHaveLength(2);
  });

  it("takes access_token, and reads without a name", async () => {
    const { registry, client } = await bench({ auth: "bearer", tokenField: "access_token" }, { entry: null });
    image(registry, "arm64", "one");
    await client.getManifest(tagged(registry, "one"));
    const [exchange] = registry.requests("GET", /^\/token$/);
    expect(exchange?.authorization).toBe(undefined);
  });

  it("posts an identity token", async () => {
    const { registry, client } = await bench(
      { auth: "bearer", identityToken: "refresh" },
      { entry: { identitytoken: "refresh" } },
    );
    await publish({ registry, client, waits: [], log: [] });
    const [exchange] = registry.requests("POST", /^\/token$/);
    expect(new URLSearchParams(exchange?.body).get("grant_type")).toBe("refresh_token");
  });

  it.each([404, 405, 401])("asks in the other form when the token service answers %i", async (status) => {
    const { registry, client } = await bench({ auth: "bearer" });
    image(registry, "arm64", "one");
    registry.faults.push({ path: /^\/token$/, fault: { kind: "status", status } });
    await client.getManifest(tagged(registry, "one"));
    expect(registry.requests("POST", /^\/token$/)).toHaveLength(1);
  });

  it("fetches a new token when the old one is refused in the middle", async () => {
    const setup = await bench({ auth: "bearer" });
    const { registry, client } = setup;
    image(registry, "arm64", "one");
    await client.getManifest(tagged(registry, "one"));
    registry.faults.push({ fault: { kind: "expire-tokens" } });
    await publish(setup, "two");
    expect(registry.tagged("a/b", "two")).not.toBe(undefined);
  });

  it("fetches a new token before the old one ends", async () => {
    let time = 0;
    const { registry, client } = await bench(
      { auth: "bearer", expiresIn: 100 },
      { clock: { now: () => time } },
    );
    image(registry, "arm64", "one");
    await client.getManifest(tagged(registry, "one"));
    time = 89_000;
    await client.getManifest(tagged(registry, "one"));
    expect(registry.requests("GET", /^\/token$/)).toHaveLength(1);
    time = 91_000;
    await client.getManifest(tagged(registry, "one"));
    expect(registry.requests("GET", /^\/token$/)).toHaveLength(2);
    expect(registry.log.filter(({ authorization }) => authorization === undefined)).toHaveLength(1);
  });

  it("refreshes once, then fails", async () => {
    const { registry, client } = await bench({ auth: "bearer" });
    registry.faults.push({ path: /manifests/, times: 99, fault: { kind: "expire-tokens" } });
    const error = await failureOf(client.getManifest(tagged(registry, "one")));
    expect(error.status).toBe(401);
    expect(registry.requests("GET", /^\/token$/)).toHaveLength(2);
  });

  it.each([
    { auth: "basic", entry: null, why: "no credentials found for" },
    { auth: "bearer", entry: { username: "user", password: "wrong" }, why: "wrong user or password" },
    { auth: "basic", entry: { username: "user", password: "wrong" }, why: "credentials of" },
  ] as const)("says which credentials were refused: $auth, $why", async ({ auth, entry, why }) => {
    const { registry, client } = await bench({ auth }, { entry });
    const error = await failureOf(client.getManifest(tagged(registry, "one")));
    expect(error.message).toContain(why);
    expect(error.message).toContain("config.json");
    expect(error.fix).toContain(`run docker login ${registry.host}`);
    expect(`${error.message} ${error.fix}`).not.toContain("wrong:");
    expect(JSON.stringify(error)).not.toContain("dXNlcj");
  });

  it("sends nothing to a realm that leads elsewhere inside", async () => {
    const { registry, client } = await bench({ auth: "bearer", realm: "http://169.254.169.254/token" });
    const error = await failureOf(client.getManifest(tagged(registry, "one")));
    expect(error.message).toContain("link-local");
    expect(registry.log).toHaveLength(1);
  });

  it("refuses a token answer of 70 kB and one without a token", async () => {
    const { registry, client } = await bench({ auth: "bearer" });
    const body = JSON.stringify({ token: "x".repeat(70 * 1024) });
    registry.faults.push({ path: /^\/token$/, fault: { kind: "status", status: 200, body } });
    registry.faults.push({ path: /^\/token$/, fault: { kind: "status", status: 200, body: "{}" } });
    expect((await failureOf(client.getManifest(tagged(registry, "a")))).message).toContain(
      "larger than 65536 bytes",
    );
    expect((await failureOf(client.getManifest(tagged(registry, "b")))).message).toContain("without a token");
  });
});

describe("redirects", () => {
  it("follow to another origin without credentials", async () => {
    const { registry, client } = await bench({ auth: "basic" });
    const other = await startFakeRegistry();
    cleanups.push(other.close);
    const child = image(other, "arm64");
    image(registry, "arm64", "one");
    await client.getManifest(tagged(registry, "one"));
    const path = `/v2/a/b/manifests/${child.digest}`;
    registry.faults.push({ path: /sha256/, fault: { kind: "redirect", to: `http://${other.host}${path}` } });
    await client.getManifest(named(registry, child.digest));
    expect(registry.log.at(-1)?.authorization).toBe("Basic");
    expect(other.log.map(({ authorization, headers }) => [authorization, headers["cookie"]])).toEqual([
      [undefined, undefined],
    ]);
  });

  it("end in a 401 elsewhere, and it is not answered", async () => {
    const { registry, client } = await bench({ auth: "basic" });
    const other = await startFakeRegistry({ auth: "basic" });
    cleanups.push(other.close);
    registry.faults.push({ fault: { kind: "redirect", to: `http://${other.host}/v2/a/b/manifests/one` } });
    expect((await failureOf(client.getManifest(tagged(registry, "one")))).status).toBe(401);
    expect(other.log.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it("do not carry an identity token to another origin", async () => {
    const { registry, client } = await bench({ auth: "bearer" }, { entry: { identitytoken: "refresh" } });
    const other = await startFakeRegistry();
    cleanups.push(other.close);
    registry.faults.push({
      path: /^\/token$/,
      fault: { kind: "redirect", to: `http://${other.host}/token` },
    });
    const error = await failureOf(client.getManifest(tagged(registry, "one")));
    expect(error.message).toContain("hand the credentials");
    expect(other.log).toEqual([]);
  });

  it.each([
    { name: "a loop", to: "/v2/a/b/manifests/one", times: 99, why: "more than 10", requests: 11 },
    { name: "the cloud's metadata", to: "http://169.254.169.254/", times: 1, why: "link-local", requests: 1 },
    { name: "a file", to: "file:///etc/passwd", times: 1, why: "scheme", requests: 1 },
  ])("are refused into $name", async ({ to, times, why, requests }) => {
    const { registry, client } = await bench();
    registry.faults.push({ times, fault: { kind: "redirect", to } });
    expect((await failureOf(client.getManifest(tagged(registry, "one")))).message).toContain(why);
    expect(registry.log).toHaveLength(requests);
  });

  it("turn no write into a read", async () => {
    const { registry, client } = await bench();
    const index = buildIndex({ children: [image(registry, "arm64")] });
    registry.faults.push({ method: "PUT", fault: { kind: "redirect", to: "/", status: 302 } });
    const error = await failureOf(client.putManifest(tagged(registry, "one"), index.bytes, index.mediaType));
    expect(error.message).toContain("302 would turn a write into a read");
  });
});

describe("a storm", () => {
  it("of faults leaves every published tag whole", async () => {
    const { registry, client } = await bench({ auth: "bearer" });
    let seed = 7;
    const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
    const kinds = [
      { kind: "reset" },
      { kind: "reset-after" },
      { kind: "status", status: 502 },
      { kind: "status", status: 429, headers: { "retry-after": "0" } },
      { kind: "reset-mid-body", bytes: 9 },
      { kind: "flip-byte", at: 11 },
      { kind: "expire-tokens" },
    ] as const;
    for (let round = 0; round < 40; round++) {
      const children = ["amd64", "arm64", "s390x"].map((architecture) => image(registry, architecture));
      const [first, second] = [
        kinds[Math.floor(random() * kinds.length)],
        kinds[Math.floor(random() * kinds.length)],
      ];
      if (first !== undefined) registry.faults.push({ path: /manifests/, fault: first });
      if (second !== undefined) registry.faults.push({ method: "PUT", path: /manifests/, fault: second });
      await Promise.all(children.map(({ digest }) => client.getManifest(named(registry, digest))));
      const index = buildIndex({ children, annotations: { round: String(round) } });
      const target = tagged(registry, `t${round}`);
      await client.putManifest(withTarget(target, { digest: index.digest }), index.bytes, index.mediaType);
      await client.putManifest(target, index.bytes, index.mediaType);
      expect(registry.tagged("a/b", `t${round}`)).toBe(digestOf(index.bytes));
    }
  });
});

import { describe, expect, it } from "vitest";

import { digestOf } from "../../src/oci/digest.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { uploadUrl } from "../../src/registry/blobs.ts";
import { afterwards, bench, failureOf } from "./bench.ts";
import { type ChaosRegistry, startChaosRegistry } from "./chaos/registry.ts";

const content = Buffer.alloc(300_000, "a layer of an image ");
const blob = { digest: digestOf(content), size: content.length };
const empty = { digest: digestOf(new Uint8Array()), size: 0 };

const repository = ({ host }: { readonly host: string }, name = "a/b") => parseReference(`${host}/${name}`);

async function* pieces(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += 65_536) yield content.subarray(at, at + 65_536);
}

const steps = ({ log }: ChaosRegistry): readonly string[] =>
  log.map(({ method, path, query }) => {
    const kind = path.includes("uploads") ? "upload" : path.split("/").at(-2);
    return `${method} ${kind}${query.has("mount") ? " mount" : ""}`;
  });

describe("reading a blob", () => {
  it("gives its bytes as they come", async () => {
    const { registry, client } = await bench();
    registry.putBlob("a/b", content);
    const chunks: Uint8Array[] = [];
    await client.readBlob(repository(registry), blob, async (body) => {
      for await (const chunk of body) chunks.push(chunk);
    });
    expect(Buffer.concat(chunks).equals(content)).toBe(true);
    expect(chunks.length).toBeGreaterThan(1);
  });

  it("begins again when the connection is lost, and asks once more for bytes that are wrong", async () => {
    const { registry, client } = await bench();
    registry.putBlob("a/b", content);
    registry.rules.push({ fault: { kind: "reset-mid-body", bytes: 100_000 } });
    registry.rules.push({ fault: { kind: "flip-byte", at: 200_000 } });
    let got = Buffer.alloc(0);
    await client.readBlob(repository(registry), blob, async (body) => {
      got = Buffer.alloc(0);
      for await (const chunk of body) got = Buffer.concat([got, chunk]);
    });
    expect(got.equals(content)).toBe(true);
    expect(registry.log).toHaveLength(3);
  });

  it("never hands out the end of a wrong one", async () => {
    const { registry, client } = await bench();
    registry.putBlob("a/b", content);
    registry.rules.push({ times: 9, fault: { kind: "flip-byte", at: 0 } });
    let most = 0;
    const error = await failureOf(
      client.readBlob(repository(registry), blob, async (body) => {
        let size = 0;
        for await (const chunk of body) most = Math.max(most, (size += chunk.length));
      }),
    );
    expect(error.message).toContain(`expected ${blob.digest} (300000 bytes), but the registry sent sha256:`);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(content.length);
    expect(registry.log).toHaveLength(2);
  });

  it.each([
    { name: "longer", size: content.length - 1, why: "larger than 299999 bytes" },
    { name: "shorter", size: content.length + 1, why: "but the registry sent" },
  ])("refuses one that is $name than it should be", async ({ size, why }) => {
    const { registry, client } = await bench();
    registry.putBlob("a/b", content);
    const read = client.readBlob(repository(registry), { ...blob, size }, async (body) => {
      for await (const chunk of body) void chunk;
    });
    expect((await failureOf(read)).message).toContain(why);
  });

  it("passes on what the reader failed of, and is done", async () => {
    const { registry, client } = await bench();
    registry.putBlob("a/b", content);
    const full = new Error("the disk is full");
    const read = () => failureOf(client.readBlob(repository(registry), blob, () => Promise.reject(full)));
    expect((await read()).message).toContain("the disk is full");
    expect(registry.log).toHaveLength(1);
    // What nobody reads does not hold its connection.
    for (let round = 0; round < 10; round++) await read();
    expect(await client.hasBlob(repository(registry), blob.digest)).toBe(true);
  });
});

describe("uploading a blob", () => {
  it.each([
    { name: "a large one", upload: blob, open: pieces },
    { name: "an empty one", upload: empty, open: async function* () {} },
  ])("$name", async ({ upload, open }) => {
    const { registry, client } = await bench({ auth: "bearer" });
    const to = repository(registry);
    expect(await client.putBlob(to, upload, open)).toBe("uploaded");
    expect(registry.blob("a/b", upload.digest)?.length).toBe(upload.size);
    expect(await client.putBlob(to, upload, open)).toBe("there already");
    expect(registry.requests("PUT")).toHaveLength(1);
  });

  it.each([
    { name: "is lost before the answer", fault: { kind: "reset-before" } },
    { name: "is lost after the work was done", fault: { kind: "reset-after" } },
    { name: "is refused for now", fault: { kind: "status", status: 503 } },
    {
      name: "is forgotten by the registry",
      fault: {
        kind: "status",
        status: 404,
        body: '{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN","message":""}]}',
      },
    },
  ] as const)("begins a new one when it $name", async ({ fault }) => {
    const { registry, client } = await bench();
    registry.rules.push({ match: { method: "PUT" }, fault });
    await client.putBlob(repository(registry), blob, pieces);
    expect(steps(registry)).toEqual(["HEAD blobs", "POST upload", "PUT upload", "POST upload", "PUT upload"]);
    const uploads = registry.requests("PUT").map(({ path }) => path);
    expect(new Set(uploads).size).toBe(2);
    expect(registry.blob("a/b", blob.digest)?.equals(content)).toBe(true);
  });

  it("ends after six tries, and names the last failure", async () => {
    const { registry, client } = await bench();
    registry.rules.push({ match: { method: "PUT" }, times: 99, fault: { kind: "status", status: 503 } });
    const error = await failureOf(client.putBlob(repository(registry), blob, pieces));
    expect(error.message).toMatch(/^PUT http:.*: 503: after 6 tries$/);
    expect(registry.requests("PUT")).toHaveLength(6);
  });

  it("does not send bytes that are not what they are called", async () => {
    const { registry, client } = await bench();
    const wrong = { ...blob, digest: empty.digest };
    const error = await failureOf(client.putBlob(repository(registry), wrong, pieces));
    expect(error.message).toContain(`expected ${empty.digest}`);
    expect(registry.blob("a/b", blob.digest)).toBe(undefined);
    expect(registry.requests("PUT").map(({ status }) => status)).not.toContain(201);
  });

  it("asks for a new token in the middle", async () => {
    const { registry, client } = await bench({ auth: "bearer" });
    registry.rules.push({ match: { method: "PUT" }, fault: { kind: "expire-tokens" } });
    await client.putBlob(repository(registry), blob, pieces);
    expect(registry.requests("PUT").map(({ status }) => status)).toEqual([401, 201]);
  });
});

describe("where an upload goes on", () => {
  const base = new URL("https://r.io/v2/a/b/blobs/uploads/");
  const digest = encodeURIComponent(empty.digest);
  it.each([
    { location: "/v2/a/b/blobs/uploads/1", url: `https://r.io/v2/a/b/blobs/uploads/1?digest=${digest}` },
    {
      location: "1?_state=a%20b%3D~",
      url: `https://r.io/v2/a/b/blobs/uploads/1?_state=a%20b%3D~&digest=${digest}`,
    },
    { location: "https://r.io/x?a=1&b", url: `https://r.io/x?a=1&b&digest=${digest}` },
  ])("$location", ({ location, url }) => {
    expect(uploadUrl(location, base, empty.digest).href).toBe(url);
  });

  it.each([undefined, "https://", "https://other.io/x", "http://r.io/x", "https://r.io:444/x"])(
    "%j is refused",
    (location) => {
      expect(() => uploadUrl(location, base, empty.digest)).toThrow("which is not the registry's");
    },
  );
});

describe("copying a blob within a registry", () => {
  it("mounts it, with one token for both repositories", async () => {
    const { registry, client } = await bench({ auth: "bearer" });
    registry.putBlob("a/b", content);
    expect(await client.copyBlob(repository(registry), repository(registry, "c/d"), blob)).toBe("mounted");
    expect(registry.blob("c/d", blob.digest)?.equals(content)).toBe(true);
    const scopes = registry.requests("GET", /^\/token$/).map(({ query }) => query.getAll("scope"));
    expect(scopes).toEqual([["repository:a/b:pull", "repository:c/d:pull,push"]]);
    expect(steps(registry)).toEqual(["POST upload mount", "GET ", "POST upload mount"]);
  });

  it.each([
    { name: "the registry does not mount", options: { mounts: false }, rule: [] },
    {
      name: "the token service refuses both scopes together",
      options: { auth: "bearer" },
      rule: [{ match: { path: /^\/token.*a%2Fb.*c%2Fd/ }, times: 9, fault: { kind: "status", status: 403 } }],
    },
    {
      name: "the registry refuses to",
      options: {},
      rule: [{ match: { path: /mount=/ }, times: 9, fault: { kind: "status", status: 403 } }],
    },
  ] as const)("streams it when $name", async ({ options, rule }) => {
    const { registry, client } = await bench(options);
    registry.rules.push(...rule);
    registry.putBlob("a/b", content);
    const [from, to] = [repository(registry), repository(registry, "c/d")];
    expect(await client.copyBlob(from, to, blob)).toBe("uploaded");
    expect(registry.blob("c/d", blob.digest)?.equals(content)).toBe(true);
    expect(registry.requests("PUT")).toHaveLength(1);
    expect(await client.copyBlob(from, to, blob)).toBe("there already");
    expect(registry.requests("PUT")).toHaveLength(1);
  });
});

describe("copying a blob between registries", () => {
  const benches = async () => {
    const setup = await bench();
    const other = await startChaosRegistry({ now: setup.clock.now });
    afterwards(other.close);
    other.putBlob("a/b", content);
    return { ...setup, other };
  };

  it("streams it, once, and not when it is there", async () => {
    const { client, other, registry } = await benches();
    const copy = () => client.copyBlob(repository(other), repository(registry), blob);
    expect(await Promise.all([copy(), copy()])).toEqual(["uploaded", "uploaded"]);
    expect(await copy()).toBe("there already");
    expect(registry.blob("a/b", blob.digest)?.equals(content)).toBe(true);
    expect(steps(registry)).toEqual(["HEAD blobs", "POST upload", "PUT upload", "HEAD blobs"]);
    expect(steps(other)).toEqual(["GET blobs"]);
  });

  it("does several at once, also when all are in one registry that does not mount", async () => {
    const { client, registry } = await bench({ mounts: false });
    const blobs = Array.from({ length: 30 }, (_, at) => {
      const bytes = Buffer.alloc(100_000, `layer ${at}`);
      registry.putBlob("a/b", bytes);
      return { digest: digestOf(bytes), size: bytes.length };
    });
    registry.rules.push({ match: { method: "PUT" }, times: 99, fault: { kind: "delay", ms: 5 } });
    const copies = blobs.map((each) =>
      client.copyBlob(repository(registry), repository(registry, "c/d"), each),
    );
    expect(new Set(await Promise.all(copies))).toEqual(new Set(["uploaded"]));
    expect(Math.max(...registry.log.map(({ atOnce }) => atOnce))).toBeGreaterThan(2);
    expect(Math.max(...registry.log.map(({ atOnce }) => atOnce))).toBeLessThanOrEqual(8);
  });

  it.each([
    {
      name: "the source is lost in the middle",
      at: "other",
      fault: { kind: "reset-mid-body", bytes: 100_000 },
    },
    { name: "the source is overloaded", at: "other", fault: { kind: "status", status: 503 } },
    { name: "a byte is altered", at: "other", fault: { kind: "flip-byte", at: 7 } },
    { name: "the target is lost", at: "registry", fault: { kind: "reset-before" } },
    { name: "the target is overloaded", at: "registry", fault: { kind: "status", status: 429 } },
  ] as const)("begins again when $name", async ({ at, fault }) => {
    const setup = await benches();
    setup[at].rules.push({ match: { method: at === "other" ? "GET" : "PUT" }, fault });
    const { client, other, registry } = setup;
    expect(await client.copyBlob(repository(other), repository(registry), blob)).toBe("uploaded");
    expect(registry.blob("a/b", blob.digest)?.equals(content)).toBe(true);
    expect(other.requests("GET")).toHaveLength(2);
  });

  it("never makes a wrong blob whole, and says where it came from", async () => {
    const { client, other, registry } = await benches();
    other.rules.push({ times: 99, fault: { kind: "flip-byte", at: 299_999 } });
    const error = await failureOf(client.copyBlob(repository(other), repository(registry), blob));
    expect(error.message).toContain(`${other.host}/a/b@${blob.digest}: expected`);
    expect(registry.requests("PUT").filter(({ status }) => status === 201)).toEqual([]);
  });

  it("names the source when that is what fails", async () => {
    const { client, other, registry } = await benches();
    other.rules.push({ times: 99, fault: { kind: "reset-mid-body", bytes: 100_000 } });
    const error = await failureOf(client.copyBlob(repository(other), repository(registry), blob));
    expect(error.message).toContain(`GET ${other.host}/a/b@${blob.digest}: the transfer broke off`);
    expect(error.message).toContain("after 6 tries");
  });
});

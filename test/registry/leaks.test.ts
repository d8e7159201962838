// Where a registry can send its client to, and that no credential ever goes along. Every claim is read from the log of
// whoever plays the stranger.
import { describe, expect, it } from "vitest";

import { digestOf } from "../../src/oci/digest.ts";
import { buildIndex } from "../../src/oci/image-index.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { bench, failureOf, image, named, tagged } from "./bench.ts";
import type { ChaosRegistry } from "./chaos/registry.ts";

/** What others than the registry itself were told. */
const told = (registry: ChaosRegistry) =>
  registry.log
    .filter(({ origin }) => origin !== registry.origin)
    .map(({ authorization, body, hasCookie, method }) => ({ method, authorization, hasCookie, body }));
const nothing = { method: "GET", authorization: undefined, hasCookie: false, body: "" };

describe("redirects", () => {
  it.each(["127.0.0.1", "127.0.0.2"])(
    "are followed to another origin at %s without credentials",
    async (address) => {
      const { registry, client } = await bench({ auth: "basic" });
      const other = await registry.listen({ address });
      const child = image(registry, "arm64", "one");
      await client.getManifest(tagged(registry, "one"));
      const to = `${other.origin}/v2/a/b/manifests/${child.digest}`;
      registry.rules.push({
        match: { path: /sha256/, origin: registry.origin },
        fault: { kind: "redirect", to },
      });
      await client.getManifest(named(registry, child.digest));
      expect(registry.requests("GET").map(({ authorization }) => authorization)).toEqual([
        undefined,
        "Basic",
        "Basic",
        undefined,
      ]);
      expect(told(registry)).toEqual([nothing]);
    },
  );

  it("are followed back without credentials, too", async () => {
    const { registry, client } = await bench({ auth: "basic" });
    const other = await registry.listen();
    image(registry, "arm64", "one");
    await client.getManifest(tagged(registry, "one"));
    const there = {
      match: { path: /two/, origin: registry.origin },
      fault: { kind: "redirect", to: `${other.origin}/back` },
    } as const;
    const back = {
      match: { path: /back/ },
      fault: { kind: "redirect", to: `${registry.origin}/v2/a/b/manifests/one` },
    } as const;
    registry.rules.push(there, back);
    expect((await failureOf(client.getManifest(tagged(registry, "two")))).status).toBe(401);
    expect(registry.log.slice(-3).map(({ authorization }) => authorization)).toEqual([
      "Basic",
      undefined,
      undefined,
    ]);
  });

  it("end in a 401 elsewhere, and it is not answered", async () => {
    const { registry, client } = await bench({ auth: "basic" });
    const other = await registry.listen({ auth: "basic" });
    registry.rules.push({ fault: { kind: "redirect", to: `${other.origin}/v2/a/b/manifests/one` } });
    expect((await failureOf(client.getManifest(tagged(registry, "one")))).status).toBe(401);
    expect(told(registry)).toEqual([nothing]);
  });

  it.each([
    { name: "an identity token", entry: { identitytoken: "refresh" } },
    { name: "a password", entry: { username: "user", password: "wrong" } },
  ])("do not carry $name in a body to another origin", async ({ entry }) => {
    const { registry, client } = await bench({ auth: "bearer", entry });
    const other = await registry.listen();
    const match = { method: "POST", path: /^\/token/ };
    registry.rules.push({ match, fault: { kind: "redirect", to: `${other.origin}/token` } });
    await failureOf(client.getManifest(tagged(registry, "one")));
    expect(registry.requests("POST")).toHaveLength(1);
    expect(told(registry)).toEqual([]);
  });

  it.each([
    { name: "a loop", to: "/v2/a/b/manifests/one", times: 99, why: "more than 10", requests: 11 },
    { name: "the cloud's metadata", to: "http://169.254.169.254/", times: 1, why: "link-local", requests: 1 },
    { name: "a file", to: "file:///etc/passwd", times: 1, why: "scheme", requests: 1 },
    { name: "a user's name", to: "http://user@127.0.0.1/", times: 1, why: "user name", requests: 1 },
  ])("fault 43: are refused into $name", async ({ to, times, why, requests }) => {
    const { registry, client } = await bench();
    registry.rules.push({ times, fault: { kind: "redirect", to } });
    expect((await failureOf(client.getManifest(tagged(registry, "one")))).message).toContain(why);
    expect(registry.log).toHaveLength(requests);
  });

  it("fault 43: are refused after ten, and not before", async () => {
    const { registry, client } = await bench();
    image(registry, "arm64", "one");
    registry.rules.push({ times: 10, fault: { kind: "redirect", to: "/v2/a/b/manifests/one" } });
    expect((await client.getManifest(tagged(registry, "one"))).manifest.kind).toBe("manifest");
    expect(registry.log).toHaveLength(11);
  });

  it("fault 43: turn no write into a read", async () => {
    const { registry, client } = await bench();
    const index = buildIndex({ children: [image(registry, "arm64")] });
    registry.rules.push({ match: { method: "PUT" }, fault: { kind: "redirect", to: "/", status: 302 } });
    const error = await failureOf(client.putManifest(tagged(registry, "one"), index.bytes, index.mediaType));
    expect(error.message).toContain("302 would turn a write into a read");
    expect(registry.log).toHaveLength(1);
  });
});

describe("challenges", () => {
  it.each([
    { name: "the cloud's metadata", realm: "http://169.254.169.254/token", why: "link-local" },
    { name: "a private address", realm: "http://10.0.0.1/token", why: "private" },
    { name: "no URL", realm: "/token", why: "not a URL" },
    { name: "a file", realm: "file:///etc/passwd", why: "scheme" },
    { name: "a user's name", realm: "http://me@127.0.0.1/token", why: "user name" },
  ])("send no credentials to $name", async ({ realm, why }) => {
    const { registry, client } = await bench({ auth: "bearer", realm });
    const error = await failureOf(client.getManifest(tagged(registry, "one")));
    expect(error.message).toContain(why);
    expect(registry.log).toHaveLength(1);
  });

  it("send the token of a token service elsewhere to the registry alone", async () => {
    const { registry, client, log } = await bench({ auth: "none" });
    const service = await registry.listen({ address: "127.0.0.2", auth: "bearer" });
    image(registry, "arm64", "one");
    const header = `Bearer realm="${service.origin}/token",service="chaos",scope="repository:a/b:pull"`;
    registry.rules.push({ fault: { kind: "challenge", header } });
    await client.getManifest(tagged(registry, "one"));
    expect(registry.log.map(({ authorization, origin }) => [origin, authorization])).toEqual([
      [registry.origin, undefined],
      [service.origin, "Basic"],
      [registry.origin, "Bearer"],
    ]);
    // So that a person can see where the login went.
    expect(log.some((line) => line.startsWith(`asking ${service.host} for a token`))).toBe(true);
  });
});

describe("places that an answer names", () => {
  const content = Buffer.from("a layer");
  const blob = { digest: digestOf(content), size: content.length };

  it.each(["127.0.0.1", "127.0.0.2"])("uploads do not go on at another origin at %s", async (address) => {
    const { registry, client } = await bench({ auth: "basic" });
    const other = await registry.listen({ address });
    const to = `${other.origin}/v2/a/b/blobs/uploads/1`;
    registry.rules.push({ match: { method: "POST" }, times: 9, fault: { kind: "location", to } });
    const upload = client.putBlob(parseReference(`${registry.host}/a/b`), blob, async function* () {
      yield content;
    });
    const error = await failureOf(upload);
    expect(error.message).toContain(`the upload is to go on ${to}, which is not the registry's`);
    expect(told(registry)).toEqual([]);
  });

  it("lists do not go on at another origin", async () => {
    const { registry, client } = await bench({ auth: "basic" });
    const other = await registry.listen({ address: "127.0.0.2" });
    image(registry, "arm64", "one");
    const value = `<${other.origin}/v2/a/b/tags/list>; rel="next"`;
    const header = ["authorization", /./] as const;
    registry.rules.push({ match: { header }, fault: { kind: "header", name: "link", value } });
    const error = await failureOf(client.listTags(tagged(registry, "one")));
    expect(error.message).toContain("a next page that is not its own");
    expect(told(registry)).toEqual([]);
  });

  it("the urls of a descriptor are not asked", async () => {
    const { registry, client } = await bench();
    const other = await registry.listen();
    const config = { mediaType: "application/vnd.oci.image.config.v1+json", ...blob };
    const layer = {
      mediaType: "application/vnd.oci.image.layer.v1.tar",
      ...blob,
      urls: [`${other.origin}/layer`],
    };
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    const manifest = { schemaVersion: 2, mediaType, config, layers: [layer] };
    registry.putManifest("a/b", Buffer.from(JSON.stringify(manifest)), mediaType, "one");
    const { manifest: got } = await client.getManifest(tagged(registry, "one"));
    if (got.kind !== "manifest") throw new Error("not an image");
    await failureOf(client.getBlob(tagged(registry, "one"), got.config.digest));
    expect(told(registry)).toEqual([]);
  });
});

describe("credentials in what is shown", () => {
  it("are in no message of any failure", async () => {
    const { registry, client, log } = await bench({ auth: "bearer", expiresIn: 1 });
    const secrets = [/secret/, new RegExp(Buffer.from("user:secret").toString("base64"))];
    for (const status of [400, 401, 403, 404, 500]) {
      registry.rules.length = 0;
      registry.rules.push({ match: { path: /^\/token/ }, times: 9, fault: { kind: "status", status } });
      const error = await failureOf(client.getManifest(tagged(registry, "one")));
      const text = `${error.message} ${error.fix} ${JSON.stringify(error)} ${log.join("\n")}`;
      for (const secret of secrets) expect(text).not.toMatch(secret);
    }
  });
});

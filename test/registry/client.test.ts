import { describe, expect, it } from "vitest";

import { buildIndex } from "../../src/oci/image-index.ts";
import { ociIndex, ociManifest } from "../../src/oci/media-type.ts";
import { createRegistryClient } from "../../src/registry/client.ts";
import { afterwards, bench, type Bench, failureOf, image, login, named, tagged } from "./bench.ts";
import { startChaosRegistry } from "./chaos/registry.ts";

describe("manifests", () => {
  it("are got, looked at, put and deleted", async () => {
    const { registry, client } = await bench();
    const child = image(registry, "arm64");
    const got = await client.getManifest(named(registry, child.digest));
    expect(got.descriptor).toEqual({ mediaType: ociManifest, digest: child.digest, size: child.size });
    expect(got.manifest.kind).toBe("manifest");
    const config = got.manifest.kind === "manifest" ? got.manifest.config : child;
    const blob = await client.getBlob(named(registry, child.digest), config.digest);
    expect(JSON.parse(new TextDecoder().decode(blob))).toEqual({ os: "linux", architecture: "arm64" });

    const index = buildIndex({ children: [child] });
    const put = { digest: named(registry, index.digest), tag: tagged(registry, "one") };
    expect(await client.headManifest(put.tag)).toBe(undefined);
    expect(await client.putManifest(put.digest, index.bytes, index.mediaType)).toBe(index.digest);
    expect(await client.putManifest(put.tag, index.bytes, index.mediaType)).toBe(index.digest);
    expect(await client.headManifest(put.tag)).toEqual({
      mediaType: ociIndex,
      digest: index.digest,
      size: index.size,
    });
    expect(await client.deleteManifest(put.digest)).toBe(true);
    expect(await client.deleteManifest(put.digest)).toBe(true);
    expect(registry.tagged("a/b", "one")).toBe(undefined);
  });

  it("are asked for in parallel, eight at once, and never twice for the same", async () => {
    const { registry, client } = await bench();
    const architectures = ["amd64", "arm64", "s390x", "386", "arm", "ppc64le", "riscv64", "loong64", "mips"];
    const children = architectures.map((architecture) => image(registry, architecture));
    registry.rules.push({ times: 99, fault: { kind: "delay", ms: 20 } });
    await Promise.all(
      [...children, ...children].map(({ digest }) => client.getManifest(named(registry, digest))),
    );
    expect(registry.log).toHaveLength(9);
    expect(Math.max(...registry.log.map(({ atOnce }) => atOnce))).toBe(8);
    expect(registry.log[0]?.headers["accept"]?.split(", ")).toHaveLength(4);
    expect(registry.log[0]?.headers["accept-encoding"]).toBe("identity");
  });

  it("keep their connection, also after a HEAD", async () => {
    const { registry, client } = await bench();
    image(registry, "arm64", "one");
    await client.headManifest(tagged(registry, "one"));
    await client.getManifest(tagged(registry, "one"));
    expect(registry.log.map(({ method, socket }) => [method, socket])).toEqual([
      ["HEAD", 1],
      ["GET", 1],
    ]);
  });

  it("are not pushed under another digest, nor when they could not be read again", async () => {
    const { registry, client } = await bench();
    const child = image(registry, "arm64");
    const wrong = client.putManifest(named(registry, child.digest), new Uint8Array([1]), ociManifest);
    await expect(wrong).rejects.toThrow(child.digest);
    const huge = client.putManifest(tagged(registry, "huge"), new Uint8Array(4_194_305), ociManifest);
    await expect(huge).rejects.toThrow("4194305 bytes are more than registries take (4194304)");
    expect(registry.log).toEqual([]);
  });

  it("without a digest in the answer to a HEAD are got", async () => {
    const { registry, client } = await bench();
    const child = image(registry, "arm64", "one");
    const fault = { kind: "header", name: "docker-content-digest", value: undefined } as const;
    registry.rules.push({ match: { method: "HEAD" }, fault });
    expect((await client.headManifest(tagged(registry, "one")))?.digest).toBe(child.digest);
    expect(registry.log.map(({ method }) => method)).toEqual(["HEAD", "GET"]);
  });

  it.each([
    { deletes: "all", tag: true, digest: true },
    { deletes: "digests", tag: false, digest: true },
    { deletes: "none", tag: false, digest: false },
  ] as const)("can be deleted where the registry lets go of: $deletes", async ({ deletes, tag, digest }) => {
    const { registry, client } = await bench({ deletes });
    const child = image(registry, "arm64", "one");
    expect(await client.deleteManifest(tagged(registry, "one"))).toBe(tag);
    expect(registry.tagged("a/b", "one")).toBe(tag ? undefined : child.digest);
    expect(await client.deleteManifest(named(registry, child.digest))).toBe(digest);
    expect((await client.headManifest(named(registry, child.digest))) === undefined).toBe(digest);
  });

  it("over 4 MiB, and an HTML page, are refused", async () => {
    const { registry, client } = await bench();
    registry.putManifest("a/b", new Uint8Array(4 * 1024 * 1024 + 1), ociManifest, "big");
    expect((await failureOf(client.getManifest(tagged(registry, "big")))).message).toContain(
      "larger than 4194304 bytes",
    );
    registry.putManifest("a/b", Buffer.from("<html>"), "text/html", "html");
    await expect(client.getManifest(tagged(registry, "html"))).rejects.toThrow("is not JSON");
  });

  it("are what their bytes say; a registry that keeps saying otherwise of a tag is reported", async () => {
    const { registry, client, log } = await bench();
    const child = image(registry, "arm64", "one");
    registry.rules.push({ times: 2, fault: { kind: "wrong-digest-header" } });
    expect((await client.getManifest(tagged(registry, "one"))).descriptor.digest).toBe(child.digest);
    expect(registry.log).toHaveLength(2);
    expect(log.at(-1)).toBe(
      `warning: ${registry.host}/a/b:one: the registry says sha256:${"0".repeat(64)}, but its bytes are ${child.digest}`,
    );
  });

  it("come with warnings, which are passed on once", async () => {
    const { registry, client, log } = await bench();
    image(registry, "arm64", "one");
    const fault = { kind: "header", name: "warning", value: '299 - "going away"' } as const;
    registry.rules.push({ times: 9, fault });
    await client.getManifest(tagged(registry, "one"));
    await client.headManifest(tagged(registry, "one"));
    expect(log).toEqual([`warning: ${registry.host} says: going away`]);
  });
});

describe("authorization", () => {
  const publish = async ({ registry, client }: Pick<Bench, "registry" | "client">, tag = "one") => {
    const children = ["amd64", "arm64", "s390x", "386"].map((architecture) => image(registry, architecture));
    await Promise.all(children.map(({ digest }) => client.getManifest(named(registry, digest))));
    const index = buildIndex({ children });
    await client.putManifest(named(registry, index.digest), index.bytes, index.mediaType);
    await client.putManifest(tagged(registry, tag), index.bytes, index.mediaType);
    expect(registry.tagged("a/b", tag)).toBe(index.digest);
  };

  it("sends Basic once it is asked for, to other repositories at once", async () => {
    const { registry, client } = await bench({ auth: "basic" });
    await publish({ registry, client });
    image(registry, "arm64", "one", "c/d");
    await client.getManifest(tagged(registry, "one", "c/d"));
    expect(registry.log.map(({ authorization }) => authorization)).toEqual([
      undefined,
      ...Array(7).fill("Basic"),
    ]);
  });

  it("exchanges one token for reading and pushing when told that it will push", async () => {
    const registry = await startChaosRegistry({ auth: "bearer" });
    afterwards(registry.close);
    const client = createRegistryClient({
      env: { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [registry.host]: login } }) },
      pushTo: [tagged(registry, "one")],
    });
    afterwards(client.close);
    await publish({ registry, client });
    const exchanges = registry.requests("GET", /^\/token$/);
    expect(exchanges.map(({ query }) => query.getAll("scope"))).toEqual([["repository:a/b:pull,push"]]);
    expect(registry.log).toHaveLength(1 + 1 + 4 + 2);
  });

  it("asks for a second token when it was not told", async () => {
    const { registry, client } = await bench({ auth: "bearer" });
    await publish({ registry, client });
    expect(registry.requests("GET", /^\/token$/)).toHaveLength(2);
  });

  it("reads without a name", async () => {
    const { registry, client } = await bench({ auth: "bearer", entry: null });
    image(registry, "arm64", "one");
    await client.getManifest(tagged(registry, "one"));
    const [exchange] = registry.requests("GET", /^\/token$/);
    expect(exchange?.authorization).toBe(undefined);
  });

  it.each([
    { name: "identitytoken", entry: { identitytoken: "refresh" } },
    { name: "a secret without a user", entry: { auth: Buffer.from(":refresh").toString("base64") } },
  ])("posts an identity token: $name", async ({ entry }) => {
    const { registry, client } = await bench({ auth: "bearer", identityToken: "refresh", entry });
    await publish({ registry, client });
    const exchanges = registry.log.filter(({ path }) => path === "/token");
    expect(
      exchanges.map(({ body, method }) => [method, new URLSearchParams(body).get("grant_type")]),
    ).toEqual([
      ["POST", "refresh_token"],
      ["POST", "refresh_token"],
    ]);
  });

  it("reads the credentials anew for each token", async () => {
    const passwords = ["secret", "secret"];
    const { registry, client, clock } = await bench({
      auth: "bearer",
      expiresIn: 100,
      client: {
        env: { DOCKER_AUTH_CONFIG: JSON.stringify({ credsStore: "changing" }) },
        runHelper: async () => ({
          exitCode: 0,
          stdout: JSON.stringify({ Username: "user", Secret: passwords.shift() }),
        }),
      },
    });
    image(registry, "arm64", "one");
    await client.getManifest(tagged(registry, "one"));
    clock.pass(91_000);
    await client.getManifest(tagged(registry, "one"));
    expect(passwords).toEqual([]);
  });

  it("fetches a new token before the old one ends", async () => {
    const { registry, client, clock } = await bench({ auth: "bearer", expiresIn: 100 });
    image(registry, "arm64", "one");
    await client.getManifest(tagged(registry, "one"));
    clock.pass(89_000);
    await client.getManifest(tagged(registry, "one"));
    expect(registry.requests("GET", /^\/token$/)).toHaveLength(1);
    clock.pass(2000);
    await client.getManifest(tagged(registry, "one"));
    expect(registry.requests("GET", /^\/token$/)).toHaveLength(2);
    expect(registry.log.filter(({ status }) => status === 401)).toHaveLength(1);
  });

  it("refreshes once, then fails with what was wanted", async () => {
    const { registry, client } = await bench({ auth: "bearer" });
    registry.rules.push({ match: { path: /manifests/ }, times: 99, fault: { kind: "expire-tokens" } });
    const error = await failureOf(client.getManifest(tagged(registry, "one")));
    expect(error.status).toBe(401);
    expect(error.message).toContain("wanted pull on a/b");
    expect(registry.requests("GET", /^\/token$/)).toHaveLength(2);
  });

  it.each([
    { auth: "basic", entry: null, why: "no credentials found for" },
    { auth: "bearer", entry: { username: "user", password: "wrong" }, why: "wrong user or password" },
    { auth: "basic", entry: { username: "user", password: "wrong" }, why: "credentials of" },
  ] as const)("says which credentials were refused: $auth, $why", async ({ auth, entry, why }) => {
    const { registry, client } = await bench({ auth, entry });
    const error = await failureOf(client.getManifest(tagged(registry, "one")));
    expect(error.message).toContain(why);
    expect(error.message).toContain("config.json");
    expect(error.fix).toContain(`run docker login ${registry.host}`);
    expect(`${error.message} ${error.fix}`).not.toContain("wrong:");
    expect(JSON.stringify(error)).not.toContain("dXNlcj");
  });
});

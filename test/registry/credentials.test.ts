import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { askHelper, spawnHelper } from "../../src/registry/credential-helper.ts";
import { createCredentialSource, findCredentials, findHelper } from "../../src/registry/credentials.ts";

const auth = (text: string): { readonly auth: string } => ({ auth: Buffer.from(text).toString("base64") });
const me = { username: "me", password: "secret" };

describe("credentials in a config", () => {
  it.each([
    { name: "exact host", key: "ghcr.io", registry: "ghcr.io", found: true },
    { name: "host with port", key: "localhost:5000", registry: "localhost:5000", found: true },
    {
      name: "a scheme and path around the host",
      key: "https://ghcr.io/v2/",
      registry: "ghcr.io",
      found: true,
    },
    {
      name: "Docker Hub by its old key",
      key: "https://index.docker.io/v1/",
      registry: "docker.io",
      found: true,
    },
    { name: "Docker Hub by its name", key: "docker.io", registry: "docker.io", found: true },
    { name: "Docker Hub by its API host", key: "registry-1.docker.io", registry: "docker.io", found: true },
    { name: "a repository", key: "ghcr.io/me/app", registry: "ghcr.io/me/app", found: true },
    { name: "a folder above the repository", key: "ghcr.io/me", registry: "ghcr.io/me/app", found: true },
    { name: "the host of a repository", key: "ghcr.io", registry: "ghcr.io/me/app", found: true },
    { name: "another repository", key: "ghcr.io/you", registry: "ghcr.io/me/app", found: false },
    { name: "a longer name", key: "ghcr.io", registry: "evilghcr.io", found: false },
    { name: "a shorter name", key: "ghcr.io", registry: "cr.io", found: false },
    { name: "a subdomain", key: "docker.io", registry: "evil.docker.io", found: false },
    { name: "another port", key: "ghcr.io:5000", registry: "ghcr.io", found: false },
    { name: "an inherited name", key: "ghcr.io", registry: "constructor", found: false },
  ])("$name", ({ key, registry, found }) => {
    expect(findCredentials({ auths: { [key]: auth("me:secret") } }, registry)).toEqual(
      found ? me : undefined,
    );
  });

  it("prefers the more exact key", () => {
    const auths = { "https://r.io/": auth("a:1"), "r.io": auth("b:2"), "r.io/me": auth("c:3") };
    expect(findCredentials({ auths }, "r.io")?.username).toBe("b");
    expect(findCredentials({ auths }, "r.io/me/app")?.username).toBe("c");
  });

  it.each([
    { name: "user and password apart", entry: me, found: me },
    { name: "a colon in the password", entry: auth("me:a:b"), found: { username: "me", password: "a:b" } },
    { name: "auth before the others", entry: { ...auth("me:secret"), username: "you" }, found: me },
    { name: "an identity token", entry: { identitytoken: "t" }, found: { identityToken: "t" } },
    { name: "a registry token", entry: { registrytoken: "t" }, found: { registryToken: "t" } },
    { name: "an empty entry", entry: {}, found: undefined },
  ])("$name", ({ entry, found }) => {
    expect(findCredentials({ auths: { "r.io": entry } }, "r.io")).toEqual(found);
  });

  it.each([
    { name: "no base64", entry: { auth: "me:secret" } },
    { name: "no colon", entry: auth("mesecret") },
    { name: "no object", entry: "mesecret" },
    { name: "a number", entry: { username: 1 } },
  ])("names the key of a malformed entry, not its content: $name", ({ entry }) => {
    const find = () => findCredentials({ auths: { "r.io": entry } }, "r.io");
    expect(find).toThrow('the credentials for "r.io" are malformed');
    expect(find).not.toThrow("secret");
    expect(findCredentials({ auths: { "r.io": entry } }, "other.io")).toBe(undefined);
  });

  it("asks a registry's own helper before the store for all", () => {
    const config = { credsStore: "all", credHelpers: { "r.io": "own", "docker.io": "hub" } };
    expect(findHelper(config, "r.io")).toBe("own");
    expect(findHelper(config, "registry-1.docker.io")).toBe("hub");
    expect(findHelper(config, "other.io")).toBe("all");
    expect(findHelper({}, "r.io")).toBe(undefined);
  });
});

describe("credential source", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "multiarch-credentials-"));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });
  const write = (config: unknown): Promise<void> =>
    writeFile(join(folder, "config.json"), typeof config === "string" ? config : JSON.stringify(config));

  it("reads the environment before the file, host by host", async () => {
    await write({ auths: { "r.io": auth("file:1"), "other.io": auth("file:2") } });
    const inline = JSON.stringify({ auths: { "r.io": auth("env:3") } });
    const source = createCredentialSource({ env: { DOCKER_CONFIG: folder, DOCKER_AUTH_CONFIG: inline } });
    expect(await source.find("r.io")).toEqual({
      credentials: { username: "env", password: "3" },
      source: "DOCKER_AUTH_CONFIG",
    });
    expect(await source.find("other.io")).toMatchObject({ source: join(folder, "config.json") });
    expect(await source.mayHave("other.io")).toBe(true);
    expect(await source.mayHave("third.io")).toBe(false);
    expect((await source.find("third.io")).source).toBe(
      `DOCKER_AUTH_CONFIG or ${join(folder, "config.json")}`,
    );
  });

  it("passes over a broken environment with a warning, and reports a broken file", async () => {
    await write({ auths: { "r.io": auth("file:1") } });
    const warnings: string[] = [];
    const env = { DOCKER_CONFIG: folder, DOCKER_AUTH_CONFIG: "{}{}" };
    const source = createCredentialSource({ env, warn: (message) => warnings.push(message) });
    expect((await source.find("r.io")).credentials).toEqual({ username: "file", password: "1" });
    expect(warnings).toEqual(["DOCKER_AUTH_CONFIG is not one JSON object"]);
    await write('{"auths":');
    await expect(source.find("r.io")).rejects.toThrow(
      `${join(folder, "config.json")} is not one JSON object`,
    );
  });

  it("finds nothing where there is no file", async () => {
    const source = createCredentialSource({ env: { HOME: join(folder, "nobody") } });
    expect(await source.find("r.io")).toEqual({ source: join(folder, "nobody", ".docker", "config.json") });
  });

  it("reads the file anew each time", async () => {
    const source = createCredentialSource({ env: { DOCKER_CONFIG: folder } });
    await write({ auths: { "r.io": auth("me:1") } });
    await source.find("r.io");
    await write({ auths: { "r.io": auth("me:2") } });
    expect((await source.find("r.io")).credentials?.password).toBe("2");
  });

  it("runs a real helper", async () => {
    await write({ credHelpers: { "r.io": "multiarch-test" } });
    const program = join(folder, "docker-credential-multiarch-test");
    const script = `#!/bin/sh\nread -r server || true\n[ "$1" = get ] && echo "{\\"Username\\":\\"$server\\",\\"Secret\\":\\"s\\"}"\n`;
    await writeFile(program, script);
    await chmod(program, 0o755);
    const source = createCredentialSource({
      env: { DOCKER_CONFIG: folder },
      run: (name, server) => spawnHelper(join(folder, name), server),
    });
    expect(await source.find("r.io")).toEqual({
      credentials: { username: "r.io", password: "s" },
      source: "docker-credential-multiarch-test",
    });
  });
});

describe("credential helper", () => {
  const answer = (exitCode: number, stdout: string) => async () => ({ exitCode, stdout });

  it.each([
    { name: "user and secret", stdout: '{"Username":"me","Secret":"secret"}', found: me },
    {
      name: "an identity token",
      stdout: '{"Username":"<token>","Secret":"t"}',
      found: { identityToken: "t" },
    },
    { name: "an empty secret", stdout: '{"Username":"","Secret":""}', found: undefined },
  ])("$name", async ({ stdout, found }) => {
    expect(await askHelper("x", "r.io", answer(0, stdout))).toEqual(found);
  });

  it("takes its one sentence for nothing as nothing, any other failure as failure", async () => {
    const nothing = "credentials not found in native keychain\n";
    expect(await askHelper("x", "r.io", answer(1, nothing))).toBe(undefined);
    await expect(askHelper("x", "r.io", answer(1, "secret"))).rejects.toThrow(
      /^docker-credential-x failed for r.io/,
    );
    await expect(askHelper("x", "r.io", answer(0, "secret"))).rejects.toThrow(
      "docker-credential-x did not print JSON",
    );
    await expect(askHelper("../x", "r.io", answer(0, "{}"))).rejects.toThrow(
      "is not the name of a credential helper",
    );
  });

  it("says that it is not installed", async () => {
    await expect(askHelper("multiarch-missing", "r.io", spawnHelper)).rejects.toThrow(
      "cannot run docker-credential-multiarch-missing",
    );
  });
});

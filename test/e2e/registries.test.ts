import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { issueCertificates } from "../../src/buildkit/tls/certificates.ts";
import { fetchManifest, lab, startJob } from "./job.ts";
import type { TestJob } from "./job.ts";
import type { CertificateFiles, TlsRegistry, TokenService } from "./tls-registry.ts";
import { startTlsRegistry, startTokenService, writeCertificates } from "./tls-registry.ts";

// Real registries on TLS with an authority that nobody knows, so that nothing works but what `registries` says.

const folder = mkdtempSync(join(tmpdir(), "multiarch-registries-"));
const ours = issueCertificates(new Date());
const stranger = issueCertificates(new Date());
let files: CertificateFiles;
let strangerFiles: CertificateFiles;
let registry: TlsRegistry;
let strict: TlsRegistry;
let tokens: TokenService;
let guarded: TlsRegistry;

beforeAll(async () => {
  files = writeCertificates(join(folder, "ours"), ours);
  strangerFiles = writeCertificates(join(folder, "stranger"), stranger);
  tokens = await startTokenService(ours);
  const start = (name: string, options?: Parameters<typeof startTlsRegistry>[2]) => {
    mkdirSync(join(folder, name));
    return startTlsRegistry(join(folder, name), files, options);
  };
  [registry, strict, guarded] = await Promise.all([
    start("plain"),
    start("strict", { clientCa: files.ca }),
    start("guarded", { tokens }),
  ]);
});

afterAll(async () => {
  await Promise.all([registry, strict, guarded, tokens].map((each) => each[Symbol.asyncDispose]()));
  rmSync(folder, { recursive: true });
});

/** A daemon that knows nothing of the lab's registries: what it trusts is in `registries` alone. */
async function setUp(job: TestJob, registries: readonly string[]) {
  const config = join(job.folder, "empty.toml");
  writeFileSync(config, "");
  return job.outputs("setup", [
    ...["--platforms", "linux/amd64,linux/arm64", "--buildkitd-config", config],
    ...["--registries", registries.join("\n")],
  ]);
}

/** Two platforms of an image whose base comes from the registry, too. */
async function buildAndPublish(job: TestJob, address: string, repository: string) {
  const context = join(job.folder, "context");
  mkdirSync(context);
  writeFileSync(join(context, "Dockerfile"), `FROM ${address}/library/busybox\nRUN uname -m > /machine\n`);
  const image = ["--image", `${address}/${repository}`, "--platforms", "linux/amd64,linux/arm64"];
  const build = await job.step("build", ["--print", "json", ...image, "--context", context]);
  const publish = await job.step("publish-manifest", ["--print", "json", ...image, "--tags", "t"]);
  return { build, publish };
}

/** Whether both steps did their work, by the lab's registry: its files are the same, and it has no TLS. */
async function publishedAlike(
  repository: string,
  { build, publish }: Awaited<ReturnType<typeof buildAndPublish>>,
) {
  expect(build.code, build.stderr).toBe(0);
  expect(publish.code, publish.stderr).toBe(0);
  const { digest } = JSON.parse(publish.stdout) as { digest: string };
  const found = await fetchManifest(lab.LAB_REGISTRY, repository, "t");
  const images = found.json.manifests.filter(({ platform }) => platform.os === "linux");
  return found.digest === digest && images.length === 2;
}

const field = (name: string, path: string): string => `${name}=${path}`;

describe("a registry on TLS with an authority of its own", () => {
  it("is trusted by the daemon and by publish, once registries names the authority", async () => {
    await using job = startJob();
    await setUp(job, [[registry.address, field("ca", files.ca)].join(",")]);
    expect(
      await publishedAlike("e2e/tls-ca", await buildAndPublish(job, registry.address, "e2e/tls-ca")),
    ).toBe(true);
  });

  it("is a mirror of docker.io", async () => {
    await using job = startJob();
    await setUp(job, [
      `docker.io,mirror=${registry.address}`,
      [registry.address, field("ca", files.ca)].join(","),
    ]);
    const image = ["--image", `${registry.address}/e2e/tls-mirror`, "--platforms", "linux/amd64"];
    // Its Dockerfile says FROM busybox, and no docker.io is in reach here.
    await job.outputs("build", [...image, "--context", "examples/hello"]);
    const { tags } = await job.outputs("publish-manifest", [...image, "--tags", "t"]);
    expect(tags).toBe(`${registry.address}/e2e/tls-mirror:t`);
  });

  it("gets the client certificate that it wants, from the daemon and from publish", async () => {
    await using job = startJob();
    const keyPair = [field("cert", files.clientCert), field("key", files.clientKey)];
    await setUp(job, [[strict.address, field("ca", files.ca), ...keyPair].join(",")]);
    expect(
      await publishedAlike("e2e/tls-client", await buildAndPublish(job, strict.address, "e2e/tls-client")),
    ).toBe(true);
  });

  it("may have a token service on TLS, which buildctl and publish ask", async () => {
    await using job = startJob();
    await setUp(job, [[guarded.address, field("ca", files.ca)].join(",")]);
    const before = tokens.given();
    expect(
      await publishedAlike("e2e/tls-token", await buildAndPublish(job, guarded.address, "e2e/tls-token")),
    ).toBe(true);
    expect(tokens.given()).toBeGreaterThan(before + 1);
  });

  it("is used with any certificate where registries says insecure", async () => {
    await using job = startJob();
    await setUp(job, [`${registry.address},insecure`]);
    expect(
      await publishedAlike("e2e/tls-any", await buildAndPublish(job, registry.address, "e2e/tls-any")),
    ).toBe(true);
  });
});

describe("a registry that can't be trusted", () => {
  it.each([
    { name: "its authority is not named", trust: () => ["http=false"] },
    { name: "another authority is named", trust: () => [field("ca", strangerFiles.ca)] },
  ])("is refused by build and by publish, and the message names the input: $name", async ({ trust }) => {
    await using job = startJob();
    await setUp(job, [[registry.address, ...trust()].join(",")]);
    const { build } = await buildAndPublish(job, registry.address, "e2e/tls-refused");
    expect(build.code).toBe(1);
    expect(build.stderr).toContain("x509: certificate signed by unknown authority");
    expect(build.stderr).toMatch(new RegExp(`fix: .*registries: ${registry.address},ca=FILE`));

    const publish = await job.step("publish-manifest", [
      ...["--image", `${registry.address}/e2e/tls-refused`, "--tags", "t"],
      ...["--descriptors", JSON.stringify([descriptor])],
    ]);
    expect(publish.code).toBe(1);
    expect(publish.stderr).toContain(`the certificate of ${registry.address} is not trusted`);
    expect(publish.stderr).toContain(`registries: ${registry.address},ca=FILE`);
    await expect(fetchManifest(lab.LAB_REGISTRY, "e2e/tls-refused", "t")).rejects.toThrow("404");
  });

  it("because it wants a client certificate says so, by the name of the input", async () => {
    await using job = startJob();
    await setUp(job, [[strict.address, field("ca", files.ca)].join(",")]);
    const { build } = await buildAndPublish(job, strict.address, "e2e/tls-refused");
    expect(build.code).toBe(1);
    expect(build.stderr).toMatch(/fix: .*registries: .*cert=FILE,key=FILE/);
    const publish = await job.step("publish-manifest", [
      ...["--image", `${strict.address}/e2e/tls-refused`, "--tags", "t"],
      ...["--descriptors", JSON.stringify([descriptor])],
    ]);
    expect(publish.code).toBe(1);
    expect(publish.stderr).toMatch(/fix: .*registries: .*cert=FILE,key=FILE/);
  });
});

const descriptor = {
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  digest: `sha256:${"a".repeat(64)}`,
  size: 7,
  platform: { os: "linux", architecture: "amd64" },
};

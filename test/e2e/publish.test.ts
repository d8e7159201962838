// What publish-manifest writes to real registries, and what other programs make of it.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { fetchManifest, lab, program, startJob } from "./job.ts";
import type { ManifestJson, TestJob } from "./job.ts";

const folder = mkdtempSync(join(tmpdir(), "multiarch-publish-"));
const auth = Buffer.from(`${lab.LAB_REGISTRY_USER}:${lab.LAB_REGISTRY_PASSWORD}`).toString("base64");
const login = { DOCKER_CONFIG: folder };
const repository = "e2e/publish";
const open = `${lab.LAB_REGISTRY}/${repository}`;
const guarded = `${lab.LAB_REGISTRY_AUTH}/${repository}`;
const name = `${open}:1.0.0`;
const platforms = ["linux/amd64", "linux/arm64", "linux/arm/v7"];
let source: ManifestJson;
let outputs: Readonly<Record<string, string>>;

const tool = (file: string): string => join(lab.LAB_REGISTRY_TOOLS ?? "", file);

const platformText = ({ platform }: ManifestJson["manifests"][number]): string =>
  [platform.os, platform.architecture, platform.variant].filter(Boolean).join("/").replace(/\/v8$/, "");

/** Three images out of the lab's busybox, each by its digest. */
function sources(): readonly string[] {
  return platforms.map((wanted) => {
    // The lab's busybox names the default variant of arm64, which an index leaves out.
    const entry = source.manifests.find((candidate) => platformText(candidate) === wanted);
    return `${lab.LAB_REGISTRY}/library/busybox@${entry?.digest}`;
  });
}

const publish = (job: TestJob, args: readonly string[]) =>
  job.step("publish-manifest", ["--print", "json", ...args], { env: login });

beforeAll(async () => {
  writeFileSync(
    join(folder, "config.json"),
    JSON.stringify({ auths: { [lab.LAB_REGISTRY_AUTH]: { auth } } }),
  );
  const [, tag = ""] = /:([^:/]+)$/.exec(lab.LAB_BASE_IMAGE) ?? [];
  ({ json: source } = await fetchManifest(lab.LAB_REGISTRY, "library/busybox", tag));
  await using job = startJob();
  outputs = await job.outputs(
    "publish-manifest",
    [
      ...["--image", `${open},${guarded}`, "--tags", "1.0.0,latest", "--sources", sources().join(",")],
      ...["--platforms", platforms.join(","), "--annotations", "org.opencontainers.image.title=<e2e> & more"],
    ],
    { env: login },
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

describe("an index over images of another repository", () => {
  it("is the same in a registry that anybody may use and in one that wants a login", async () => {
    const found = await Promise.all([
      fetchManifest(lab.LAB_REGISTRY, repository, "1.0.0"),
      fetchManifest(lab.LAB_REGISTRY, repository, "latest"),
      fetchManifest(lab.LAB_REGISTRY_AUTH, repository, "latest", { authorization: `Basic ${auth}` }),
    ]);
    for (const { digest, json } of found) {
      expect(digest).toBe(outputs["digest"]);
      expect(json.manifests.map(platformText)).toEqual(platforms);
    }
  });

  it("is published again without a single write", async () => {
    await using job = startJob();
    const { code, stdout } = await publish(job, [
      "--image",
      open,
      "--tags",
      "1.0.0",
      "--sources",
      sources().join(","),
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ changed: "false", digest: outputs["digest"] });
  });

  it("goes through an OCI layout, folder and archive, to another registry", async () => {
    await using job = startJob();
    for (const place of ["layout", "layout.tar"]) {
      const layout = `oci:${join(folder, place)}`;
      const saved = await publish(job, ["--image", layout, "--tags", "t", "--sources", name]);
      expect(saved.code, saved.stderr).toBe(0);
      const pushed = await publish(job, [
        "--image",
        guarded,
        "--tags",
        "from-layout",
        "--sources",
        `${layout}:t`,
      ]);
      expect(pushed.code, pushed.stderr).toBe(0);
      const { json } = await fetchManifest(lab.LAB_REGISTRY_AUTH, repository, "from-layout", {
        authorization: `Basic ${auth}`,
      });
      expect(json.manifests.map(platformText).toSorted()).toEqual(platforms.toSorted());
    }
  });
});

describe("racing publishers at a real registry", () => {
  it("leave one whole index behind", async () => {
    await using job = startJob();
    const sets = sources().map((_, index) => sources().slice(0, index + 1));
    const ends = await Promise.all(
      sets.map((set) => publish(job, ["--image", open, "--tags", "race", "--sources", set.join(",")])),
    );
    const { digest } = await fetchManifest(lab.LAB_REGISTRY, repository, "race");
    const published = ends
      .filter(({ code }) => code === 0)
      .map(({ stdout }) => (JSON.parse(stdout) as { readonly digest: string }).digest);
    expect(published).toContain(digest);
  });
});

/** What a program says of the index, and the digest of the image that it picks: of its manifest, or of its config. */
interface Reader {
  readonly name: string;
  readonly program: string;
  readonly list: (file: string) => Promise<string>;
  readonly pick?: (file: string, platform: string) => Promise<string>;
}

const readers: readonly Reader[] = [
  {
    name: "docker",
    program: "docker",
    list: (file) => program(file, ["manifest", "inspect", "--insecure", name]),
    pick: async (file, platform) => {
      await program(file, ["pull", "--quiet", "--platform", platform, name]);
      return program(file, ["image", "inspect", "--format={{.Id}}", name]);
    },
  },
  {
    name: "buildx imagetools",
    program: join(lab.LAB_BUILDX ?? "", "docker-buildx"),
    list: (file) => program(file, ["imagetools", "inspect", "--raw", name]),
  },
  {
    name: "podman",
    program: join(lab.LAB_PODMAN ?? "", "podman"),
    list: (file) => program(file, ["manifest", "inspect", name]),
    pick: async (file, platform) => {
      await program(file, ["pull", "--quiet", "--tls-verify=false", "--platform", platform, name]);
      return `sha256:${await program(file, ["image", "inspect", "--format={{.Id}}", name])}`;
    },
  },
  {
    name: "skopeo",
    program: join(lab.LAB_PODMAN ?? "", "skopeo"),
    list: (file) => program(file, ["inspect", "--raw", "--tls-verify=false", `docker://${name}`]),
  },
  {
    name: "crane",
    program: tool("crane"),
    list: (file) => program(file, ["manifest", "--insecure", name]),
    pick: (file, platform) => program(file, ["digest", "--insecure", "--platform", platform, name]),
  },
  {
    name: "regctl",
    program: tool("regctl"),
    list: (file) =>
      program(file, [
        ...[
          "--host",
          `reg=${lab.LAB_REGISTRY},tls=disabled`,
          "manifest",
          "get",
          "--format",
          "raw-body",
          name,
        ],
      ]),
  },
];

describe("check 17: other programs", () => {
  for (const { list, name: reader, pick, program: file } of readers) {
    it(`${reader} reads the same images`, async () => {
      const text = await list(file);
      const { manifests } = JSON.parse(outputs["index"] ?? "") as ManifestJson;
      for (const { digest } of manifests) expect(text).toContain(digest);
    });
    if (pick === undefined) continue;
    it.each(platforms)(`${reader} picks the image for %s`, async (platform) => {
      const { manifests } = JSON.parse(outputs["index"] ?? "") as ManifestJson;
      const { digest = "" } = manifests.find((entry) => platformText(entry) === platform) ?? {};
      const { json } = await fetchManifest(lab.LAB_REGISTRY, repository, digest);
      expect([digest, json.config.digest]).toContain(await pick(file, platform));
    });
  }
});

/** Registries of other makes. */
const makes = [
  {
    name: "distribution 3",
    program: tool("registry"),
    args: (address: string, place: string): readonly string[] => {
      const file = join(place, "config.yml");
      const storage = `storage:\n  filesystem:\n    rootdirectory: ${join(place, "data")}\n  delete:\n    enabled: true\n`;
      writeFileSync(file, `version: 0.1\n${storage}http:\n  addr: ${address}\n`);
      return ["serve", file];
    },
  },
  {
    name: "go-containerregistry",
    program: tool("crane"),
    args: (address: string): readonly string[] => ["registry", "serve", "--address", address],
  },
];

describe("registries of other makes", () => {
  for (const { args, name: make, program: file } of makes) {
    it(`${make} takes an index, gives it back, and lets a staging tag go`, async () => {
      await using job = startJob();
      const port = await freePort();
      const address = `127.0.0.1:${port}`;
      const server = spawn(file, args(address, job.folder), {
        stdio: "ignore",
        env: { ...process.env, OTEL_TRACES_EXPORTER: "none" },
      });
      try {
        await vi.waitFor(() => fetch(`http://${address}/v2/`), { timeout: 20_000 });
        const image = ["--image", `${address}/${repository}`, "--platforms", platforms.join(",")];
        const first = await publish(job, [
          ...image,
          "--tags",
          "1.0.0,latest",
          "--sources",
          sources().join(","),
        ]);
        expect(first.code, first.stderr).toBe(0);
        const { digest } = JSON.parse(first.stdout) as { readonly digest: string };
        expect((await fetchManifest(address, repository, "latest")).digest).toBe(digest);

        const commit = await program("git", ["rev-parse", "HEAD"]);
        for (const [index, platform] of platforms.entries()) {
          const tag = `multiarch-${commit}-0-${platform.replaceAll("/", "-")}`;
          await job.outputs(
            "publish-manifest",
            ["--image", `${address}/${repository}`, "--tags", tag, "--sources", sources()[index] ?? ""],
            { env: login },
          );
        }
        const handed = await publish(job, [...image, "--tags", "2.0.0", "--handoff", "registry"]);
        expect(handed.code, handed.stderr).toBe(0);
        expect((JSON.parse(handed.stdout) as { readonly digest: string }).digest).toBe(digest);
        const list = await fetch(`http://${address}/v2/${repository}/tags/list`);
        expect(await list.json()).toMatchObject({
          tags: expect.arrayContaining(["1.0.0", "2.0.0", "latest"]),
        });
      } finally {
        server.kill();
      }
    });
  }
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => void server.close(resolve));
  return port;
}

import { existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeContext } from "./context.ts";
import { lab, program, startJob } from "./job.ts";
import { readBlob, readFiles, readImage, readTags } from "./registry-image.ts";

const registry = lab.LAB_REGISTRY;
const job = startJob();
const both = ["--platforms", "linux/amd64,linux/386"];
const one = ["--platforms", "linux/amd64"];
let context: readonly string[] = [];

interface LayoutIndex {
  readonly manifests: readonly {
    readonly digest: string;
    readonly annotations?: Readonly<Record<string, string>>;
  }[];
}

beforeAll(async () => {
  const folder = writeContext(job, "context", {
    Dockerfile: [
      "FROM busybox AS made",
      "ARG TARGETARCH",
      'RUN echo "made for $TARGETARCH" > /said',
      "FROM scratch AS files",
      "COPY --from=made /said /said",
      "FROM busybox",
      "COPY --from=made /said /said",
      'CMD ["cat", "/said"]',
    ],
  });
  context = ["--context", folder];
  await job.outputs("setup", ["--platforms", "linux/amd64"]);
});

afterAll(() => job[Symbol.asyncDispose]());

/** A folder of its own for what a test exports. */
function place(name: string): string {
  const folder = join(job.folder, "out", name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

async function listTar(file: string): Promise<readonly string[]> {
  return (await program("tar", ["--list", "--file", file])).split("\n");
}

describe("an image that is pushed", () => {
  it("goes by its digest, and no tag moves", async () => {
    const args = ["--image", `${registry}/e2e/pushed`, "--tags", "latest", ...context, ...both];
    const { descriptors = "[]", digest } = await job.outputs("build", args);
    const parsed = JSON.parse(descriptors) as { digest: string; platform: { architecture: string } }[];
    expect(digest).toBeUndefined();
    expect(parsed.map(({ platform }) => platform.architecture)).toEqual(["amd64", "386"]);
    for (const { digest: pushed, platform } of parsed) {
      const { config, manifest } = await readImage("e2e/pushed", pushed);
      expect(config.architecture).toBe(platform.architecture);
      expect(await readFiles("e2e/pushed", manifest)).toMatchObject({
        said: `made for ${platform.architecture}\n`,
      });
    }
    expect(await readTags("e2e/pushed")).toEqual([]);
  });

  it("goes to several repositories", async () => {
    const { digest = "" } = await job.outputs("build", [
      ...["--image", `${registry}/e2e/pushed-a`, "--tags", `${registry}/e2e/pushed-b:1`, ...context, ...one],
    ]);
    for (const repository of ["e2e/pushed-a", "e2e/pushed-b"]) {
      expect((await readImage(repository, digest)).digest).toBe(digest);
      expect(await readTags(repository)).toEqual([]);
    }
  });

  it("is what type=registry means", async () => {
    const name = `${registry}/e2e/registry-alias`;
    const output = `type=registry,name=${name}:tagged,oci-mediatypes=false`;
    const args = ["--outputs", output, "--provenance", "false", ...context, ...one];
    const { digest = "", imageid } = await job.outputs("build", args);
    const { manifest } = await readImage("e2e/registry-alias", digest);
    expect(manifest.mediaType).toBe("application/vnd.docker.distribution.manifest.v2+json");
    expect(manifest.config.digest).toBe(imageid);
    expect(await readTags("e2e/registry-alias")).toEqual([]);
  });

  it("can be compressed by zstd", async () => {
    const image = `${registry}/e2e/zstd`;
    const output = `type=image,name=${image},push=true,compression=zstd,compression-level=3,force-compression=true`;
    const { digest = "" } = await job.outputs("build", ["--outputs", output, ...context, ...one]);
    const { manifest } = await readImage("e2e/zstd", digest);
    expect(manifest.layers).toHaveLength(2);
    for (const layer of manifest.layers) {
      expect(layer.mediaType).toBe("application/vnd.oci.image.layer.v1.tar+zstd");
      const bytes = await readBlob("e2e/zstd", layer.digest);
      expect(bytes.subarray(0, 4).toString("hex")).toBe("28b52ffd");
    }
  });
});

describe("an OCI archive", () => {
  it("is written for one platform", async () => {
    const file = join(place("oci"), "image.tar");
    const { digest } = await job.outputs("build", ["--outputs", `type=oci,dest=${file}`, ...context, ...one]);
    expect(await listTar(file)).toContain("oci-layout");
    const index = JSON.parse(await program("tar", ["-xOf", file, "index.json"])) as LayoutIndex;
    expect(index.manifests.map((descriptor) => descriptor.digest)).toEqual([digest]);
  });

  it("is one per platform where the name says so", async () => {
    const file = join(place("oci-both"), "{platform}.tar");
    await job.outputs("build", ["--outputs", `type=oci,dest=${file}`, ...context, ...both]);
    expect(readdirSync(place("oci-both")).toSorted()).toEqual(["linux-386.tar", "linux-amd64.tar"]);
  });

  it("can be a folder", async () => {
    const folder = place("layout");
    const output = `type=oci,tar=false,dest=${folder}/{arch}`;
    const { metadata = "" } = await job.outputs("build", ["--outputs", output, ...context, ...both]);
    const built = JSON.parse(metadata) as Record<string, Record<string, string>>;
    for (const [platform, document] of Object.entries(built)) {
      const place = join(folder, platform.replace("linux/", ""));
      const { manifests } = JSON.parse(readFileSync(join(place, "index.json"), "utf8")) as LayoutIndex;
      expect(manifests.map(({ digest }) => digest)).toEqual([document["containerimage.digest"]]);
    }
    expect(Object.keys(built)).toEqual(["linux/amd64", "linux/386"]);
  });
});

describe("an image for Docker", () => {
  it("is written to an archive that Docker loads", async () => {
    const file = join(place("docker"), "image.tar");
    const output = `type=docker,name=e2e/docker-archive:1,dest=${file}`;
    await job.outputs("build", ["--outputs", output, ...context, ...one]);
    expect(await program("docker", ["load", "--input", file])).toContain("e2e/docker-archive:1");
    expect(await program("docker", ["run", "--rm", "e2e/docker-archive:1"])).toBe("made for amd64");
    await program("docker", ["rmi", "e2e/docker-archive:1"]);
  });

  it("is loaded under its tags", async () => {
    const args = ["--load", "true", "--tags", "e2e/loaded:1,e2e/loaded:2", ...context, ...one];
    const { imageid } = await job.outputs("build", args);
    expect(await program("docker", ["run", "--rm", "e2e/loaded:1"])).toBe("made for amd64");
    expect(await program("docker", ["image", "inspect", "--format={{.Id}}", "e2e/loaded:2"])).toBe(imageid);
    await program("docker", ["rmi", "e2e/loaded:1", "e2e/loaded:2"]);
  });

  it("is loaded for several platforms under names of their own", async () => {
    const args = ["--load", "true", "--tags", "e2e/loaded:3", "--platform-tags", "{tag}-{arch}"];
    await job.outputs("build", [...args, ...context, ...both]);
    expect(await program("docker", ["run", "--rm", "e2e/loaded:3-amd64"])).toBe("made for amd64");
    expect(await program("docker", ["run", "--rm", "e2e/loaded:3-386"])).toBe("made for 386");
    await program("docker", ["rmi", "e2e/loaded:3-amd64", "e2e/loaded:3-386"]);
  });
});

describe("files", () => {
  const files = ["--target", "files"];

  it("go to a folder", async () => {
    const folder = place("local");
    await job.outputs("build", ["--outputs", `type=local,dest=${folder}`, ...files, ...context, ...one]);
    expect(readFileSync(join(folder, "said"), "utf8")).toBe("made for amd64\n");
  });

  it("of several platforms go to a folder each", async () => {
    const folder = place("local-both");
    await job.outputs("build", ["--outputs", `type=local,dest=${folder}`, ...files, ...context, ...both]);
    expect(readdirSync(folder).toSorted()).toEqual(["linux_386", "linux_amd64"]);
    expect(readFileSync(join(folder, "linux_386", "said"), "utf8")).toBe("made for 386\n");
    expect(readFileSync(join(folder, "linux_amd64", "said"), "utf8")).toBe("made for amd64\n");
  });

  it("go where a bare path says", async () => {
    const cwd = place("bare");
    await job.outputs("build", ["--outputs", "./here", ...files, ...context, ...one], { cwd });
    expect(readFileSync(join(cwd, "here", "said"), "utf8")).toBe("made for amd64\n");
  });

  it("go to an archive", async () => {
    const file = join(place("tar"), "files.tar");
    await job.outputs("build", ["--outputs", `type=tar,dest=${file}`, ...files, ...context, ...one]);
    expect(await program("tar", ["-xOf", file, "said"])).toBe("made for amd64");
  });
});

describe("several exporters", () => {
  it("write at once", async () => {
    const folder = place("several");
    const outputs = [
      `type=local,dest=${join(folder, "files")}`,
      `type=oci,dest=${join(folder, "image-{platform}.tar")}`,
      `type=image,name=${registry}/e2e/several,push=true`,
    ];
    const args = outputs.flatMap((output) => ["--outputs", output]);
    const { descriptors = "" } = await job.outputs("build", [...args, ...context, ...both]);
    expect(readdirSync(folder).toSorted()).toEqual(["files", "image-linux-386.tar", "image-linux-amd64.tar"]);
    expect(existsSync(join(folder, "files/linux_386/said"))).toBe(true);
    const parsed = JSON.parse(descriptors) as { digest: string }[];
    expect(parsed).toHaveLength(2);
    for (const { digest } of parsed) expect((await readImage("e2e/several", digest)).digest).toBe(digest);
  });
});

describe("no exporter", () => {
  it.each([
    { what: "at all", outputs: [] },
    { what: "but cacheonly", outputs: ["--outputs", "type=cacheonly"] },
  ])("$what leaves the result in the cache, and says so", async ({ outputs }) => {
    const { code, stderr } = await job.step("build", [...outputs, ...context, ...one]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain(
      "built 1 platform; the result is in the cache alone, as neither push nor load nor outputs is given",
    );
  });
});

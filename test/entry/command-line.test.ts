import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { root, runEntrypoint } from "./entrypoint.ts";

const names = ["setup", "build", "publish-manifest", "teardown", "multiarch"];
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly version: string;
};

describe.each(names)("dist/%s.js", (name) => {
  it("--help prints on stdout and asks for nothing", async () => {
    const { code, stdout, stderr } = await runEntrypoint(name, ["--help"], { env: { PATH: "/nowhere" } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("Usage: multiarch");
    expect(stdout).toContain("--dry-run");
  });

  it("--version prints one line", async () => {
    const { code, stdout, stderr } = await runEntrypoint(name, ["--version"]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `multiarch ${version}\n`, stderr: "" });
  });

  it("refuses an unknown flag", async () => {
    const { code, stdout, stderr } = await runEntrypoint(name, ["--dry-rum"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("unknown input --dry-rum: did you mean --dry-run?");
  });
});

describe("dist/multiarch.js", () => {
  it.each(["setup", "build", "publish-manifest", "teardown"])(
    "%s as the first word is that step",
    async (word) => {
      const step = await runEntrypoint(word, ["--help"]);
      expect(await runEntrypoint("multiarch", [word, "--help"])).toEqual(step);
    },
  );

  it("suggests a step for a word that is none", async () => {
    const { code, stderr } = await runEntrypoint("multiarch", ["publish-manifests"]);
    expect(code).toBe(2);
    expect(stderr).toContain('unexpected argument "publish-manifests": did you mean publish-manifest?');
  });
});

describe("wrong input", () => {
  const context = mkdtempSync(join(tmpdir(), "multiarch-context-"));
  writeFileSync(join(context, "Dockerfile"), "FROM scratch\n");
  afterAll(() => rmSync(context, { recursive: true }));

  it.each([
    { name: "build", args: ["--push"], says: ["push: where to? Name the repositories with image"] },
    { name: "publish-manifest", args: [], says: ["image is missing", "tags is missing"] },
    { name: "multiarch", args: [], says: ["image is missing", "tags is missing"] },
    {
      name: "build",
      args: ["--image", "Someone/Server"],
      says: ['image: not an image reference: "Someone/Server"', 'did you mean "someone/server"?'],
    },
    { name: "build", args: ["--image", "Someone/server"], says: ['did you mean "someone/server"?'] },
    { name: "build", args: ["--image", "a/b:latest"], says: ['"a/b:latest" names a tag or digest'] },
    {
      name: "build",
      args: ["--image", "a/b", "--platforms", "linux/arm65"],
      says: ['platforms: unknown platform "linux/arm65": did you mean linux/arm64?'],
    },
    {
      name: "build",
      args: ["--image", "a/b", "--platforms", "linux/arm64,linux/aarch64"],
      says: ["platforms: linux/arm64 stands there twice"],
    },
    {
      name: "setup",
      args: ["--platforms", "linux/amd64,linux/amd64"],
      says: ["platforms: linux/amd64 stands there twice"],
    },
    {
      name: "publish-manifest",
      args: ["--image", "a/b", "--tags", "v1,v1 beta"],
      says: ['tags: not a tag: "v1 beta": did you mean "v1-beta"?'],
    },
    {
      name: "build",
      args: ["--image", "a/b", "--context", "examples"],
      says: ["file: there is no Dockerfile in examples; name it with file"],
    },
    {
      name: "build",
      args: ["--image", "a/b", "--context", "no-such"],
      says: ["context: there is no folder no-such"],
    },
    {
      name: "build",
      args: ["--image", "a/b", "--context", context, "--file", "no-such"],
      says: ["file: there is no file no-such"],
    },
    {
      name: "build",
      args: ["--image", "a/b", "--context", context, "--build-args", "NOT_SET_ANYWHERE"],
      says: [
        "build-args: NOT_SET_ANYWHERE has no value, and there is no environment variable NOT_SET_ANYWHERE",
      ],
    },
    {
      name: "setup",
      args: ["--buildkitd-config", "no-such.toml", "--buildkit-version", "latest", "--emulation", "magic"],
      says: [
        "buildkitd-config: there is no file no-such.toml",
        'buildkit-version: "latest" is not a release',
        'emulation: "magic" is not one of auto, embedded, binfmt, none',
      ],
    },
    {
      name: "publish-manifest",
      args: ["--image", "a/b", "--tags", "t", "--descriptors", "{}"],
      says: ["descriptors: "],
    },
  ])("$name $args", async ({ name, args, says }) => {
    const { code, stdout, stderr } = await runEntrypoint(name, args);
    for (const text of says) expect(stderr).toContain(text);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it("reports all of it at once", async () => {
    const { stderr } = await runEntrypoint("build", [
      ...["--imag", "a/b", "--image", "A/b", "--platforms", "linux/arm65,x/y"],
      ...["--context", "no-such"],
    ]);
    expect(stderr.match(/^error: /gm)).toHaveLength(5);
  });

  it("finds a slip in a variable's name", async () => {
    const { code, stderr } = await runEntrypoint("setup", ["--dry-run"], {
      env: { MULTIARCH_PLATFORM: "linux/arm64" },
    });
    expect(code).toBe(2);
    expect(stderr).toContain("unknown variable MULTIARCH_PLATFORM: did you mean MULTIARCH_PLATFORMS?");
  });
});

describe("without an engine", () => {
  it("setup says that there is no Docker, and what to do", async () => {
    const args = ["--driver", "docker-container"];
    const { code, stdout, stderr } = await runEntrypoint("setup", args, { env: { PATH: "/nowhere" } });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("error: there is no Docker here: the program docker was not found on PATH");
    expect(stderr).toContain("fix: install Docker Engine");
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it("build says that setup comes first", async () => {
    const args = ["--image", "a/b", "--context", "examples/hello"];
    const { code, stderr } = await runEntrypoint("build", args);
    expect(code).toBe(1);
    expect(stderr).toContain("there is no BuildKit daemon to build with");
    expect(stderr).toContain("fix: run setup before build");
  });

  it("publish-manifest says that build comes first", async () => {
    const { code, stderr } = await runEntrypoint("publish-manifest", ["--image", "a/b", "--tags", "t"]);
    expect(code).toBe(1);
    expect(stderr).toContain("nothing was built for docker.io/a/b in this job");
  });

  it("teardown succeeds with nothing to do", async () => {
    const env = { PATH: "/nowhere" };
    expect(await runEntrypoint("teardown", [], { env })).toMatchObject({ code: 0, stdout: "", stderr: "" });
  });

  it("a registry that is down fails the publish, by name", async () => {
    const descriptors = JSON.stringify([
      {
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        digest: `sha256:${"a".repeat(64)}`,
        size: 7,
        platform: { os: "linux", architecture: "amd64" },
      },
    ]);
    const args = ["--image", "127.0.0.1:1/a/b", "--tags", "t", "--descriptors", descriptors];
    const { code, stderr } = await runEntrypoint("publish-manifest", args);
    expect(code).toBe(1);
    expect(stderr).toContain("127.0.0.1:1");
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe("--debug", () => {
  it("shows a stack trace", async () => {
    const { stderr } = await runEntrypoint("setup", ["--debug", "--driver", "docker-container"], {
      env: { PATH: "/nowhere" },
    });
    expect(stderr).toMatch(/^\s+at /m);
  });
});

import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asRunnerShows, findInFiles, readAllBlobs } from "./canary.ts";
import { writeContext } from "./context.ts";
import { createRepository, startGitServer } from "./git-server.ts";
import type { GitServer } from "./git-server.ts";
import { lab, program, startJob } from "./job.ts";
import { readPushed } from "./job-state.ts";
import { readFiles, readImage } from "./registry-image.ts";

const job = startJob();
const image = `${lab.LAB_REGISTRY}/e2e/contexts`;
const push = ["--image", image, "--platforms", "linux/amd64"];
let open: GitServer;
let commits = { first: "", second: "", pull: "" };

beforeAll(async () => {
  const repository = createRepository(job, "owner/app");
  const dockerfile = ["FROM scratch", "COPY said /said"];
  const first = repository.commit(
    {
      Dockerfile: dockerfile,
      said: "first",
      "sub/Dockerfile": dockerfile,
      "sub/said": "first in sub",
      "other.Dockerfile": ["FROM scratch", "COPY said /other"],
    },
    "refs/tags/v1",
  );
  const second = repository.commit({ said: "second", "sub/said": "second in sub" });
  const pull = repository.commit({ said: "pull request" }, "refs/pull/7/head");
  commits = { first, second, pull };
  await program("git", [
    "-C",
    join(job.folder, "git/owner/app.git"),
    "update-ref",
    "refs/heads/main",
    second,
  ]);
  open = await startGitServer(join(job.folder, "git"));
  await job.outputs("setup", ["--platforms", "linux/amd64"]);
});

afterAll(async () => {
  await job[Symbol.asyncDispose]();
  await open[Symbol.asyncDispose]();
});

/** Builds, pushes, and gives the files of the image. */
async function build(
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): Promise<Readonly<Record<string, string>>> {
  const ended = await job.step("build", [...push, ...args], options);
  expect(ended, ended.stdout + ended.stderr).toMatchObject({ code: 0 });
  const [{ digest } = { digest: "" }] = readPushed(job, image);
  const { manifest } = await readImage("e2e/contexts", digest);
  return readFiles("e2e/contexts", manifest);
}

describe("a Git context", () => {
  it.each([
    { place: "owner/app.git", files: { said: "second" } },
    { place: "owner/app.git#v1", files: { said: "first" } },
    { place: "owner/app.git#refs/tags/v1:sub", files: { said: "first in sub" } },
    { place: "owner/app.git#:sub", files: { said: "second in sub" } },
    { place: "owner/app.git?tag=v1&subdir=sub", files: { said: "first in sub" } },
    { place: "owner/app.git#v1", args: ["--file", "other.Dockerfile"], files: { other: "first" } },
  ])("$place is fetched by BuildKit", async ({ place, args = [], files }) => {
    expect(await build(["--context", `${open.url}/${place}`, ...args])).toEqual(files);
  });

  it("that is not there fails, with its name", async () => {
    const args = ["--context", `${open.url}/owner/nothing.git#main`];
    const { code, stderr } = await job.step("build", [...push, ...args]);
    expect(code).toBe(1);
    expect(stderr).toContain("owner/nothing.git");
  });
});

describe("on GitHub", () => {
  const event = (sha: string): Record<string, string> => ({
    GITHUB_ACTIONS: "true",
    GITHUB_SERVER_URL: open.url,
    GITHUB_REPOSITORY: "owner/app",
    GITHUB_EVENT_NAME: "push",
    GITHUB_REF: "refs/heads/main",
    GITHUB_SHA: sha,
    GITHUB_OUTPUT: "",
  });

  it("the default context is the commit of the event, whatever the working directory is", async () => {
    const cwd = writeContext(job, "elsewhere", { Dockerfile: "FROM no-such-image" });
    for (const [sha, said] of [
      [commits.first, "first"],
      [commits.second, "second"],
    ] as const) {
      expect(await build([], { env: event(sha), cwd })).toEqual({ said });
    }
  });

  it("its folders can be named", async () => {
    const env = event(commits.first);
    expect(await build(["--context", "{{defaultContext}}:sub"], { env })).toEqual({ said: "first in sub" });
    expect(await build(["--context", "{{defaultContext}}", "--file", "other.Dockerfile"], { env })).toEqual({
      other: "first",
    });
  });

  it("a pull request can be built as it is, not merged", async () => {
    const payload = join(job.folder, "event.json");
    writeFileSync(payload, JSON.stringify({ pull_request: { head: { sha: commits.pull } } }));
    const env = {
      ...event(commits.second),
      GITHUB_EVENT_NAME: "pull_request",
      GITHUB_REF: "refs/pull/7/merge",
      GITHUB_EVENT_PATH: payload,
      DOCKER_DEFAULT_GIT_CONTEXT_PR_HEAD_REF: "true",
    };
    expect(await build([], { env })).toEqual({ said: "pull request" });
  });

  it("BuildKit fetches it with the job's token, which no other host gets, and which stays unseen", async () => {
    // What BuildKit has of a commit serves everybody, so this one is nowhere else.
    const secret = createRepository(job, "owner/secret").commit({
      Dockerfile: ["FROM scratch", "COPY said /said", "COPY --from=more said /more"],
      said: "in secret",
    });
    const token = "token-for-nobody-else";
    const basic = `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
    await using closed = await startGitServer(join(job.folder, "git"), basic);
    const env = {
      ...event(secret),
      GITHUB_SERVER_URL: closed.url,
      GITHUB_REPOSITORY: "owner/secret",
    };
    const args = [
      ...push,
      "--provenance",
      "mode=max",
      "--build-contexts",
      `more=${open.url}/owner/app.git#main`,
    ];
    expect(await job.step("build", args, { env })).toMatchObject({ code: 1 });
    const before = open.authorizations.length;
    const ended = await job.step("build", args, { env: { ...env, MULTIARCH_GITHUB_TOKEN: token } });
    expect(ended, ended.stdout).toMatchObject({ code: 0 });
    expect(asRunnerShows(ended.stdout)).not.toContain(token);
    expect(closed.authorizations).toContain(basic);
    const [{ digest } = { digest: "" }] = readPushed(job, image);
    const blobs = await readAllBlobs("e2e/contexts", digest);
    expect(blobs.filter((text) => text.includes(token))).toEqual([]);
    expect(findInFiles(job.folder, [token, basic.replace("Basic ", "")])).toEqual([]);
    expect(new Set(open.authorizations.slice(before))).toEqual(new Set([""]));
  });
});

describe("an archive at a URL", () => {
  it("is a context", async () => {
    const folder = writeContext(job, "archive", {
      Dockerfile: ["FROM scratch", "COPY said /said"],
      said: "from the archive",
    });
    const archive = join(job.folder, "archive.tar.gz");
    await program("tar", ["-czf", archive, "-C", folder, "."]);
    await using served = await serveFile(archive);
    expect(await build(["--context", `${served.url}/archive.tar.gz`])).toEqual({ said: "from the archive" });
  });
});

describe("more contexts", () => {
  const copying = (): string =>
    writeContext(job, "copying", {
      Dockerfile: ["FROM scratch", "COPY --from=more /said /said"],
      said: "not this one",
    });

  it("can be a folder", async () => {
    const folder = writeContext(job, "more", { said: "from the folder" });
    expect(await build(["--context", copying(), "--build-contexts", `more=${folder}`])).toEqual({
      said: "from the folder",
    });
  });

  it("can be a Git repository", async () => {
    const source = `${open.url}/owner/app.git#v1:sub`;
    expect(await build(["--context", copying(), "--build-contexts", `more=${source}`])).toEqual({
      said: "first in sub",
    });
  });

  it("can be another image, or an OCI layout of one", async () => {
    const folder = writeContext(job, "image", {
      Dockerfile: ["FROM scratch", "COPY said /said"],
      said: "from the image",
    });
    const layout = join(job.folder, "layout");
    const built = ["--context", folder, "--platforms", "linux/amd64"];
    const { digest } = await job.outputs("build", [...built, "--image", image]);
    await job.outputs("build", [...built, "--outputs", `type=oci,tar=false,dest=${layout}`]);
    for (const source of [
      `docker-image://${image}@${digest}`,
      `oci-layout://${layout}`,
      `oci-layout://${layout}:latest`,
      `oci-layout://${layout}@${layoutDigest(layout)}`,
    ]) {
      expect(await build(["--context", copying(), "--build-contexts", `more=${source}`]), source).toEqual({
        said: "from the image",
      });
    }
  });

  it("can be a file at a URL", async () => {
    const file = join(job.folder, "served");
    writeFileSync(file, "from the server");
    await using served = await serveFile(file);
    const context = writeContext(job, "file", { Dockerfile: ["FROM scratch", "COPY --from=more / /"] });
    const files = await build(["--context", context, "--build-contexts", `more=${served.url}/said`]);
    expect(Object.values(files)).toEqual(["from the server"]);
  });

  it("stand in for the stage and for the base image of their name", async () => {
    const replaced = writeContext(job, "replaced", { said: "instead of the stage" });
    const context = writeContext(job, "stages", {
      Dockerfile: ["FROM busybox AS more", "RUN false", "FROM no-such-base", "COPY --from=more /said /said"],
    });
    const contexts = `more=${replaced}\nno-such-base=docker-image://busybox`;
    const files = await build(["--context", context, "--build-contexts", contexts]);
    expect(files).toMatchObject({ said: "instead of the stage" });
    expect(Object.keys(files)).toContain("bin/busybox");
  });

  it("called context or dockerfile do not get in the way of ours", async () => {
    const folder = writeContext(job, "more", { said: "from the folder" });
    const context = writeContext(job, "named", {
      Dockerfile: [
        "FROM scratch",
        "COPY own /own",
        "COPY --from=context said /a",
        "COPY --from=dockerfile said /b",
      ],
      own: "own",
    });
    const contexts = `context=${folder}\ndockerfile=${folder}`;
    expect(await build(["--context", context, "--build-contexts", contexts])).toEqual({
      own: "own",
      a: "from the folder",
      b: "from the folder",
    });
  });
});

function layoutDigest(layout: string): string {
  const { manifests } = JSON.parse(readFileSync(join(layout, "index.json"), "utf8")) as {
    readonly manifests: readonly { readonly digest: string }[];
  };
  return manifests[0]?.digest ?? "";
}

async function serveFile(file: string): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((_, response) => void response.end(readFileSync(file)));
  await new Promise<void>((listening) => {
    server.listen(0, "127.0.0.1", listening);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () => new Promise((closed) => void server.close(() => closed())),
  };
}

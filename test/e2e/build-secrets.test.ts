import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ended } from "../entry/entrypoint.ts";
import { asRunnerShows, decodeLogs, findInFiles, readAllBlobs, readModes, watchArguments } from "./canary.ts";
import { writeContext } from "./context.ts";
import { lab, startJob } from "./job.ts";
import { readPushed } from "./job-state.ts";
import { readFiles, readImage } from "./registry-image.ts";

const job = startJob();
const temp = join(job.folder, "temp");
const platforms = ["--platforms", "linux/amd64,linux/386"];

/** Random, so that a place in which one stands has it from us. */
function canary(): string {
  return `canary-${randomBytes(12).toString("hex")}`;
}

const canaries = {
  value: canary(),
  lines: `${canary()}\n${canary()}`,
  variable: canary(),
  file: canary(),
  token: canary(),
};
const words = Object.values(canaries).flatMap((secret) => secret.split("\n"));
const outputFile = join(job.folder, "github-output");
const secretFile = join(job.folder, "given", "secret");

/** Each form of a secret, as a CI gives them: none of it is an argument of ours. */
const given = {
  MULTIARCH_SECRETS: `value=${canaries.value}\n"lines=${canaries.lines}"`,
  MULTIARCH_SECRET_ENVS: "variable=SECRET_OF_THE_JOB",
  MULTIARCH_SECRET_FILES: `file=${secretFile}`,
  MULTIARCH_GITHUB_TOKEN: canaries.token,
  SECRET_OF_THE_JOB: canaries.variable,
  RUNNER_TEMP: temp,
  TMPDIR: temp,
};
const ids = ["value", "lines", "variable", "file"] as const;
const mounts = ids.map((id) => `--mount=type=secret,id=${id}`).join(" ");

beforeAll(async () => {
  mkdirSync(temp);
  mkdirSync(join(secretFile, ".."));
  writeFileSync(secretFile, canaries.file);
  await job.outputs("setup", ["--platforms", "linux/amd64"]);
});

afterAll(() => job[Symbol.asyncDispose]());

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

describe("secrets", () => {
  it("reach the steps that mount them, byte for byte", async () => {
    const context = writeContext(job, "reach", {
      Dockerfile: ["FROM busybox", `RUN ${mounts} cd /run/secrets && sha256sum ${ids.join(" ")} > /sums`],
    });
    const image = `${lab.LAB_REGISTRY}/e2e/secrets`;
    const args = ["--image", image, "--context", context, "--platforms", "linux/amd64"];
    const { digest = "" } = await job.outputs("build", args, { env: given });
    const { manifest } = await readImage("e2e/secrets", digest);
    const { sums } = await readFiles("e2e/secrets", manifest);
    expect(sums).toBe(ids.map((id) => `${digestOf(canaries[id])}  ${id}\n`).join(""));
  });

  it("that may be missing may be", async () => {
    const context = writeContext(job, "optional", {
      Dockerfile: [
        "FROM busybox",
        "RUN --mount=type=secret,id=a --mount=type=secret,id=b --mount=type=secret,id=c ls /run/secrets > /names",
      ],
    });
    const image = `${lab.LAB_REGISTRY}/e2e/secrets`;
    const { digest = "" } = await job.outputs(
      "build",
      ["--image", image, "--context", context, "--platforms", "linux/amd64", "--no-cache", "true"],
      {
        env: {
          MULTIARCH_SECRETS: "a?=",
          MULTIARCH_SECRET_ENVS: "b?=NO_SUCH_VARIABLE",
          MULTIARCH_SECRET_FILES: "c?=no/such/file",
        },
      },
    );
    const { manifest } = await readImage("e2e/secrets", digest);
    // The empty value is a secret, too; what is not there is none.
    expect(await readFiles("e2e/secrets", manifest)).toMatchObject({ names: "a\n" });
  });

  it("that are missing are all told of, before anything is built", async () => {
    const { code, stderr } = await job.step("build", ["--context", "examples/hello"], {
      env: {
        MULTIARCH_SECRETS: `empty=\n${canaries.value}`,
        MULTIARCH_SECRET_ENVS: "variable=NO_SUCH_VARIABLE,blank=BLANK",
        MULTIARCH_SECRET_FILES: "file=no/such/file",
        BLANK: "",
      },
    });
    expect(code).toBe(2);
    expect(stderr.split("\n").filter((line) => line !== "")).toEqual([
      expect.stringMatching(/^error: secrets .*: empty is empty/),
      expect.stringMatching(/^error: secrets .*not shown/),
      expect.stringContaining("error: secret-envs: the environment variable NO_SUCH_VARIABLE is not set"),
      expect.stringContaining("error: secret-envs: the environment variable BLANK is empty"),
      expect.stringContaining("error: secret-files: there is no file no/such/file"),
    ]);
    expect(words.filter((word) => stderr.includes(word))).toEqual([]);
  });
});

describe("no trace of a secret", () => {
  // A step that prints them is the worst that can happen to a log.
  const dockerfile = [
    "FROM busybox",
    "ARG NAME",
    `RUN ${mounts} cd /run/secrets && echo "$NAME" && cat value && echo && cat lines && echo && \\`,
    "  cat variable && echo && cat file && echo && base64 value && sleep 1",
  ];

  const ways = [
    { way: "plain", shows: true, args: ["--progress", "plain"], env: {} },
    { way: "rawjson", shows: true, args: ["--progress", "rawjson"], env: {} },
    { way: "quiet", shows: false, args: ["--progress", "quiet"], env: {} },
    { way: "debug", shows: true, args: ["--debug"], env: {} },
    { way: "dry-run", shows: false, args: ["--dry-run"], env: {} },
    { way: "github", shows: true, args: [], env: { GITHUB_ACTIONS: "true", GITHUB_OUTPUT: outputFile } },
  ] as const;

  it.each(ways)("is left by a build, $way", async ({ way, shows, args, env }) => {
    const context = writeContext(job, "traces", { Dockerfile: dockerfile });
    const repository = `e2e/secrets-${way}`;
    writeFileSync(outputFile, "");
    let ended: Ended | undefined;
    const watched = await watchArguments(words, async () => {
      ended = await job.step(
        "build",
        [
          ...["--image", `${lab.LAB_REGISTRY}/${repository}`, "--context", context, ...platforms],
          ...["--build-args", `NAME=${way}`, "--provenance", "mode=max", ...args],
        ],
        { env: { ...given, ...env } },
      );
    });
    expect(ended, ended?.stderr).toMatchObject({ code: 0 });
    expect(watched.rounds).toBeGreaterThan(10);
    expect(watched.found).toEqual([]);

    const printed = `${ended?.stdout}\n${ended?.stderr}`;
    const shown = way === "github" ? asRunnerShows(printed) : decodeLogs(printed);
    // The runner knows the base64 of a secret by itself; BuildKit's own progress has it twice in base64.
    const forms =
      way === "github" || way === "rawjson"
        ? words
        : [...words, Buffer.from(canaries.value).toString("base64")];
    expect(forms.filter((form) => shown.includes(form))).toEqual([]);
    expect(shown.includes("***")).toBe(shows);

    const pushed = readPushed(job, `${lab.LAB_REGISTRY}/${repository}`);
    const blobs = await Promise.all(pushed.map(({ digest }) => readAllBlobs(repository, digest)));
    expect(blobs.map((texts) => texts.length > 5)).toEqual(way === "dry-run" ? [] : [true, true]);
    expect(words.filter((word) => blobs.flat().some((text) => text.includes(word)))).toEqual([]);

    expect(readdirSync(temp)).toEqual([]);
    expect(findInFiles(job.folder, words)).toEqual([secretFile]);
  });

  it("is left by a build that fails", async () => {
    const context = writeContext(job, "fails", { Dockerfile: [...dockerfile, "RUN false"] });
    for (const env of [{}, { GITHUB_ACTIONS: "true" }]) {
      const ended = await job.step("build", ["--context", context, ...platforms, "--no-cache", "true"], {
        env: { ...given, ...env },
      });
      expect(ended.code).toBe(1);
      const printed = `${ended.stdout}\n${ended.stderr}`;
      const shown = "GITHUB_ACTIONS" in env ? asRunnerShows(printed) : decodeLogs(printed);
      expect(words.filter((word) => shown.includes(word))).toEqual([]);
      expect(readdirSync(temp)).toEqual([]);
    }
  });

  it("is left by a build that is cancelled; while it runs, nobody else can read them", async () => {
    const context = writeContext(job, "cancelled", {
      Dockerfile: ["FROM busybox", `RUN ${mounts} echo "the step has begun" && sleep 100`],
    });
    let modes: Readonly<Record<string, string>> = {};
    const args = ["--context", context, "--platforms", "linux/amd64", "--progress", "rawjson"];
    const ended = await job.step("build", args, {
      env: given,
      watch: (printed, kill) => {
        // In base64, as BuildKit passes on what a step prints.
        if (Object.keys(modes).length > 0 || !printed.includes("dGhlIHN0ZXAgaGFzIGJlZ3Vu")) return;
        modes = readModes(temp);
        kill("SIGINT");
      },
    });
    expect(ended).toMatchObject({ code: 130, stdout: "" });
    const [folder = ""] = Object.keys(modes);
    expect(modes).toEqual({
      [folder]: "700",
      [`${folder}/secret-0`]: "600",
      [`${folder}/secret-1`]: "600",
    });
    expect(readdirSync(temp)).toEqual([]);
    expect(words.filter((word) => decodeLogs(ended.stderr).includes(word))).toEqual([]);
  });
});

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { performedCommands } from "../host/runner-commands.ts";
import { decodeLogs } from "./canary.ts";
import { writeContext } from "./context.ts";
import { lab, startJob } from "./job.ts";
import { readImage } from "./registry-image.ts";

// What a Dockerfile says or prints is for people to read, and for no CI to carry out.

const job = startJob();
const outputFile = join(job.folder, "output");
const evil = "sha256:evil";

const printed = [
  `##[set-output name=digest]${evil}`,
  `::set-output name=digest::${evil}`,
  `some text ##[set-output name=digest;]${evil}`,
  `\\r::set-output name=digest::${evil}`,
  `\\033[31m::set-output name=digest::${evil}`,
  `\\t ::set-output name=digest::${evil}`,
  `#\\033[0m#[set-output name=digest]${evil}`,
  `\\xe2\\x80\\x8b::set-output name=digest::${evil}`,
  `digest<<EOF\\n${evil}\\nEOF`,
  "::endgroup::",
  "::stop-commands::known",
  "::add-path::/evil",
  "::set-env name=PATH::/evil",
  "::error file=a.ts,line=1::evil",
  "::add-matcher::/evil.json",
  "##vso[task.setvariable variable=digest]evil",
  "##teamcity[setParameter name='digest' value='evil']",
  "section_start:1:evil\\r",
  "travis_fold:start:evil",
];
const commands = [
  ...["set-output", "set-env", "add-path", "add-mask", "add-matcher", "remove-matcher", "save-state", "echo"],
  ...["debug", "notice", "warning", "error", "group", "endgroup"],
];

function dockerfile(end: string): readonly string[] {
  return [
    "FROM busybox AS made",
    // In the name of a step, in what it prints, and in a finding.
    `RUN echo "::set-output name=digest::${evil} ##[set-output name=digest]${evil}" > /dev/null`,
    `RUN printf '%b\\n' ${printed.map((line) => `"${line}"`).join(" ")} | tee /dev/stderr`,
    `MAINTAINER ##[set-output name=digest]${evil}`,
    `LABEL evil="::set-output name=digest::${evil}"`,
    end,
  ];
}

beforeAll(async () => {
  mkdirSync(join(job.folder, "temp"));
  await job.outputs("setup", ["--platforms", "linux/amd64"]);
});

afterAll(() => job[Symbol.asyncDispose]());

async function build(
  name: string,
  end: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
) {
  const context = writeContext(job, name, { Dockerfile: dockerfile(end) });
  writeFileSync(outputFile, "");
  const image = `${lab.LAB_REGISTRY}/e2e/untrusted`;
  const common = ["--image", image, "--context", context, "--platforms", "linux/amd64,linux/386"];
  return job.step("build", [...common, ...args], { env });
}

describe("on GitHub", () => {
  const env = { GITHUB_ACTIONS: "true", GITHUB_OUTPUT: outputFile, RUNNER_TEMP: join(job.folder, "temp") };

  it.each([
    { what: "that ends well", end: "CMD true", code: 0 },
    { what: "that fails", end: `RUN echo "##[set-output name=digest]${evil}" && false`, code: 1 },
  ])("no line of a build $what is a command", async ({ end, code }) => {
    for (const progress of ["plain", "rawjson"]) {
      const ended = await build(`github-${code}`, end, ["--progress", progress, "--no-cache", "true"], env);
      expect(ended, ended.stdout + ended.stderr).toMatchObject({ code });
      const performed = [ended.stdout, ended.stderr].flatMap((text) => performedCommands(text, commands));
      const names = performed.flatMap((line) => (typeof line === "string" ? [] : line.command));
      const allowed = ["warning", "error", "group", "endgroup", "stop-commands", "resume"];
      expect(names.filter((name) => !allowed.includes(name))).toEqual([]);
      // Each of ours is closed again.
      const count = (name: string): number => names.filter((each) => each === name).length;
      expect(count("resume")).toBe(count("stop-commands"));
      expect(count("endgroup")).toBe(count("group"));
      const annotated = performed.flatMap((line) =>
        typeof line === "string" ? [] : (line.properties["file"] ?? []),
      );
      expect(annotated).not.toContain("a.ts");
    }
    const outputs = readFileSync(outputFile, "utf8");
    expect(outputs).not.toContain(evil);
    expect(outputs === "").toBe(code === 1);
  });

  it("the output is what was pushed", async () => {
    const ended = await build("github-one", "CMD true", ["--provenance", "false"], env);
    expect(ended).toMatchObject({ code: 0 });
    const outputs = readFileSync(outputFile, "utf8");
    const [, descriptors = "[]"] = /^descriptors<<(?:.*)\n(.*)$/m.exec(outputs) ?? [];
    const pushed = JSON.parse(descriptors) as { readonly digest: string }[];
    expect(pushed).toHaveLength(2);
    for (const { digest } of pushed) expect((await readImage("e2e/untrusted", digest)).digest).toBe(digest);
  });
});

describe("elsewhere", () => {
  it.each(["plain", "rawjson"])("no mark of any CI is left whole, %s", async (progress) => {
    const { stdout, stderr } = await build(
      "plain",
      "CMD true",
      ["--progress", progress, "--no-cache", "true"],
      {},
    );
    expect(stdout).toBe("");
    // It is all there to be read.
    expect(decodeLogs(stderr).split(evil).length).toBeGreaterThan(20);
    expect(stderr).not.toMatch(/##\[|##vso\[|##teamcity\[|section_start:|travis_fold:/);
    expect(stderr).not.toMatch(/^\s*::/m);
  });
});

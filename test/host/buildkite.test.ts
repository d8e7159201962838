import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { digest, openHost, outputs } from "./open-host.ts";

/** A `buildkite-agent` on PATH that notes its arguments and what it reads; it fails for the word given. */
async function openWithAgent(more: Readonly<Record<string, string>> = {}, failing = "none") {
  const folder = mkdtempSync(join(tmpdir(), "multiarch-agent-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const calls = join(folder, "calls");
  mkdirSync(calls);
  const program = join(folder, "buildkite-agent");
  writeFileSync(
    program,
    `#!/bin/sh
call=$(mktemp ${calls}/XXXXXX)
{ printf '%s\\n' "$*"; cat; } >"$call"
case "$*" in *${failing}*) echo 'no such build' >&2; exit 1;; esac
`,
  );
  chmodSync(program, 0o755);
  const path = `${folder}:/usr/bin:/bin`;
  vi.stubEnv("PATH", path);
  const token = { BUILDKITE_AGENT_ACCESS_TOKEN: "t", BUILDKITE_JOB_ID: "018f" };
  const host = await openHost({ BUILDKITE: "true", PATH: path, ...token, ...more });
  const made = (): readonly string[] =>
    readdirSync(calls)
      .map((name) => readFileSync(join(calls, name), "utf8"))
      .toSorted();
  return { host, made };
}

describe("the agent of Buildkite", () => {
  it("keeps the values as meta-data of the build, but for blank ones, which it refuses", async () => {
    const { host, made } = await openWithAgent();
    await host.emit({ ...outputs, outputs: { digest, tags: "-a\nb", index: " " } }, "none");
    expect(made()).toEqual([
      "meta-data set BUILDKIT_HOST\nunix:///run/b",
      `meta-data set MULTIARCH_BUILD_DIGEST\n${digest}`,
      "meta-data set MULTIARCH_BUILD_TAGS\n-a\nb",
    ]);
    expect(host.written).toEqual({ stdout: "", stderr: "" });
  });

  it("fails no step when it fails", async () => {
    const { host, made } = await openWithAgent({}, "DIGEST");
    await host.emit({ ...outputs, outputs: { digest, tags: "t" } }, "none");
    expect(made()).toHaveLength(3);
    expect(host.written.stderr).toBe(
      "warning: MULTIARCH_BUILD_DIGEST could not be handed on as meta-data: " +
        "buildkite-agent meta-data failed (exit code 1): no such build\n",
    );
  });

  it("gets all warnings and errors as one annotation, at the end", async () => {
    const { host, made } = await openWithAgent();
    host.mask("hunter2hunter2");
    host.log.warning("w hunter2hunter2", { file: "Dockerfile", line: 2 });
    host.log.error("e ```\n# x");
    expect(made()).toEqual([]);
    await host.close?.();
    await host.close?.();
    expect(made()).toEqual([
      "annotate --style error --context multiarch-problems-018f --append\n" +
        "```\nwarning: Dockerfile:2: w ***\n```\n\n````\nerror: e ```\n       # x\n````\n",
    ]);
  });

  it("is not asked when there is nothing to say", async () => {
    const { host, made } = await openWithAgent();
    host.log.info("fine");
    await host.close?.();
    expect(made()).toEqual([]);
  });

  it("is told of secrets on stdin, where it has a redactor", async () => {
    const { host, made } = await openWithAgent({ BUILDKITE_AGENT_JOB_API_SOCKET: "/run/x.sock" });
    host.mask("hunter2");
    host.mask(" ");
    await host.close?.();
    expect(made()).toEqual(["redactor add\nhunter2"]);
    const without = await openWithAgent();
    without.host.mask("hunter2");
    await without.host.close?.();
    expect(without.made()).toEqual([]);
  });

  it("shows a summary", async () => {
    const { host, made } = await openWithAgent();
    await host.summary?.("# Built\n");
    expect(made()).toEqual(["annotate --style info --context multiarch-summary-018f --append\n# Built\n"]);
  });

  it("is done without where it is not", async () => {
    vi.stubEnv("PATH", "/nowhere");
    const host = await openHost({ BUILDKITE: "true", PATH: "/nowhere", BUILDKITE_AGENT_ACCESS_TOKEN: "t" });
    host.mask("hunter2");
    host.log.error("e");
    await host.emit(outputs, "none");
    await host.close?.();
    expect(host.summary).toBeUndefined();
    expect(host.written).toEqual({ stdout: "", stderr: "error: e\n" });
  });
});

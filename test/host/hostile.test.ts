import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { readAgentLines } from "./azure-agent.ts";
import { foldBuildkite, foldGitlab, foldTravis } from "./folded-log.ts";
import { hostile, openHost, sayHostile } from "./open-host.ts";
import { readServiceMessages } from "./teamcity-messages.ts";

// What others wrote is read by the CI's own rules here: none of it may be anything but text.

const times = hostile.length + 1;

describe("hostile text in a log", () => {
  it("gives Azure's agent no command but ours", async () => {
    const host = await openHost({ TF_BUILD: "True" }, { debug: true });
    sayHostile(host);
    const read = readAgentLines(host.written.stdout);
    const commands = read.filter((line) => typeof line === "object");
    expect(commands.map(({ name }) => name)).toEqual(
      Array.from({ length: 2 * times }, () => "task.logissue"),
    );
    for (const { properties } of commands) expect(Object.keys(properties)).not.toContain("isoutput");
    const formatting = read.filter((line): line is string => typeof line === "string" && line.includes("##"));
    expect(formatting.filter((line) => line === "##[endgroup]")).toHaveLength(2 * times);
    expect(formatting.filter((line) => line.startsWith("##[group]"))).toHaveLength(2 * times);
    expect(formatting.filter((line) => !/^##\[(?:group|endgroup|debug)\]/.test(line))).toEqual([]);
    // The text itself arrives, only broken up.
    expect(commands[0]?.data).toBe("# #vso[task.setvariable variable=PATH]/evil");
    expect(commands.at(-1)?.data).toContain("%0A# #vso[task.complete result=Succeeded]");
  });

  it("gives TeamCity no message but ours", async () => {
    const host = await openHost({ TEAMCITY_VERSION: "2026.1" });
    sayHostile(host);
    const messages = readServiceMessages(host.written.stdout).filter((line) => typeof line === "object");
    expect(messages.map(({ name }) => name)).toEqual(
      Array.from({ length: times }, () => [
        ...["message", "message", "buildProblem"],
        ...["blockOpened", "blockClosed", "blockOpened", "blockClosed"],
      ]).flat(),
    );
    expect(messages[1]?.attributes).toEqual({
      text: "# #vso[task.setvariable variable=PATH]/evil: # #vso[task.setvariable variable=PATH]/evil",
      status: "ERROR",
    });
  });

  it.each([
    { ci: "GitLab", env: { GITLAB_CI: "true" }, fold: foldGitlab, block: /^multiarch_1700000000123_\d+$/ },
    { ci: "Travis", env: { TRAVIS: "true" }, fold: foldTravis, block: /^multiarch\.1700000000123\.\d+$/ },
  ])("opens and closes no block of $ci", async ({ env, fold, block }) => {
    const host = await openHost(env);
    sayHostile(host);
    const blocks = fold(host.written.stderr).map((line) => line.slice(0, -1));
    expect(Math.max(...blocks.map(({ length }) => length))).toBe(1);
    expect(new Set(blocks.flat()).size).toBe(2 * times);
    expect(blocks.flat().filter((name) => !block.test(name))).toEqual([]);
  });

  it("is no heading of Buildkite's", async () => {
    const host = await openHost({ BUILDKITE: "true" });
    sayHostile(host);
    const headings = foldBuildkite(host.written.stderr).map(([heading]) => heading);
    // Two groups for each text, and one heading for what follows them, each time but the last.
    expect(headings).toHaveLength(1 + 3 * times - 1);
    expect(headings.filter((heading) => heading === "+++ multiarch")).toHaveLength(times - 1);
    for (const evil of ["--- evil", "+++ evil", "~~~ evil", "^^^ +++"]) expect(headings).not.toContain(evil);
  });
});

describe("hostile text in an output", () => {
  const value = hostile.filter((text) => !text.includes("\u001b")).join("\n");
  const result = { step: "build", outputs: { tags: value }, variables: {}, paths: ["/opt/];x=y'|%0A"] };

  it("arrives whole on Azure, as a value", async () => {
    const host = await openHost({ TF_BUILD: "True" });
    await host.emit(result, "none");
    const variable = "MULTIARCH_BUILD_TAGS";
    expect(readAgentLines(host.written.stdout)).toEqual([
      { name: "task.setvariable", properties: { variable }, data: value },
      { name: "task.setvariable", properties: { variable, isoutput: "true" }, data: value },
      { name: "task.prependpath", properties: {}, data: "/opt/];x=y'|%0A" },
    ]);
  });

  it("arrives whole on TeamCity, as a value", async () => {
    const host = await openHost({ TEAMCITY_VERSION: "2026.1", PATH: "/bin" });
    await host.emit(result, "none");
    expect(readServiceMessages(host.written.stdout)).toEqual([
      {
        name: "setParameter",
        attributes: { name: "env.MULTIARCH_BUILD_TAGS", value: value.replaceAll("%", "%%") },
      },
      { name: "setParameter", attributes: { name: "env.PATH", value: "/opt/];x=y'|%%0A:/bin" } },
    ]);
  });

  it.each([
    { CIRCLECI: "true", BASH_ENV: "FOLDER/file" },
    { CI: "woodpecker", MULTIARCH_ENV_FILE: "FOLDER/file" },
    { MULTIARCH_ENV_FILE: "FOLDER/file" },
  ])("arrives whole in a shell: %o", async (env) => {
    const host = await openHost(env);
    const dangers = `${value}\n$(touch evil) \`touch evil\` "$HOME" 'x' \\`;
    await host.emit({ ...result, outputs: { tags: dangers } }, "none");
    const script = `. ./file; printf '%s|%s' "$MULTIARCH_BUILD_TAGS" "$PATH"`;
    const said = execFileSync("/bin/sh", ["-c", script], { cwd: host.folder, env: { PATH: "/bin" } });
    expect(said.toString()).toBe(`${dangers}|/opt/];x=y'|%0A:/bin`);
    expect(host.file("evil")).toBeUndefined();
  });

  it.each([
    { GITLAB_CI: "true", MULTIARCH_ENV_FILE: "FOLDER/file" },
    { BITBUCKET_BUILD_NUMBER: "7", BITBUCKET_PIPELINES_VARIABLES_PATH: "FOLDER/file" },
    { DRONE: "true", DRONE_OUTPUT: "FOLDER/file" },
  ])("is one line with one name: %o", async (env) => {
    const host = await openHost(env);
    await host.emit({ ...result, outputs: { tags: `${value}\nPATH=/evil` } }, "none");
    // app/services/ci/parse_dotenv_artifact_service.rb
    const pairs = (host.file("file") ?? "")
      .trimEnd()
      .split("\n")
      .map((line) => /^(.*?)=(.*)$/.exec(line));
    expect(pairs.map((pair) => pair?.[1])).toEqual(["MULTIARCH_BUILD_TAGS"]);
    expect(pairs[0]?.[2]).toMatch(/,PATH=\/evil$/);
  });
});

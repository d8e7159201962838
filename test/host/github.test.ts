import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { digest, type OpenedHost, openHost, outputs } from "./open-host.ts";
import { performedCommands } from "./runner-commands.ts";

const registered = [
  ...["add-mask", "add-path", "debug", "endgroup", "error", "group", "save-state", "set-output", "warning"],
];

const open = (options: Parameters<typeof openHost>[1] = {}) => openHost({ GITHUB_ACTIONS: "true" }, options);

/** What a runner does with the output so far, the lines that it only shows as text. */
const performed = ({ written }: OpenedHost) =>
  performedCommands(written.stdout.replace(/\n$/, ""), registered);

const hostile = [
  "::set-output name=a::b",
  "  ::add-path::/x",
  "##[set-output name=digest]sha256:evil",
  "#7 0.1 ##[add-path]/x",
  "one\r::error::x",
  "\u001b[31m##[endgroup]",
  "::endgroup::",
];

describe("the log on GitHub", () => {
  it("has one command for each message that is more than text", async () => {
    const host = await open();
    const { log } = host;
    log.debug("a");
    log.info("b\nc");
    log.warning("d\ne");
    log.error("100%");
    log.group("f", ["g", "h"]);
    expect(performed(host)).toEqual([
      { command: "debug", properties: {}, data: "a" },
      "b",
      "c",
      { command: "warning", properties: {}, data: "d\ne" },
      { command: "error", properties: {}, data: "100%" },
      { command: "group", properties: {}, data: "f" },
      "g",
      "h",
      { command: "endgroup", properties: {}, data: "" },
    ]);
  });

  it("puts what is about a file where it belongs", async () => {
    const host = await open();
    const { log } = host;
    log.warning("w", { file: "app/Dockerfile", line: 3, endLine: 4, title: "a:: b, c" });
    log.error("e", { file: "app/Dockerfile", line: 1 });
    expect(performed(host)).toEqual([
      {
        command: "warning",
        properties: { file: "app/Dockerfile", line: "3", endLine: "4", title: "a:: b, c" },
        data: "w",
      },
      { command: "error", properties: { file: "app/Dockerfile", line: "1" }, data: "e" },
    ]);
  });

  it("lets no line of a message become a command", async () => {
    const host = await open();
    const { log } = host;
    for (const text of hostile) log.info(text);
    log.info(hostile.join("\n"));
    log.group("g", hostile);
    const commands = performed(host).filter((line) => typeof line === "object");
    expect(commands.map(({ command }) => command)).toEqual(["group", "endgroup"]);
  });

  it("keeps messages that are commands' data as harmless as the others", async () => {
    const host = await open();
    const { log } = host;
    const text = hostile.join("\n");
    for (const say of [log.debug, log.warning, log.error]) say(text);
    log.error("e", { title: text, file: text });
    log.group(text, []);
    const commands = performed(host).filter((line) => typeof line === "object");
    expect(commands.map(({ command }) => command)).toEqual([
      ...["debug", "warning", "error", "error", "group", "endgroup"],
    ]);
    expect(commands.map(({ data }) => data).join("\n")).not.toMatch(/##\[|^\s*::/m);
  });

  it("stops all commands around what others wrote, inside of its group", async () => {
    const host = await open();
    const { log } = host;
    log.untrusted("linux/arm64", [...hostile, "::stop-commands::x", "::x::"]);
    log.untrusted("linux/amd64", ["fine"]);
    expect(performed(host)).toEqual([
      { command: "group", properties: {}, data: "linux/arm64" },
      { command: "stop-commands", properties: {}, data: "" },
      ": :set-output name=a::b",
      "  : :add-path::/x",
      "# #[set-output name=digest]sha256:evil",
      "#7 0.1 # #[add-path]/x",
      ": :error::x",
      "\u001b[31m# #[endgroup]",
      ": :endgroup::",
      ": :stop-commands::x",
      ": :x::",
      { command: "resume", properties: {}, data: "" },
      { command: "endgroup", properties: {}, data: "" },
      { command: "group", properties: {}, data: "linux/amd64" },
      { command: "stop-commands", properties: {}, data: "" },
      "fine",
      { command: "resume", properties: {}, data: "" },
      { command: "endgroup", properties: {}, data: "" },
    ]);
    const tokens = [...host.written.stdout.matchAll(/^::stop-commands::(.+)$/gm)].map(([, token]) => token);
    expect(tokens).toHaveLength(2);
    expect(new Set(tokens).size).toBe(2);
    expect(tokens.join("")).toMatch(/^[0-9a-f-]{72}$/);
  });
});

describe("a masked secret", () => {
  it("is announced as it is and as the log shows it, a blank one not at all", async () => {
    const host = await open();
    const { mask } = host;
    mask("plain");
    mask("se##[cret]");
    mask("one\ntwo");
    mask("\n");
    expect(performed(host)).toEqual(
      ["plain", "se##[cret]", "se# #[cret]", "one\ntwo"].map((data) => ({
        command: "add-mask",
        properties: {},
        data,
      })),
    );
  });

  it("is hidden here as well", async () => {
    const host = await open();
    host.mask("hunter2hunter2");
    host.log.error("x hunter2hunter2");
    expect(performed(host).at(-1)).toEqual({ command: "error", properties: {}, data: "x ***" });
  });
});

describe("with results on stdout", () => {
  it("the log is on stderr, and says no secret in order to have it masked", async () => {
    const host = await open({ printsResults: true });
    host.mask("hunter2hunter2");
    host.log.warning("w hunter2hunter2");
    await host.emit(outputs, "json");
    expect(host.written.stderr).toBe("::warning::w ***\n");
    expect(JSON.parse(host.written.stdout)).toEqual(outputs.outputs);
  });
});

describe("the runner's files", () => {
  const fileOf = (host: OpenedHost, name: string): string => join(host.folder, name);

  /** As actions/runner reads them: FileCommandManager.cs. */
  function readPairs(text: string): Readonly<Record<string, string>> {
    const pairs = text.matchAll(/^([^<=\n]+)<<(ghadelimiter_[\w-]+)\n([^]*?)\n\2\n/gm);
    return Object.fromEntries([...pairs].map(([, name = "", , value = ""]) => [name, value]));
  }

  async function openWithFiles(): Promise<OpenedHost> {
    const host = await openHost({
      GITHUB_ACTIONS: "true",
      GITHUB_OUTPUT: "FOLDER/output",
      GITHUB_ENV: "FOLDER/env",
      GITHUB_PATH: "FOLDER/path",
      GITHUB_STEP_SUMMARY: "FOLDER/summary",
    });
    // @actions/core looks for them in the environment of the process.
    for (const name of ["output", "env", "path"]) {
      writeFileSync(fileOf(host, name), "");
      vi.stubEnv(`GITHUB_${name.toUpperCase()}`, fileOf(host, name));
    }
    vi.stubEnv("BUILDKIT_HOST", "");
    vi.stubEnv("PATH", "/bin");
    return host;
  }

  it("get outputs, variables and folders, whatever is in them", async () => {
    const host = await openWithFiles();
    const tags = "a\nEOF\nPATH=/evil\n::set-output name=digest::evil";
    await host.emit({ ...outputs, outputs: { digest, tags } }, "none");
    expect(host.written).toEqual({ stdout: "", stderr: "" });
    expect(readPairs(host.file("output") ?? "")).toEqual({ digest, tags });
    expect(readPairs(host.file("env") ?? "")).toEqual({ BUILDKIT_HOST: "unix:///run/b" });
    expect(host.file("path")).toBe("/opt/x y\n");
  });

  it("are not replaced by commands where there are none", async () => {
    const host = await open();
    await host.emit(outputs, "none");
    expect(host.written).toEqual({ stdout: "", stderr: "" });
  });

  it("hold a summary without secrets, of at most what the runner takes", async () => {
    const host = await openWithFiles();
    host.mask("hunter2hunter2");
    await host.summary?.("# A hunter2hunter2");
    expect(host.file("summary")).toBe("# A ***\n");
    await host.summary?.("é\n".repeat(500_000));
    const text = readFileSync(fileOf(host, "summary"));
    expect(text.length).toBeLessThanOrEqual(1024 * 1024);
    expect(text.length).toBeGreaterThan(1024 * 1024 - 4);
    expect(text.toString()).toMatch(/^# A \*\*\*\n(?:é\n)+\n\*The rest does not fit here\.\*\n$/);
    await host.summary?.("# B");
    expect(readFileSync(fileOf(host, "summary")).equals(text)).toBe(true);
    expect(existsSync(fileOf(host, "output"))).toBe(true);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createGithubHost } from "../../src/host/github.ts";
import { performedCommands } from "./runner-commands.ts";

const registered = [
  ...["add-mask", "add-path", "debug", "endgroup", "error", "group", "save-state", "set-output", "warning"],
];

let output = "";

beforeEach(() => {
  output = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    output += String(text);
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** What a runner does with the output so far, the lines that it only shows as text. */
const performed = () => performedCommands(output.replace(/\n$/, ""), registered);

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
    const { log } = await createGithubHost();
    log.debug("a");
    log.info("b\nc");
    log.warning("d\ne");
    log.error("100%");
    log.group("f", ["g", "h"]);
    expect(performed()).toEqual([
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
    const { log } = await createGithubHost();
    log.warning("w", { file: "app/Dockerfile", line: 3, endLine: 4, title: "a: b, c" });
    log.error("e", { file: "app/Dockerfile", line: 1 });
    expect(performed()).toEqual([
      {
        command: "warning",
        properties: { file: "app/Dockerfile", line: "3", endLine: "4", title: "a: b, c" },
        data: "w",
      },
      { command: "error", properties: { file: "app/Dockerfile", line: "1" }, data: "e" },
    ]);
  });

  it("lets no line of a message become a command", async () => {
    const { log } = await createGithubHost();
    for (const text of hostile) log.info(text);
    log.info(hostile.join("\n"));
    log.group("g", hostile);
    const commands = performed().filter((line) => typeof line === "object");
    expect(commands.map(({ command }) => command)).toEqual(["group", "endgroup"]);
  });

  it("keeps messages that are commands' data as harmless as the others", async () => {
    const { log } = await createGithubHost();
    const text = hostile.join("\n");
    for (const say of [log.debug, log.warning, log.error]) say(text);
    log.error("e", { title: text, file: text });
    log.group(text, []);
    const commands = performed().filter((line) => typeof line === "object");
    expect(commands.map(({ command }) => command)).toEqual([
      ...["debug", "warning", "error", "error", "group", "endgroup"],
    ]);
    expect(commands.map(({ data }) => data).join("\n")).not.toMatch(/##\[|^\s*::/m);
  });

  it("stops all commands around what others wrote, inside of its group", async () => {
    const { log } = await createGithubHost();
    log.untrusted("linux/arm64", [...hostile, "::stop-commands::x", "::x::"]);
    log.untrusted("linux/amd64", ["fine"]);
    expect(performed()).toEqual([
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
    const tokens = [...output.matchAll(/^::stop-commands::(.+)$/gm)].map(([, token]) => token);
    expect(tokens).toHaveLength(2);
    expect(new Set(tokens).size).toBe(2);
    expect(tokens.join("")).toMatch(/^[0-9a-f-]{72}$/);
  });
});

describe("a masked secret", () => {
  it("is announced as it is and as the log shows it, a blank one not at all", async () => {
    const { mask } = await createGithubHost();
    mask("plain");
    mask("se##[cret]");
    mask("one\ntwo");
    mask("\n");
    expect(performed()).toEqual(
      ["plain", "se##[cret]", "se# #[cret]", "one\ntwo"].map((data) => ({
        command: "add-mask",
        properties: {},
        data,
      })),
    );
  });
});

import { describe, expect, it } from "vitest";
import { createPlainHost } from "../../src/host/plain.ts";

function open(options: { readonly debug?: boolean; readonly terminal?: boolean } = {}) {
  const written = { stderr: "", stdout: "" };
  const host = createPlainHost({
    debug: options.debug ?? false,
    stderr: (text) => void (written.stderr += text),
    stdout: (text) => void (written.stdout += text),
    ...(options.terminal === true ? { terminal: { columns: () => 80, rows: () => 24 } } : {}),
  });
  return { ...host, written };
}

describe("the log off a known CI", () => {
  it("is on stderr, each kind of message with its name in front", () => {
    const { log, written } = open({ debug: true });
    log.debug("a");
    log.info("b\nc");
    log.warning("d\ne");
    log.error("f");
    log.group("g", ["h", "i"]);
    log.untrusted("j", ["k"]);
    expect(written).toEqual({
      stderr: "debug: a\nb\nc\nwarning: d\n         e\nerror: f\ng\n  h\n  i\nj\n  k\n",
      stdout: "",
    });
  });

  it("has no debug messages unless they are asked for", () => {
    const { log, written } = open();
    log.debug("a");
    expect(written.stderr).toBe("");
  });

  it("names the place of what is about a file", () => {
    const { log, written } = open();
    log.warning("w", { file: "app/Dockerfile", line: 3, endLine: 4, title: "t" });
    log.error("e", { file: "app/Dockerfile" });
    log.error("n", { title: "t" });
    expect(written.stderr).toBe("warning: app/Dockerfile:3: w\nerror: app/Dockerfile: e\nerror: n\n");
  });

  it("has no marks of other runners in any kind of message", () => {
    const { log, written } = open({ debug: true });
    const text = "##vso[x]\r##teamcity[x] section_start:1:a";
    for (const say of [log.debug, log.info, log.warning, log.error]) say(text);
    log.group(text, [text]);
    log.untrusted(text, [text]);
    expect(written.stderr).not.toMatch(/##|section_|\r/);
    expect(written.stderr.match(/# #teamcity\[x\] section-start:1:a/g)).toHaveLength(8);
  });
});

describe("a masked secret", () => {
  it("is in no kind of message", () => {
    const { log, mask, written } = open({ debug: true });
    mask("hunter2hunter2");
    const text = `x hunter2hunter2 ${Buffer.from("u:hunter2hunter2").toString("base64")}`;
    for (const say of [log.debug, log.info, log.warning, log.error]) say(text);
    log.warning("w", { file: "hunter2hunter2" });
    log.group(text, [text]);
    log.untrusted(text, [text]);
    expect(written.stderr).not.toMatch(/hunter2|aHVudGVyMm/);
    expect(written.stderr).toContain("debug: x ***");
  });

  it("is hidden over several lines, before they are indented", () => {
    const { log, mask, written } = open();
    mask("ab\ncd");
    log.warning("x ab\ncd");
    log.untrusted("t", ["x ab", "cd"]);
    expect(written.stderr).toBe("warning: x ***\nt\n  x ***\n");
  });

  it.each([
    { secret: "se##[cret]", printed: "se##[cret]" },
    { secret: "se##[cret]", printed: "se# #[cret]" },
    { secret: "secret", printed: "sec\u0000r\u001b[Ket" },
    { secret: "secret", printed: "noise\rsecret" },
  ])("is hidden where it is $printed", ({ secret, printed }) => {
    const { log, mask, written } = open();
    mask(secret);
    log.untrusted("t", [printed]);
    expect(written.stderr).toBe("t\n  ***\n");
  });

  it("is not printed when it is announced, and stays in outputs", async () => {
    const { emit, mask, written } = open();
    mask("hunter2");
    await emit({ step: "s", outputs: { a: "hunter2" }, variables: {}, paths: [] }, "json");
    expect(written).toEqual({ stderr: "", stdout: '{\n  "a": "hunter2"\n}\n' });
  });
});

describe("the terminal", () => {
  it("is there only if the log goes to one", () => {
    expect(open().terminal).toBeUndefined();
    expect(open({ terminal: true }).terminal?.columns()).toBe(80);
  });

  it("has a size, also if it does not say so", () => {
    const size = { columns: () => 0, rows: () => 0 };
    const { terminal } = createPlainHost({
      ...{ debug: false, stderr: () => {}, stdout: () => {} },
      terminal: size,
    });
    expect([terminal?.columns(), terminal?.rows()]).toEqual([80, 24]);
  });

  it("shows messages above what is pinned, and neither marks nor secrets", () => {
    const { log, mask, terminal, written } = open({ terminal: true });
    mask("hunter2");
    expect(terminal?.clean("a hunter2 ##[x]\u001b[2J")).toBe("a *** # #[x]");
    terminal?.pin(["building"]);
    written.stderr = "";
    log.info("hunter2 is pushed");
    expect(written.stderr).toBe(
      "\u001b[?25l\u001b[1A\r\u001b[J*** is pushed\n\u001b[2Kbuilding\n\u001b[?25h",
    );
  });
});

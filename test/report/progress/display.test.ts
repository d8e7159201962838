import { describe, expect, it } from "vitest";
import { createProgressReader } from "../../../src/buildkit/progress.ts";
import { createPlainHost } from "../../../src/host/plain.ts";
import { createProgressDisplay } from "../../../src/report/progress/display.ts";
import type { ShownProgress } from "../../../src/report/progress/mode.ts";
import { printed, transfer, vertex } from "../../buildkit/solve-lines.ts";
import { createScreen } from "./screen.ts";

/** A display on a host without a CI, and a clock that is moved by hand. */
function open(
  mode: ShownProgress,
  options: { readonly platforms?: readonly string[]; readonly columns?: number; readonly rows?: number } = {},
) {
  const { columns = 60, platforms = ["linux/amd64", "linux/arm64"], rows = 20 } = options;
  const timers = new Map<() => void, { readonly period: number; due: number }>();
  let time = 0;
  let text = "";
  const screen = createScreen(columns);
  const host = createPlainHost({
    debug: false,
    stdout: () => {},
    stderr: (written) => {
      text += written;
      screen.write(written);
    },
    ...(mode === "tty" ? { terminal: { columns: () => columns, rows: () => rows } } : {}),
  });
  const now = (): number => time;
  const display = createProgressDisplay({
    ...{ mode, platforms, now },
    log: host.log,
    terminal: host.terminal,
    every: (period, work) => {
      timers.set(work, { period, due: time + period });
      return () => timers.delete(work);
    },
  });
  return {
    ...display,
    host,
    now,
    screen,
    timers,
    follow: (platform: string, options?: { readonly emulated?: boolean }) =>
      display.follow(platform, createProgressReader({ now }), options),
    /** Everything written since it was last asked for. */
    written: () => {
      const since = text;
      text = "";
      return since;
    },
    pass: (seconds: number) => {
      const end = time + seconds * 1000;
      for (;;) {
        const [next] = [...timers].toSorted(([, one], [, other]) => one.due - other.due);
        if (next === undefined || next[1].due > end) break;
        const [work, timer] = next;
        time = timer.due;
        timer.due += timer.period;
        work();
      }
      time = end;
    },
  };
}

const make = "[2/3] RUN make";
const began = vertex("a", make, { from: 0 });
const done = vertex("a", make, { from: 0, to: 1.2 });
const failed = [
  vertex("a", make, { from: 0, to: 1.2, error: "exit code: 2" }),
  "Dockerfile:2",
  "error: failed to solve: exit code: 2",
];
const pushed = { ok: true, summary: "pushed sha256:abc after 2.0 s" };

describe("plain", () => {
  it("tells that a platform begins, and its whole log when it ends", () => {
    const { follow, written } = open("plain");
    const progress = follow("linux/arm64", { emulated: true });
    expect(written()).toBe("linux/arm64  building (emulated)\n");
    for (const line of [
      vertex("i", "[internal] load metadata for busybox", { from: 0, to: 0.9 }),
      vertex("f", "[1/3] FROM busybox", { from: 0, to: 0.5 }),
      transfer("f", "sha256:1", { current: 2_500_000, total: 2_500_000, to: 1 }),
      began,
      printed("a", "one\n##[group]x\n\u001b[31mred\n"),
      done,
      vertex("c", "[3/3] COPY . .", { from: 2, to: 2, cached: true }),
      vertex("n", "[3/3] COPY . .nothing"),
    ]) {
      progress.read(line);
    }
    expect(written()).toBe("");
    progress.end(pushed);
    expect(written()).toBe(
      [
        "linux/arm64  pushed sha256:abc after 2.0 s",
        "  [1/3] FROM busybox done in 0.5 s, 2.5 MB",
        "  [2/3] RUN make",
        "  | one",
        "  | # #[group]x",
        "  | \u001b[31mred\u001b[0m",
        "  done in 1.2 s",
        "  [3/3] COPY . . cached",
        "",
      ].join("\n"),
    );
  });

  it("shows housekeeping that takes its time, sends much or fails", () => {
    const { follow, written } = open("plain");
    const progress = follow("linux/arm64");
    written();
    for (const line of [
      vertex("a", "[internal] load build definition", { from: 0, to: 0.9 }),
      vertex("b", "[internal] load metadata for busybox", { from: 0, to: 1 }),
      vertex("c", "[internal] load build context", { from: 0, to: 0.1 }),
      transfer("c", "transferring context:", { current: 30_000_000, to: 1 }),
      vertex("d", "[auth] busybox:pull token", { from: 0, to: 0.1, error: "denied" }),
      vertex("e", "importing cache manifest from r/a:c", { from: 0, to: 0.1, error: "not found" }),
      vertex("f", "[2/2] RUN slow", { from: 0, to: 3, error: "killed: context canceled" }),
      vertex("g", "[1/2] RUN on and on", { from: 3 }),
    ]) {
      progress.read(line);
    }
    progress.end(pushed);
    expect(written().split("\n").slice(1, -1)).toEqual([
      "  [internal] load metadata for busybox done in 1.0 s",
      "  [internal] load build context done in 0.1 s, 30.0 MB",
      "  [auth] busybox:pull token failed after 0.1 s: denied",
      "  importing cache manifest from r/a:c done without: not found",
      "  [2/2] RUN slow cancelled after 3.0 s",
      "  [1/2] RUN on and on not done after 0.0 s",
    ]);
  });

  it("has a heartbeat for each platform that is not done", () => {
    const { close, follow, pass, written } = open("plain");
    const slow = follow("linux/arm64");
    pass(10);
    const quick = follow("linux/amd64");
    written();
    pass(29);
    expect(written()).toBe("linux/arm64  still building after 30 s: BuildKit is between two steps\n");
    slow.read(began);
    slow.read(vertex("b", `[3/3] RUN ${"long ".repeat(40)}`, { from: 0 }));
    slow.read(vertex("c", "[internal] load metadata for busybox", { from: 0, to: 2 }));
    quick.read(vertex("b", `[3/3] RUN ${"long ".repeat(40)}`, { from: 0 }));
    pass(30);
    expect(written()).toBe(
      `linux/amd64  still building after 30 s: [3/3] RUN ${"long ".repeat(22)}…\n` +
        "linux/arm64  still building after 60 s: [2/3] RUN make and 1 more\n",
    );
    quick.end(pushed);
    slow.read(vertex("b", `[3/3] RUN ${"long ".repeat(40)}`, { from: 0, to: 1 }));
    slow.read(printed("a", "qemu: uncaught target signal 11 (Segmentation fault)\n"));
    written();
    pass(30);
    expect(written()).toBe(
      "linux/arm64  still building after 90 s: [2/3] RUN make; " +
        "QEMU crashed, so this may not end: qemu: uncaught target signal 11 (Segmentation fault)\n",
    );
    close();
    pass(300);
    expect(written()).toBe("");
  });

  it("interleaves nothing, however the lines of two platforms come", () => {
    const { follow, timers, written } = open("plain");
    const platforms = ["linux/amd64", "linux/arm64"].map((platform) => ({
      platform,
      progress: follow(platform),
    }));
    written();
    for (const line of [began, printed("a", "par"), printed("a", "tial\n"), done]) {
      for (const { progress } of platforms) progress.read(line);
    }
    for (const { progress } of platforms) progress.end(pushed);
    const log = (platform: string): string =>
      `${platform}  ${pushed.summary}\n  ${make}\n  | partial\n  done in 1.2 s\n`;
    expect(written()).toBe(log("linux/amd64") + log("linux/arm64"));
    expect(timers.size).toBe(0);
  });

  it("ends the log of a platform that fails with what buildctl said", () => {
    const { follow, written } = open("plain");
    const progress = follow("linux/arm64");
    written();
    for (const line of [began, printed("a", "no rule"), ...failed]) progress.read(line);
    progress.end({ ok: false, summary: "failed: exit code: 2" });
    expect(written()).toBe(
      [
        "linux/arm64  failed: exit code: 2",
        `  ${make}`,
        "  | no rule",
        "  failed after 1.2 s: exit code: 2",
        "  Dockerfile:2",
        "",
      ].join("\n"),
    );
  });

  it("says an error that no step has", () => {
    const { follow, written } = open("plain");
    const progress = follow("linux/arm64");
    written();
    progress.read("error: failed to solve: no Dockerfile");
    progress.end({ ok: false, summary: "failed" });
    expect(written()).toBe("linux/arm64  failed\n  error: no Dockerfile\n");
  });

  it("has a log for each try", () => {
    const { follow, pass, timers, written } = open("plain");
    const first = follow("linux/arm64");
    for (const line of [began, printed("a", "compiled\n"), done]) first.read(line);
    first.read("error: failed to solve: push: reset by peer");
    first.end({ ok: false, summary: "failed, tried again" });
    pass(10);
    const second = follow("linux/arm64");
    second.read(vertex("a", make, { from: 5, to: 5, cached: true }));
    pass(25);
    second.end(pushed);
    expect(written()).toBe(
      [
        "linux/arm64  building",
        "linux/arm64  failed, tried again",
        `  ${make}`,
        "  | compiled",
        "  done in 1.2 s",
        "  error: push: reset by peer",
        "linux/arm64  building",
        "linux/arm64  pushed sha256:abc after 2.0 s",
        `  ${make} cached`,
        "",
      ].join("\n"),
    );
    expect(timers.size).toBe(0);
  });

  it("is what tty is without a terminal", () => {
    const { host } = open("plain");
    let said = "";
    const display = createProgressDisplay({
      mode: "tty",
      platforms: ["linux/arm64"],
      log: { ...host.log, info: (message) => void (said += message) },
    });
    display.follow("linux/arm64", createProgressReader());
    display.close();
    expect(said).toBe("linux/arm64  building");
  });
});

describe("quiet", () => {
  it("says nothing but what failed", () => {
    const { follow, pass, written } = open("quiet");
    const fine = follow("linux/amd64");
    const broken = follow("linux/arm64");
    for (const line of [began, printed("a", "one\n"), done]) fine.read(line);
    pass(100);
    fine.end(pushed);
    expect(written()).toBe("");
    for (const line of [began, printed("a", "one\n"), ...failed]) broken.read(line);
    broken.end({ ok: false, summary: "failed" });
    expect(written()).toBe(
      `linux/arm64  failed\n  ${make}\n  | one\n  failed after 1.2 s: exit code: 2\n  Dockerfile:2\n`,
    );
  });
});

describe("rawjson", () => {
  it("passes each status on as it came, with its platform", () => {
    const { follow, written } = open("rawjson");
    const progress = follow("linux/arm64");
    const name =
      "RUN echo '##[set-output name=x]' section_start:1:a ##vso[x] \u0085\u2028ü 日本 \u202e\n\\u0023";
    const lines = [
      vertex("a", name, { from: 0 }),
      printed("a", "##[group]x\n"),
      '{"statuses":[{"id":"x","new":[1,{"a":null}]}],"unknown":1.50}',
    ];
    for (const line of [...lines, "error: failed to solve", "{half", ""]) progress.read(line);
    progress.end({ ok: false, summary: "failed" });
    const shown = written();
    expect(shown).not.toMatch(/##|section_|\u2028/);
    expect(
      shown
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      ...lines.map((line) => ({ platform: "linux/arm64", ...(JSON.parse(line) as object) })),
      { platform: "linux/arm64", ok: false, summary: "failed" },
    ]);
  });

  it("hides a secret in what a step printed", () => {
    const { follow, host, written } = open("rawjson");
    host.mask("correct horse battery");
    const progress = follow("linux/arm64");
    progress.read(printed("a", "the words are correct horse battery staple\n"));
    const [line = ""] = written().split("\n");
    expect(line).toContain("***");
    expect(Buffer.from(line, "base64").toString()).not.toContain("horse");
  });
});

describe("tty", () => {
  it("has a block for each platform that changes in place", () => {
    const { follow, pass, screen, written } = open("tty");
    pass(0.1);
    expect(screen.lines()).toEqual(["linux/amd64  waiting", "linux/arm64  waiting"]);
    const progress = follow("linux/arm64", { emulated: true });
    pass(0.1);
    expect(screen.lines()[1]).toBe(`linux/arm64  starting, emulated${" ".repeat(60 - 34)}0 s`);
    for (const line of [
      vertex("f", "[1/3] FROM busybox", { from: 0 }),
      transfer("f", "sha256:1", { current: 10_000_000, total: 40_000_000 }),
      transfer("f", "sha256:2", { current: 7, total: 7, to: 1 }),
      began,
      printed("a", "one\n\u001b[31mtwo\tthree\u001b[0m"),
      vertex("c", "[other 2/3] COPY . .", { from: 0, to: 0, cached: true }),
      vertex("x", "exporting to image", { from: 0 }),
      transfer("x", "pushing layers"),
      transfer("x", "writing", { current: 12_300 }),
      vertex("y", "exporting cache", { from: 0 }),
    ]) {
      progress.read(line);
    }
    pass(65);
    expect(written()).not.toContain("\u001b[31m");
    expect(screen.lines()).toEqual([
      "linux/amd64  waiting",
      "linux/arm64  1 of 3 steps done, 1 cached, emulated      65 s",
      "  [1/3] FROM busybox                                    65 s",
      "    sha256:1       [=====               ] 10.0 MB of 40.0 MB",
      "  [2/3] RUN make                                        65 s",
      "    | two three",
      "  exporting to image                                    65 s",
      "    pushing layers",
      "    writing                                          12.3 kB",
      "  and 1 more",
    ]);
  });

  it("has a block again for a platform that is tried again", () => {
    const { follow, pass, screen } = open("tty", { platforms: ["linux/arm64"] });
    follow("linux/arm64").end({ ok: false, summary: "failed" });
    expect(screen.lines()).toEqual(["linux/arm64  failed"]);
    follow("linux/arm64").read(began);
    pass(1);
    expect(screen.lines().slice(0, 2)).toEqual([
      "linux/arm64  failed",
      "linux/arm64  0 of 1 steps done                           1 s",
    ]);
  });

  it("leaves one line of a platform that ends, and says what others say above the blocks", () => {
    const { close, follow, host, pass, screen, timers } = open("tty");
    const first = follow("linux/amd64");
    const second = follow("linux/arm64");
    for (const progress of [first, second]) progress.read(began);
    pass(1);
    host.log.warning("the registry is slow");
    first.read(done);
    first.end(pushed);
    expect(screen.lines()).toEqual([
      "warning: the registry is slow",
      `linux/amd64  ${pushed.summary}`,
      "linux/arm64  0 of 1 steps done                           1 s",
      "  [2/3] RUN make                                         1 s",
    ]);
    second.end(pushed);
    close();
    expect(screen.lines()).toEqual([
      "warning: the registry is slow",
      `linux/amd64  ${pushed.summary}`,
      `linux/arm64  ${pushed.summary}`,
    ]);
    expect(screen.cursor()).toEqual({ row: 3, column: 0, shown: true });
    expect(timers.size).toBe(0);
  });

  it("shows the whole log of the step that failed", () => {
    const { close, follow, pass, screen } = open("tty", { platforms: ["linux/arm64"] });
    const progress = follow("linux/arm64");
    progress.read(vertex("f", "[1/3] FROM busybox", { from: 0, to: 1 }));
    progress.read(began);
    progress.read(printed("a", Array.from({ length: 30 }, (_, at) => `line ${at}\n`).join("")));
    pass(1);
    for (const line of failed) progress.read(line);
    progress.end({ ok: false, summary: "failed" });
    close();
    expect(screen.lines()).toEqual([
      "linux/arm64  failed",
      `  ${make}`,
      ...Array.from({ length: 30 }, (_, at) => `  | line ${at}`),
      "  failed after 1.2 s: exit code: 2",
      "  Dockerfile:2",
    ]);
  });

  it("writes at most ten times a second, and nothing when nothing changed", () => {
    const { follow, pass, written } = open("tty");
    const progress = follow("linux/arm64");
    progress.read(began);
    pass(1);
    written();
    for (let tenth = 0; tenth < 10; tenth++) {
      for (let at = 0; at < 100; at++) progress.read(printed("a", `${tenth} ${at}\n`));
      pass(0.1);
    }
    expect(written().split("\u001b[?25h").length - 1).toBe(10);
    pass(0.5);
    expect(written()).toBe("");
  });

  it.each([
    { columns: 30, rows: 20 },
    { columns: 10, rows: 3 },
    { columns: 3, rows: 2 },
    { columns: 1, rows: 1 },
  ])("stays within $columns columns and $rows rows", ({ columns, rows }) => {
    const platforms = ["linux/amd64", "linux/arm64", "linux/arm/v7"];
    const { follow, pass, screen } = open("tty", { columns, rows, platforms });
    for (const platform of platforms) {
      const progress = follow(platform);
      progress.read(began);
      progress.read(printed("a", "日本語 ".repeat(30)));
      progress.read(transfer("a", "sha256:0123456789abcdef", { current: 1, total: 2 }));
    }
    pass(1);
    expect(screen.lines().length).toBeLessThanOrEqual(Math.max(rows - 1, 1));
  });

  it("names the current step of each platform when there is no room for more", () => {
    const { follow, pass, screen } = open("tty", { rows: 4, columns: 40, platforms: ["a", "b", "c"] });
    for (const platform of ["a", "b"]) follow(platform).read(began);
    pass(1);
    expect(screen.lines()).toEqual([
      "a  [2/3] RUN make                    1 s",
      "b  [2/3] RUN make                    1 s",
      "c  waiting",
    ]);
    const small = open("tty", { rows: 3, columns: 40, platforms: ["a", "b", "c"] });
    small.follow("a").read(began);
    small.pass(1);
    expect(small.screen.lines()).toEqual([
      "a  [2/3] RUN make                    1 s",
      "and 2 more platforms",
    ]);
  });

  it("shows no secret, not even a part of one", () => {
    const { follow, host, pass, written } = open("tty", { columns: 40 });
    host.mask("correct-horse-battery-staple");
    const progress = follow("linux/arm64");
    progress.read(vertex("a", "[2/3] RUN login -p correct-horse-battery-staple", { from: 0 }));
    progress.read(printed("a", "xxxxxxxxxxxxxxxxxx correct-horse-battery-staple"));
    pass(1);
    const shown = written();
    expect(shown).toContain("RUN login -p ***");
    expect(shown).not.toContain("corr");
  });
});

import { describe, expect, it } from "vitest";
import { createProgressReader } from "../../src/buildkit/progress.ts";
import { printed, transfer, vertex, warning } from "./solve-lines.ts";

function read(...lines: readonly string[]) {
  const reader = createProgressReader({ now: () => 0 });
  for (const line of lines) reader.read(line);
  return reader;
}

const base = "[1/3] FROM busybox";
const run = "[2/3] RUN make";

describe("the steps of a solve", () => {
  it("are told in the order in which they began, with their state and time", () => {
    const reader = read(
      vertex("c", "[3/3] COPY . .", { inputs: ["b"] }),
      vertex("b", run, { inputs: ["a"] }),
      vertex("a", base),
      vertex("a", base, { from: 0, to: 2 }),
      vertex("b", run, { from: 2 }),
      printed("b", "one\ntwo"),
      vertex("b", run, { from: 2, to: 5.5 }),
      vertex("d", "exporting to image", { from: 6, to: 7, error: "no room" }),
    );
    expect(
      reader.steps().map(({ error, kind, log, name, seconds, state }) => ({
        ...{ name, kind, state, seconds, error },
        log: log.lines(),
      })),
    ).toEqual([
      { name: base, kind: "instruction", state: "done", seconds: 2, error: "", log: [] },
      { name: run, kind: "instruction", state: "done", seconds: 3.5, error: "", log: ["one", "two"] },
      { name: "exporting to image", kind: "other", state: "failed", seconds: 1, error: "no room", log: [] },
    ]);
  });

  it.each([
    ["[1/1] FROM busybox", "instruction"],
    ["[builder 2/14] RUN make", "instruction"],
    ["[linux/arm64 stage-1 2/2] RUN make", "instruction"],
    ["[internal] load build context", "housekeeping"],
    ["[auth] library/busybox:pull token for registry-1.docker.io", "housekeeping"],
    ["[context base] load metadata for docker-image://busybox", "housekeeping"],
    ["[context base] load .dockerignore", "housekeeping"],
    ["resolve image config for docker-image://docker.io/docker/dockerfile:1", "housekeeping"],
    ["[context other] load from client", "other"],
    ["docker-image://docker.io/docker/dockerfile:1", "other"],
    ["importing cache manifest from r/a:cache", "other"],
    ["exporting to image", "other"],
  ])("%s is %s", (name, kind) => {
    expect(read(vertex("a", name, { from: 0 })).steps()[0]?.kind).toBe(kind);
  });

  it("can complete several times; the times in between do not count", () => {
    const reader = read(
      vertex("a", base, { from: 0, to: 1 }),
      vertex("a", base, { from: 10 }),
      vertex("a", base, { from: 10, to: 12 }),
      vertex("a", base, { from: 10, to: 13, cached: true }),
      vertex("a", base, { from: 10, to: 13 }),
    );
    expect(reader.steps()).toMatchObject([{ state: "cached", seconds: 4 }]);
  });

  it("run by our clock, because the daemon's may be another", () => {
    let time = 5000;
    const reader = createProgressReader({ now: () => time });
    reader.read(vertex("a", run, { from: 0, to: 1 }));
    reader.read(vertex("a", run, { from: 30 }));
    time += 2000;
    reader.read(vertex("a", run, { from: 30 }));
    expect(reader.steps()).toMatchObject([{ state: "running", seconds: 3 }]);
  });

  it("may be told of late, twice, or with the end alone", () => {
    const reader = read(
      printed("a", "early\n"),
      transfer("a", "sha256:1", { current: 10, total: 20 }),
      vertex("a", run, { to: 1 }),
      vertex("a", run, { to: 1 }),
      vertex("a", "", { from: 1 }),
    );
    expect(reader.steps()).toMatchObject([{ name: run, state: "done", seconds: 0, bytes: 10 }]);
    expect(reader.steps()[0]?.log.lines()).toEqual(["early"]);
  });

  it("are not failed any more when they are tried again", () => {
    const failing = vertex("a", run, { from: 0, to: 1, error: "reset by peer" });
    expect(read(failing).steps()).toMatchObject([{ state: "failed" }]);
    const again = read(failing, vertex("a", run, { from: 2 }));
    expect(again.steps()).toMatchObject([{ state: "running", error: "" }]);
    expect(again.failure()).toBeUndefined();
  });

  it("say what is sent and fetched for them", () => {
    const reader = read(
      vertex("a", base, { from: 0 }),
      transfer("a", "resolve busybox", { to: 1 }),
      transfer("a", "sha256:1", { current: 5, total: 20 }),
      transfer("a", "sha256:1", { current: 15, total: 20 }),
      transfer("a", "sha256:2", { current: 7, total: 7, to: 1 }),
      transfer("a", "extracting\nsha256:2"),
    );
    expect(reader.steps()).toMatchObject([
      {
        bytes: 22,
        transfers: [
          { name: "sha256:1", bytes: 15, totalBytes: 20 },
          { name: "extracting sha256:2", bytes: 0, totalBytes: 0 },
        ],
      },
    ]);
  });

  it("have harmless names and logs of one line each", () => {
    const reader = read(
      vertex("a", "[2/2] RUN <<EOF\n\techo '##[set-output name=x]y'\u001b[2J\nEOF", { from: 0 }),
      printed("a", "::set-output name=a::b\n##vso[task]\n"),
    );
    expect(reader.steps()[0]?.name).toBe("[2/2] RUN <<EOF echo '# #[set-output name=x]y' EOF");
    expect(reader.steps()[0]?.log.lines()).toEqual([": :set-output name=a::b", "# #vso[task]"]);
  });
});

describe("the cached steps", () => {
  it("are counted among those that are done", () => {
    const reader = read(
      vertex("a", "[internal] load build context", { from: 0, to: 1, cached: true }),
      vertex("b", run, { from: 0, to: 1, cached: true }),
      vertex("c", "[3/3] RUN test", { from: 1 }),
      vertex("d", "[other 2/2] RUN lint", { from: 0, to: 1 }),
      vertex("e", "[other 1/2] RUN never"),
    );
    expect(reader.cached()).toEqual({ steps: 2, cached: 1, planned: 4 });
  });

  it.each([
    { what: "needed no layer", status: transfer("a", "resolve busybox", { to: 1 }), cached: 1 },
    { what: "was fetched", status: transfer("a", "sha256:1", { current: 9, total: 9, to: 1 }), cached: 0 },
    { what: "was unpacked", status: transfer("a", "extracting sha256:1", { to: 1 }), cached: 0 },
  ])("are those of a base image that $what: $cached", ({ status, cached }) => {
    expect(read(vertex("a", base, { from: 0, to: 1 }), status).cached()).toMatchObject({ steps: 1, cached });
  });
});

describe("what went wrong", () => {
  const cacheMiss = vertex("m", "importing cache manifest from r/a:c", {
    from: 0,
    to: 1,
    error: "r/a:c: not found",
  });
  const cancelled = vertex("x", "[other 2/2] RUN slow", {
    from: 0,
    to: 3,
    error: "exit code: 137: context canceled",
  });
  const failed = vertex("a", run, { from: 0, to: 2, error: 'process "make" did not complete: exit code: 2' });

  it("is nothing at first", () => {
    expect(read().failure()).toBeUndefined();
    expect(read().said()).toEqual({ error: "", around: [] });
    expect(read().crashes()).toEqual([]);
  });

  it("is the step that failed with its last lines, and what buildctl said", () => {
    const reader = read(
      vertex("a", run, { from: 0 }),
      printed("a", Array.from({ length: 50 }, (_, at) => `line ${at}`).join("\n")),
      failed,
      "Dockerfile:2",
      '   2 | >>> RUN echo "::error::x"',
      "::error::y",
      'error: failed to solve: process "make" did not complete: exit code: 2',
    );
    expect(reader.failure()).toEqual({
      step: run,
      error: 'process "make" did not complete: exit code: 2',
      log: Array.from({ length: 20 }, (_, at) => `line ${at + 30}`),
    });
    expect(reader.said()).toEqual({
      error: 'process "make" did not complete: exit code: 2',
      around: ["Dockerfile:2", '   2 | >>> RUN echo "::error::x"', ": :error::y"],
    });
  });

  it.each([
    {
      what: "the step that buildctl names",
      lines: [
        cacheMiss,
        cancelled,
        failed,
        'error: failed to solve: process "make" did not complete: exit code: 2',
      ],
    },
    {
      what: "the one of two that buildctl names",
      lines: [
        vertex("b", "[other 2/2] RUN lint", { from: 0, to: 1, error: "exit code: 1" }),
        failed,
        'error: failed to solve: process "make" did not complete: exit code: 2',
      ],
    },
    {
      what: "no step that was cancelled for it",
      lines: [cancelled, failed, "error: failed to solve: something else"],
    },
    { what: "no cache that was not there", lines: [cacheMiss, failed, "error: exit code: 2"] },
    { what: "the failed step before buildctl says so", lines: [cacheMiss, cancelled, failed] },
  ])("is $what", ({ lines }) => {
    expect(read(...lines).failure()?.step).toBe(run);
  });

  it("is no step when none can be it", () => {
    expect(read(cacheMiss, cancelled, "error: failed to read dockerfile").failure()).toBeUndefined();
  });

  it.each([
    { line: "", kept: false },
    { line: "  ", kept: false },
    { line: "{}", kept: false },
    { line: '{"vertexes":[{"digest":"sha256:1","na', kept: false },
    { line: '{"logs":[{"data":"', kept: false },
    { line: '{"vertexes":"what?","logs":[1,null,{}],"statuses":[[]],"warnings":{}}', kept: false },
    {
      line: '{"vertexes":[{"digest":1,"name":2,"started":3,"inputs":[4],"error":{}}],"new":true}',
      kept: false,
    },
    { line: '{"level":"fatal"}', kept: true },
    { line: "{not json", kept: true },
    { line: "[1]", kept: true },
    { line: "time=x level=warning", kept: true },
  ])("$line is kept: $kept", ({ line, kept }) => {
    expect(read(line).said().around).toEqual(kept ? [line] : []);
  });

  it("is kept in bounds, whatever buildctl prints", () => {
    const reader = read(...Array.from({ length: 1000 }, (_, at) => `${at} ${"x".repeat(100_000)}`));
    const { around } = reader.said();
    expect(around).toHaveLength(200);
    expect(around.at(-1)).toBe(`999 ${"x".repeat(4092)}`);
  });

  it("is also QEMU, on a line that never ended", () => {
    const line = "qemu: uncaught target signal 4 (Illegal instruction)";
    expect(read(vertex("a", run, { from: 0 }), printed("a", line), failed).crashes()).toEqual([
      { step: run, line },
    ]);
  });

  it("is also QEMU, when it crashed in a step", () => {
    const reader = read(
      vertex("a", run, { from: 0 }),
      printed("a", "fine\nqemu: uncaught target sig"),
      printed("a", "nal 11 (Segmentation fault) - core dumped\n"),
      ...Array.from({ length: 100 }, () => printed("a", "qemu: uncaught target signal 6 (Aborted)\n", 2)),
    );
    expect(reader.crashes()).toHaveLength(10);
    expect(reader.crashes()[0]).toEqual({
      step: run,
      line: "qemu: uncaught target signal 11 (Segmentation fault) - core dumped",
    });
  });
});

describe("warnings", () => {
  it("are told once each, with their place", () => {
    const casing = warning("StageNameCasing: 'Base' should be lowercase (line 1)", {
      detail: ["Stage names should be lowercase"],
      url: "https://docs.docker.com/go/dockerfile/rule/stage-name-casing/",
      file: "Dockerfile",
      from: 1,
    });
    const reader = read(
      casing,
      warning("Multi ::line::\n##[x]", { detail: ["::a::b"], file: "Dockerfile", from: 4, to: 6 }),
      casing,
      warning("No place"),
    );
    expect(reader.warnings()).toEqual([
      {
        short: "StageNameCasing: 'Base' should be lowercase (line 1)",
        detail: ["Stage names should be lowercase"],
        url: "https://docs.docker.com/go/dockerfile/rule/stage-name-casing/",
        file: "Dockerfile",
        line: 1,
        endLine: undefined,
      },
      {
        short: "Multi ::line:: # #[x]",
        detail: [": :a::b"],
        url: "",
        file: "Dockerfile",
        line: 4,
        endLine: 6,
      },
      { short: "No place", detail: [], url: "", file: "", line: undefined, endLine: undefined },
    ]);
  });
});

it("a build that prints 50 MB does not take 50 MB", () => {
  const reader = read(vertex("a", run, { from: 0 }));
  const chunk = printed("a", `${"0123456789".repeat(1000)}\n`.repeat(100));
  for (let megabyte = 0; megabyte < 50; megabyte++) reader.read(chunk);
  const lines = reader.steps()[0]?.log.lines() ?? [];
  expect(lines.join("").length).toBeLessThan(4.1 * 1024 * 1024);
  expect(lines.find((line) => line.includes("left out]"))).toBeDefined();
});

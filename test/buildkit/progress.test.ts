import { describe, expect, it } from "vitest";
import { createProgressReader } from "../../src/buildkit/progress.ts";

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const base64 = (text: string): string => Buffer.from(text).toString("base64");

function read(...statuses: readonly object[]) {
  const reader = createProgressReader();
  return { reader, lines: statuses.flatMap((status) => reader.read(JSON.stringify(status))) };
}

describe("createProgressReader", () => {
  it("tells when a step starts, what it prints, and how it ends", () => {
    const { lines, reader } = read(
      { vertexes: [{ digest: "a", name: "[1/2] FROM busybox" }] },
      { vertexes: [{ digest: "a", name: "[1/2] FROM busybox", started: at(0) }] },
      { vertexes: [{ digest: "a", name: "[1/2] FROM busybox", started: at(0), completed: at(2) }] },
      { vertexes: [{ digest: "b", name: "[2/2] RUN make", started: at(2) }] },
      { logs: [{ vertex: "b", data: base64("one\ntwo\n") }] },
      { vertexes: [{ digest: "b", name: "[2/2] RUN make", started: at(2), completed: at(3), cached: true }] },
    );
    expect(lines).toEqual([
      "[1/2] FROM busybox",
      "[1/2] FROM busybox done in 2.0 s",
      "[2/2] RUN make",
      "| one",
      "| two",
      "[2/2] RUN make cached",
    ]);
    expect(reader.cached()).toEqual({ steps: 2, cached: 1 });
    expect(reader.failure()).toBeUndefined();
  });

  it("keeps BuildKit's housekeeping to itself, unless it fails", () => {
    const internal = { digest: "a", name: "[internal] load build definition", started: at(0) };
    expect(read({ vertexes: [{ ...internal, completed: at(1) }] }).lines).toEqual([]);
    expect(read({ vertexes: [{ ...internal, completed: at(1), error: "no such file" }] }).lines).toEqual([
      "[internal] load build definition failed",
    ]);
  });

  it("keeps the step that failed, its last lines, and what buildctl said", () => {
    const { reader } = read(
      { vertexes: [{ digest: "a", name: "[2/2] RUN make", started: at(0) }] },
      { logs: [{ vertex: "a", data: base64(Array.from({ length: 50 }, (_, n) => `line ${n}`).join("\n")) }] },
      {
        vertexes: [
          { digest: "a", name: "[2/2] RUN make", started: at(0), completed: at(1), error: "exit code: 2" },
        ],
      },
    );
    reader.read("Dockerfile:2");
    reader.read("error: failed to solve: exit code: 2");
    expect(reader.failure()?.step).toBe("[2/2] RUN make");
    expect(reader.failure()?.log).toHaveLength(20);
    expect(reader.failure()?.log.at(-1)).toBe("line 49");
    expect(reader.said()).toEqual({ error: "exit code: 2", around: ["Dockerfile:2"] });
  });

  it("lets nothing through that a runner would take as a command", () => {
    const { lines } = read(
      { vertexes: [{ digest: "a", name: "RUN echo '##[set-output name=x]y'", started: at(0) }] },
      {
        logs: [
          {
            vertex: "a",
            data: base64("::set-output name=a::b\n##vso[task]\nsection_start:1:x\r\u001b[0K\n"),
          },
        ],
      },
    );
    expect(lines.join("\n")).not.toMatch(/##\[|##vso\[|^(\| )?::|section_start/m);
    expect(lines.join("\n")).not.toContain("\u001b[0K");
  });

  it("takes text that is not progress, and half a line of it, as buildctl's own words", () => {
    const { reader } = read();
    expect(reader.read('{"vertexes":[')).toEqual([]);
    expect(reader.read("")).toEqual([]);
    expect(reader.said()).toEqual({ error: "", around: ['{"vertexes":['] });
  });
});

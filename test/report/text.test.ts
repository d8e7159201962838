import { describe, expect, it } from "vitest";
import { describeError, WorkError } from "../../src/errors.ts";
import { renderOutputs } from "../../src/host/plain.ts";
import { formatBytes, renderTable } from "../../src/report/table.ts";

describe("renderTable", () => {
  it("lines the columns up", () => {
    expect(
      renderTable([
        ["a", "bb"],
        ["ccc", "d"],
        ["", "e"],
      ]),
    ).toEqual(["a    bb", "ccc  d", "     e"]);
  });
});

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [1_234_567, "1.2 MB"],
    [5e12, "5000.0 GB"],
  ])("%d is %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe("describeError", () => {
  it("adds the causes that say something new, and the fix", () => {
    const error = new WorkError("the push failed", {
      cause: new Error("the push failed", { cause: new Error("no route") }),
      fix: "plug it in",
    });
    expect(describeError(error)).toBe("the push failed\ncause: no route\nfix: plug it in");
  });
});

describe("renderOutputs", () => {
  const result = {
    step: "publish-manifest",
    outputs: { digest: "sha256:1", tags: "a:1\na:2", previous: "it's {}" },
    variables: { BUILDKIT_HOST: "unix:///x y" },
    paths: ["/opt/tools"],
  };
  it.each([
    { print: "none", text: "" },
    {
      print: "json",
      text: '{\n  "digest": "sha256:1",\n  "tags": "a:1\\na:2",\n  "previous": "it\'s {}"\n}\n',
    },
    {
      print: "shell",
      text:
        "export BUILDKIT_HOST='unix:///x y'\n" +
        "export MULTIARCH_PUBLISH_MANIFEST_DIGEST=sha256:1\n" +
        "export MULTIARCH_PUBLISH_MANIFEST_TAGS='a:1\na:2'\n" +
        "export MULTIARCH_PUBLISH_MANIFEST_PREVIOUS='it'\\''s {}'\n" +
        'export PATH=/opt/tools:"$PATH"\n',
    },
    {
      print: "dotenv",
      text:
        "BUILDKIT_HOST=unix:///x y\n" +
        "MULTIARCH_PUBLISH_MANIFEST_DIGEST=sha256:1\n" +
        "MULTIARCH_PUBLISH_MANIFEST_TAGS=a:1 a:2\n" +
        "MULTIARCH_PUBLISH_MANIFEST_PREVIOUS=it's {}\n",
    },
  ] as const)("$print", ({ print, text }) => {
    expect(renderOutputs(result, print)).toBe(text);
  });
});

import { describe, expect, it } from "vitest";
import type { Annotation } from "../../src/buildkit/annotation.ts";
import { annotationAttributes, parseAnnotation } from "../../src/buildkit/annotation.ts";
import { parsePlatform } from "../../src/oci/platform.ts";

const amd64 = parsePlatform("linux/amd64");
const arm64 = parsePlatform("linux/arm64");

describe("an annotation", () => {
  it.each<{ text: string; annotations: readonly Annotation[] }>([
    { text: "a=b", annotations: [{ level: "manifest", key: "a", value: "b" }] },
    { text: "com.example=a", annotations: [{ level: "manifest", key: "com.example", value: "a" }] },
    { text: "a=", annotations: [{ level: "manifest", key: "a", value: "" }] },
    { text: "a=b=c:d", annotations: [{ level: "manifest", key: "a", value: "b=c:d" }] },
    {
      text: 'a=-x\n::warning::y, "q"',
      annotations: [{ level: "manifest", key: "a", value: '-x\n::warning::y, "q"' }],
    },
    { text: "manifest:a=b", annotations: [{ level: "manifest", key: "a", value: "b" }] },
    { text: "index:A.b=c", annotations: [{ level: "index", key: "A.b", value: "c" }] },
    { text: "index-descriptor:a=b", annotations: [{ level: "index-descriptor", key: "a", value: "b" }] },
    { text: "index:a:b=c", annotations: [{ level: "index", key: "a:b", value: "c" }] },
    {
      text: "index,manifest:a=b",
      annotations: [
        { level: "index", key: "a", value: "b" },
        { level: "manifest", key: "a", value: "b" },
      ],
    },
    {
      text: "manifest[plat/form]:a=b",
      annotations: [
        { level: "manifest", platform: { os: "plat", architecture: "form" }, key: "a", value: "b" },
      ],
    },
    {
      text: "index[linux/arm64],manifest-descriptor[linux/arm64]:a=b",
      annotations: [
        { level: "index", key: "a", value: "b" },
        { level: "manifest-descriptor", platform: arm64, key: "a", value: "b" },
      ],
    },
  ])("$text", ({ annotations, text }) => {
    expect(parseAnnotation(text)).toEqual(annotations);
  });

  it.each([
    { text: "a", message: '"a" is not KEY=VALUE' },
    { text: "=b", message: `"" can't be a key` },
    { text: "index:=b", message: `"" can't be a key` },
    { text: "a b=c", message: `"a b" can't be a key` },
    { text: "bad:a=b", message: 'unknown level "bad"' },
    { text: "manifets:a=b", message: 'unknown level "manifets": did you mean manifest?' },
    { text: ":a=b", message: 'unknown level ""' },
    { text: "manifest,:a=b", message: 'unknown level ""' },
    { text: "index, manifest:a=b", message: 'unknown level " manifest": did you mean manifest?' },
    { text: "manifest[linux/amd64:a=b", message: 'unknown level "manifest[linux/amd64"' },
    { text: "manifest[a/b/c/d]:a=b", message: 'not a platform: "a/b/c/d"' },
    { text: "org.Example=b", message: '"org.Example": buildctl makes the keys' },
  ])("is refused: $text", ({ message, text }) => {
    expect(() => parseAnnotation(text)).toThrow(message);
  });

  it("becomes an attribute of the exporter where it is on the platform's manifest", () => {
    const annotations = [
      "manifest[linux/arm64/v8]:a=own",
      "a=first",
      "a=all",
      "b=1,2",
      "manifest[linux/amd64]:c=amd64",
      "index:d=index",
      "manifest-descriptor:e=descriptor",
    ].flatMap(parseAnnotation);
    expect(annotationAttributes(annotations, arm64)).toEqual([
      ["annotation.a", "own"],
      ["annotation.b", "1,2"],
    ]);
    expect(annotationAttributes(annotations, amd64)).toEqual([
      ["annotation.a", "all"],
      ["annotation.b", "1,2"],
      ["annotation.c", "amd64"],
    ]);
    expect(annotationAttributes([], amd64)).toEqual([]);
  });
});

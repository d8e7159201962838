import { describe, expect, it } from "vitest";
import { imageSources, parseImageMirror } from "../../src/container-image/sources.ts";

const digest = `sha256:${"ab".repeat(32)}`;
const mirrors = ["mirror.gcr.io", "127.0.0.1:5000/hub"];

describe("imageSources", () => {
  it.each([
    {
      image: "moby/buildkit:v0.32.2",
      engine: "docker" as const,
      sources: [
        "mirror.gcr.io/moby/buildkit:v0.32.2",
        "127.0.0.1:5000/hub/moby/buildkit:v0.32.2",
        "docker.io/moby/buildkit:v0.32.2",
      ],
    },
    {
      image: "busybox",
      engine: "docker" as const,
      sources: [
        "mirror.gcr.io/library/busybox:latest",
        "127.0.0.1:5000/hub/library/busybox:latest",
        "docker.io/library/busybox",
      ],
    },
    {
      image: `docker.io/moby/buildkit:v0.32.2@${digest}`,
      engine: "docker" as const,
      sources: [
        `mirror.gcr.io/moby/buildkit@${digest}`,
        `127.0.0.1:5000/hub/moby/buildkit@${digest}`,
        `docker.io/moby/buildkit:v0.32.2@${digest}`,
      ],
    },
    {
      image: `moby/buildkit:v0.32.2@${digest}`,
      engine: "podman" as const,
      sources: [
        `mirror.gcr.io/moby/buildkit@${digest}`,
        `127.0.0.1:5000/hub/moby/buildkit@${digest}`,
        `docker.io/moby/buildkit@${digest}`,
      ],
    },
    {
      image: "ghcr.io/me/buildkit:1",
      engine: "docker" as const,
      sources: ["ghcr.io/me/buildkit:1"],
    },
    {
      image: "127.0.0.1:5000/moby/buildkit:1",
      engine: "docker" as const,
      sources: ["127.0.0.1:5000/moby/buildkit:1"],
    },
  ])("$image with $engine", ({ image, engine, sources }) => {
    const found = imageSources(image, mirrors, engine);
    expect(found.map(({ reference }) => reference)).toEqual(sources);
    expect(new Set(found.map(({ digest }) => digest))).toEqual(
      new Set([image.includes("@") ? digest : undefined]),
    );
  });

  it("names no source twice", () => {
    expect(imageSources("a/b", ["docker.io", "m.test", "m.test"], "podman")).toHaveLength(2);
  });
});

describe("parseImageMirror", () => {
  it.each(["mirror.gcr.io", "127.0.0.1:5000", "localhost/x", "harbor.test/proxy/hub", "[::1]:5000"])(
    "%s",
    (mirror) => {
      expect(parseImageMirror(mirror)).toBe(mirror);
      expect(parseImageMirror(`${mirror}/`)).toBe(mirror);
    },
  );

  it.each([
    "",
    "mirror",
    "https://mirror.gcr.io",
    "m.test/a:tag",
    "m.test/A",
    `m.test/a@${digest}`,
    "-x.test",
  ])("refuses %j", (mirror) => {
    expect(() => parseImageMirror(mirror)).toThrow("is not a registry such as");
  });
});

import { describe, expect, it } from "vitest";
import type { Solve } from "../../src/buildkit/buildctl.ts";
import { solveCommand } from "../../src/buildkit/buildctl.ts";
import { parsePlatform } from "../../src/oci/platform.ts";
import { parseReference } from "../../src/oci/reference.ts";

const solve: Solve = {
  buildctl: "/tools/buildctl",
  address: "docker-container://b",
  platform: parsePlatform("linux/arm64"),
  context: "/work/app",
  file: "/work/app/Dockerfile",
  buildArgs: [],
  repositories: [parseReference("ghcr.io/a/b")],
  metadataFile: "/tmp/m.json",
};
const before = ["--addr=docker-container://b", "build", "--progress=rawjson", "--frontend=dockerfile.v0"];
const output = "--output=type=image,name=ghcr.io/a/b,push=true,push-by-digest=true,name-canonical=true";

describe("solveCommand", () => {
  it.each<{ name: string; change: Partial<Solve>; args: readonly string[] }>([
    {
      name: "the least",
      change: {},
      args: [
        "--local=context=/work/app",
        "--local=dockerfile=/work/app",
        "--opt=filename=Dockerfile",
        "--opt=platform=linux/arm64",
        output,
        "--metadata-file=/tmp/m.json",
      ],
    },
    {
      name: "a Dockerfile elsewhere, a target, a variant, arguments with commas and spaces",
      change: {
        file: "/work/docker/Dockerfile.armhf",
        platform: parsePlatform("linux/arm/v6"),
        target: "slim",
        buildArgs: ["A=1,2", "B=two words", "C=--push", "D=line\nbreak", "E="],
      },
      args: [
        "--local=context=/work/app",
        "--local=dockerfile=/work/docker",
        "--opt=filename=Dockerfile.armhf",
        "--opt=platform=linux/arm/v6",
        "--opt=target=slim",
        "--opt=build-arg:A=1,2",
        "--opt=build-arg:B=two words",
        "--opt=build-arg:C=--push",
        "--opt=build-arg:D=line\nbreak",
        "--opt=build-arg:E=",
        output,
        "--metadata-file=/tmp/m.json",
      ],
    },
    {
      name: "two repositories in one quoted field",
      change: { repositories: [parseReference("ghcr.io/a/b"), parseReference("someone/server")] },
      args: [
        "--local=context=/work/app",
        "--local=dockerfile=/work/app",
        "--opt=filename=Dockerfile",
        "--opt=platform=linux/arm64",
        '--output=type=image,"name=ghcr.io/a/b,docker.io/someone/server",push=true,push-by-digest=true,name-canonical=true',
        "--metadata-file=/tmp/m.json",
      ],
    },
  ])("$name", ({ change, args }) => {
    expect(solveCommand({ ...solve, ...change })).toEqual({
      program: "/tools/buildctl",
      args: [...before, ...args],
    });
  });
});

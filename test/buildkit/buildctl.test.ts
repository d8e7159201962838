import { describe, expect, it } from "vitest";
import type { Solve } from "../../src/buildkit/buildctl.ts";
import { solveCommand } from "../../src/buildkit/buildctl.ts";
import { parsePlatform } from "../../src/oci/platform.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { parseRegistryTrust } from "../../src/registry/trust.ts";

const solve: Solve = {
  buildctl: "/tools/buildctl",
  endpoint: { address: "docker-container://b" },
  registries: [],
  platform: parsePlatform("linux/arm64"),
  context: "/repo/app",
  file: "/repo/app/Dockerfile",
  buildArgs: [],
  repositories: [parseReference("ghcr.io/a/b")],
  metadataFile: "/tmp/m.json",
};
const before = ["build", "--progress=rawjson", "--frontend=dockerfile.v0"];
const output = "--output=type=image,name=ghcr.io/a/b,push=true,push-by-digest=true,name-canonical=true";

describe("solveCommand", () => {
  it.each<{ name: string; change: Partial<Solve>; flags?: readonly string[]; args: readonly string[] }>([
    {
      name: "the least",
      change: {},
      args: [
        "--local=context=/repo/app",
        "--local=dockerfile=/repo/app",
        "--opt=filename=Dockerfile",
        "--opt=platform=linux/arm64",
        output,
        "--metadata-file=/tmp/m.json",
      ],
    },
    {
      name: "a Dockerfile elsewhere, a target, a variant, arguments with commas and spaces",
      change: {
        file: "/repo/docker/Dockerfile.armhf",
        platform: parsePlatform("linux/arm/v6"),
        target: "slim",
        buildArgs: ["A=1,2", "B=two words", "C=--push", "D=line\nbreak", "E="],
      },
      args: [
        "--local=context=/repo/app",
        "--local=dockerfile=/repo/docker",
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
      name: "a daemon behind TLS, a registry with an authority of its own",
      change: {
        endpoint: {
          address: "tcp://b:1234",
          tls: { ca: "/c/ca.pem", cert: "/c/cert.pem", key: "/c/key.pem", serverName: "b.local" },
        },
        registries: [
          parseRegistryTrust('r.local:5000,"ca=/c/r,a.pem"'),
          parseRegistryTrust("plain.local,http"),
          parseRegistryTrust("own.local,insecure"),
        ],
      },
      flags: [
        "--addr=tcp://b:1234",
        "--tlscacert=/c/ca.pem",
        "--tlscert=/c/cert.pem",
        "--tlskey=/c/key.pem",
        "--tlsservername=b.local",
      ],
      args: [
        "--local=context=/repo/app",
        "--local=dockerfile=/repo/app",
        "--opt=filename=Dockerfile",
        "--opt=platform=linux/arm64",
        output,
        '--registry-auth-tlscontext=host=r.local:5000,"ca=/c/r,a.pem"',
        "--registry-auth-tlscontext=host=own.local,insecure=true",
        "--metadata-file=/tmp/m.json",
      ],
    },
    {
      name: "two repositories in one quoted field",
      change: { repositories: [parseReference("ghcr.io/a/b"), parseReference("someone/server")] },
      args: [
        "--local=context=/repo/app",
        "--local=dockerfile=/repo/app",
        "--opt=filename=Dockerfile",
        "--opt=platform=linux/arm64",
        '--output=type=image,"name=ghcr.io/a/b,docker.io/someone/server",push=true,push-by-digest=true,name-canonical=true',
        "--metadata-file=/tmp/m.json",
      ],
    },
  ])("$name", ({ change, flags = ["--addr=docker-container://b"], args }) => {
    expect(solveCommand({ ...solve, ...change })).toEqual({
      program: "/tools/buildctl",
      args: [...flags, ...before, ...args],
    });
  });
});

import { describe, expect, it } from "vitest";
import type { Solve } from "../../src/buildkit/buildctl.ts";
import { solveCommand } from "../../src/buildkit/buildctl.ts";
import { parseRegistryTrust } from "../../src/registry/trust.ts";

const solve: Solve = {
  buildctl: "/tools/buildctl",
  endpoint: { address: "docker-container://b" },
  options: [],
  locals: [],
  ociLayouts: [],
  secrets: [],
  ssh: [],
  allow: [],
  noCache: false,
  cacheImports: [],
  cacheExports: [],
  outputs: [],
  registries: [],
};
const before = ["build", "--progress=rawjson", "--frontend=dockerfile.v0"];

describe("solveCommand", () => {
  it.each<{ name: string; change: Partial<Solve>; flags?: readonly string[]; args: readonly string[] }>([
    { name: "the least", change: {}, args: [] },
    {
      name: "names and values with what means something to others",
      change: {
        locals: [["context", "/a b,c"]],
        options: [
          ["filename", "-f"],
          ["build-arg:A", "1,2"],
          ["build-arg:B", "line\nbreak"],
        ],
        secrets: [
          { id: "a", file: "/tmp/x,y" },
          { id: "b", env: "TOKEN" },
        ],
        outputs: [{ type: "image", attributes: new Map([["name", "r.io/a,r.io/b"]]) }],
      },
      args: [
        "--local=context=/a b,c",
        "--opt=filename=-f",
        "--opt=build-arg:A=1,2",
        "--opt=build-arg:B=line\nbreak",
        '--secret=id=a,type=file,"src=/tmp/x,y"',
        "--secret=id=b,type=env,env=TOKEN",
        '--output=type=image,"name=r.io/a,r.io/b"',
      ],
    },
    {
      name: "a daemon behind TLS, registries with authorities of their own",
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
        metadataFile: "/tmp/m.json",
      },
      flags: [
        "--addr=tcp://b:1234",
        "--tlscacert=/c/ca.pem",
        "--tlscert=/c/cert.pem",
        "--tlskey=/c/key.pem",
        "--tlsservername=b.local",
      ],
      args: [
        '--registry-auth-tlscontext=host=r.local:5000,"ca=/c/r,a.pem"',
        "--registry-auth-tlscontext=host=own.local,insecure=true",
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

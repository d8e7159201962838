import { describe, expect, it } from "vitest";
import { solveCommand } from "../../../src/buildkit/buildctl.ts";
import type { BuildFacts } from "../../../src/steps/build/probe.ts";
import { buildInputs } from "../../../src/steps/build/inputs.ts";
import { kebabCase } from "../../../src/inputs/field.ts";
import { planOf } from "./facts.ts";

const before = ["--addr=tcp://b:1", "build", "--progress=rawjson", "--frontend=dockerfile.v0"];
const locals = ["--local=context=/repo", "--local=dockerfile=/repo"];
const source = ["--opt=filename=Dockerfile", "--opt=platform=linux/amd64"];
const after = ["--metadata-file=/tmp/run/0.json"];
const pushed = "push=true,push-by-digest=true,name-canonical=true";
const github = {
  ci: "github",
  event: "push",
  commit: "0123456789abcdef0123456789abcdef01234567",
  repositoryUrl: "https://github.com/o/r",
  gitContext: "https://github.com/o/r.git#refs/heads/main",
  runUrl: "https://github.com/o/r/actions/runs/1",
  runId: "1",
} as const;

interface Row {
  /** The input that the row is about. */
  readonly input: string;
  readonly name?: string;
  readonly given: Readonly<Record<string, string>>;
  readonly facts?: Partial<BuildFacts>;
  readonly locals?: readonly string[];
  /** Options of the frontend behind the platform. */
  readonly options?: readonly string[];
  readonly source?: readonly string[];
  readonly flags?: readonly string[];
  readonly outputs?: readonly string[];
}

/** Inputs that change no argument of a single solve; what they do is tested where it is done. */
const elsewhere = [
  ...["flavor", "handoff", "descriptors-file", "max-parallel", "fail-fast", "platform-timeout", "retries"],
  ...["progress", "platform-tags", "registries", "builder"],
];

const rows: readonly Row[] = [
  { input: "image", given: { image: "r.io/a" }, outputs: [`type=image,name=r.io/a,${pushed}`] },
  {
    input: "image",
    name: "two repositories",
    given: { image: "ghcr.io/a/b,someone/server" },
    outputs: [`type=image,"name=ghcr.io/a/b,docker.io/someone/server",${pushed}`],
  },
  {
    input: "tags",
    name: "whole references, without push",
    given: { tags: "user/app:1,user/app:latest" },
    outputs: [],
  },
  {
    input: "tags",
    given: { tags: "user/app:1,ghcr.io/user/app:1", push: "true" },
    outputs: [`type=image,"name=docker.io/user/app,ghcr.io/user/app",${pushed}`],
  },
  { input: "push", given: { image: "r.io/a", push: "false" } },
  {
    input: "platforms",
    given: { platforms: "linux/arm/v7,file=Dockerfile.armhf,build-arg:FOO=bar,target=slim" },
    source: ["--opt=filename=Dockerfile.armhf", "--opt=platform=linux/arm/v7"],
    options: ["target=slim", "build-arg:FOO=bar"],
  },
  {
    input: "context",
    given: { context: "https://github.com/o/r.git#main:sub", file: "docker/Dockerfile" },
    facts: {
      context: { kind: "url", url: "https://github.com/o/r.git#main:sub", file: "docker/Dockerfile" },
    },
    locals: [],
    source: [
      "--opt=context=https://github.com/o/r.git#main:sub",
      "--opt=filename=docker/Dockerfile",
      "--opt=platform=linux/amd64",
    ],
  },
  {
    input: "file",
    given: { file: "docker/Dockerfile.slim" },
    facts: { context: { kind: "path", path: "/repo", file: "/repo/docker/Dockerfile.slim" } },
    locals: ["--local=context=/repo", "--local=dockerfile=/repo/docker"],
    source: ["--opt=filename=Dockerfile.slim", "--opt=platform=linux/amd64"],
  },
  {
    input: "build-args",
    given: { "build-args": "A=1,2\nTOKEN\nEMPTY=\nB=--push" },
    facts: { env: { TOKEN: "from the environment" } },
    options: [
      "build-arg:A=1,2",
      "build-arg:TOKEN=from the environment",
      "build-arg:EMPTY=",
      "build-arg:B=--push",
    ],
  },
  {
    input: "build-args",
    name: "docker's proxies, but for those that are given",
    given: { "build-args": "http_proxy=mine" },
    facts: {
      proxies: [
        ["HTTP_PROXY", "p"],
        ["http_proxy", "p"],
        ["NO_PROXY", "n"],
      ],
      sourceDateEpoch: "7",
    },
    options: ["build-arg:NO_PROXY=n", "build-arg:SOURCE_DATE_EPOCH=7", "build-arg:http_proxy=mine"],
  },
  {
    input: "build-contexts",
    given: {
      "build-contexts":
        "lib=../lib\nbase=docker-image://alpine:3\nsrc=https://github.com/o/r.git#v1\nold=oci-layout://out:v1",
    },
    facts: { layouts: { old: `sha256:${"a".repeat(64)}` } },
    locals: [...locals, "--local=lib=/lib", "--oci-layout=layout-0=/repo/out"],
    options: [
      "context:lib=local:lib",
      "context:base=docker-image://alpine:3",
      "context:src=https://github.com/o/r.git#v1",
      `context:old=oci-layout://layout-0@sha256:${"a".repeat(64)}`,
    ],
  },
  { input: "target", given: { target: "slim" }, options: ["target=slim"] },
  {
    input: "labels",
    given: { labels: "a=b=c\nempty=\nquoted=x,y" },
    options: ["label:a=b=c", "label:empty=", "label:quoted=x,y"],
  },
  {
    input: "labels",
    name: "from the job, what is given last",
    given: { labels: "auto\norg.opencontainers.image.revision=mine", tags: "r.io/a:1.2.3" },
    facts: { job: github },
    options: [
      "label:org.opencontainers.image.created=2026-11-23T12:00:00.000Z",
      "label:org.opencontainers.image.revision=mine",
      "label:org.opencontainers.image.source=https://github.com/o/r",
      "label:org.opencontainers.image.title=r",
      "label:org.opencontainers.image.url=https://github.com/o/r",
      "label:org.opencontainers.image.version=1.2.3",
    ],
  },
  {
    input: "annotations",
    given: {
      image: "r.io/a",
      annotations: "a=b\nindex:c=d\nmanifest[linux/amd64]:e=f,g\nmanifest[linux/arm64]:h=i",
    },
    outputs: [`type=image,annotation.a=b,"annotation.e=f,g",name=r.io/a,${pushed}`],
  },
  {
    input: "load",
    given: { load: "true", tags: "user/app:1,user/app:latest" },
    outputs: ['type=docker,"name=docker.io/user/app:1,docker.io/user/app:latest",dest=/tmp/run/0.tar'],
  },
  {
    input: "outputs",
    name: "into Docker",
    given: { outputs: "type=docker,compression=zstd", tags: "user/app:1" },
    outputs: ["type=docker,name=docker.io/user/app:1,compression=zstd,dest=/tmp/run/0.tar"],
  },
  {
    input: "outputs",
    given: { outputs: "out\ntype=tar,dest=a.tar\ntype=oci,dest=/x/{platform}.tar\ntype=cacheonly" },
    outputs: ["type=local,dest=/repo/out", "type=tar,dest=/repo/a.tar", "type=oci,dest=/x/linux-amd64.tar"],
  },
  {
    input: "outputs",
    name: "pushing ones go by digest and stand last",
    given: { outputs: "type=registry,name=r.io/a:1,compression=zstd\nout" },
    outputs: ["type=local,dest=/repo/out", `type=image,name=r.io/a,compression=zstd,${pushed}`],
  },
  {
    input: "cache-from",
    given: { "cache-from": "r.io/a:cache\ntype=local,src=/cache" },
    flags: ["--import-cache=type=registry,ref=r.io/a:cache", "--import-cache=type=local,src=/cache"],
  },
  {
    input: "cache-to",
    given: { "cache-to": "type=registry,ref=r.io/a:{platform},mode=max\ntype=inline" },
    flags: ["--export-cache=type=registry,ref=r.io/a:linux-amd64,mode=max", "--export-cache=type=inline"],
  },
  { input: "no-cache", given: { "no-cache": "true" }, flags: ["--no-cache"] },
  { input: "no-cache-filters", given: { "no-cache-filters": "a,b" }, options: ["no-cache=a,b"] },
  { input: "pull", given: { pull: "true" }, options: ["image-resolve-mode=pull"] },
  {
    input: "secrets",
    given: { secrets: 'A=one,"two"=\n"B=line 1\nline 2"' },
    flags: ["--secret=id=A,type=file,src=/tmp/run/secret-0", "--secret=id=B,type=file,src=/tmp/run/secret-1"],
  },
  {
    input: "secret-envs",
    given: { "secret-envs": "A=TOKEN,B?=NOT_THERE" },
    facts: { absentSecrets: ["B"] },
    flags: ["--secret=id=A,type=env,env=TOKEN"],
  },
  {
    input: "secret-files",
    given: { "secret-files": "A=./x,y.txt" },
    flags: ['--secret=id=A,type=file,"src=/repo/x,y.txt"'],
  },
  {
    input: "github-token",
    given: { "github-token": "ghs_1" },
    facts: { job: github, context: { kind: "url", url: github.gitContext, file: "" } },
    locals: [],
    source: [`--opt=context=${github.gitContext}`, "--opt=platform=linux/amd64"],
    flags: ["--secret=id=GIT_AUTH_TOKEN.github.com,type=file,src=/tmp/run/secret-0"],
  },
  { input: "github-token", name: "for no other context", given: { "github-token": "ghs_1" } },
  {
    input: "ssh",
    given: { ssh: "default\nkey=id_ed25519" },
    flags: ["--ssh=default", "--ssh=key=/repo/id_ed25519"],
  },
  {
    input: "allow",
    given: { allow: "security.insecure\ndevice=vendor.io/gpu" },
    flags: ["--allow=security.insecure", "--allow=device=vendor.io/gpu"],
  },
  {
    input: "network",
    given: { network: "host", allow: "network.host" },
    options: ["force-network-mode=host"],
    flags: ["--allow=network.host"],
  },
  {
    input: "add-hosts",
    given: { "add-hosts": "a:10.0.0.1,b=::1\nc:host-gateway" },
    facts: { hostGateway: "172.17.0.1" },
    options: ["add-hosts=a=10.0.0.1,b=::1,c=172.17.0.1"],
  },
  { input: "cgroup-parent", given: { "cgroup-parent": "/ci" }, options: ["cgroup-parent=/ci"] },
  { input: "shm-size", given: { "shm-size": "2g" }, options: ["shm-size=2147483648"] },
  {
    input: "ulimit",
    given: { ulimit: "nofile=1024:2048,core=0" },
    options: ["ulimit=nofile=1024:2048,core=0:0"],
  },
  {
    input: "attests",
    given: { attests: "type=sbom,generator=r.io/scan\ntype=provenance,mode=max" },
    options: ["attest:provenance=mode=max", "attest:sbom=generator=r.io/scan"],
  },
  { input: "provenance", given: { provenance: "mode=min" }, options: ["attest:provenance=mode=min"] },
  {
    input: "provenance",
    name: "none",
    given: { provenance: "false" },
    facts: { withoutDefaultAttestations: false },
  },
  {
    input: "provenance",
    name: "docker's default elsewhere, and what Git says",
    given: {},
    facts: {
      withoutDefaultAttestations: false,
      git: { commit: github.commit, repositoryUrl: "https://github.com/o/r", tags: [] },
      inRepository: { context: "app", file: "app/docker" },
    },
    options: [
      "attest:provenance=mode=min,inline-only=true",
      "vcs:source=https://github.com/o/r",
      `vcs:revision=${github.commit}`,
      "vcs:localdir:context=app",
      "vcs:localdir:dockerfile=app/docker",
    ],
  },
  {
    input: "provenance",
    name: "docker's default for a public repository on GitHub",
    given: {},
    facts: { withoutDefaultAttestations: false, job: { ...github, isPrivate: false } },
    options: [`attest:provenance=mode=max,builder-id=${github.runUrl}`],
  },
  {
    input: "provenance",
    name: "not by itself where the image must come out the same, or goes into Docker",
    given: { "source-date-epoch": "0" },
    facts: { withoutDefaultAttestations: false },
    options: ["build-arg:SOURCE_DATE_EPOCH=0"],
  },
  { input: "sbom", given: { sbom: "true" }, options: ["attest:sbom="] },
  {
    input: "source-date-epoch",
    given: { "source-date-epoch": "commit", image: "r.io/a" },
    facts: { git: { commitTime: 1_700_000_000, tags: [] } },
    options: ["build-arg:SOURCE_DATE_EPOCH=1700000000"],
    outputs: [`type=image,rewrite-timestamp=true,name=r.io/a,${pushed}`],
  },
  {
    input: "call",
    given: { call: "check", image: "r.io/a" },
    options: ["requestid=frontend.lint"],
  },
];

describe("the whole buildctl of every input", () => {
  it.each(rows.map((row) => ({ ...row, title: `${row.input}: ${row.name ?? JSON.stringify(row.given)}` })))(
    "$title",
    ({ given, facts, flags = [], options = [], outputs = [], ...row }) => {
      const { solves } = planOf(given, facts);
      expect(solves).toHaveLength(1);
      expect(solves.map(({ solve }) => solveCommand(solve))).toEqual([
        {
          program: "buildctl",
          args: [
            ...before,
            ...(row.locals ?? locals),
            ...(row.source ?? source),
            ...options.map((option) => `--opt=${option}`),
            ...flags,
            ...outputs.map((output) => `--output=${output}`),
            ...(given["call"] === undefined ? after : []),
          ],
        },
      ]);
    },
  );

  it("covers every input", () => {
    const covered = new Set([...rows.map(({ input }) => input), ...elsewhere]);
    expect(
      Object.keys(buildInputs)
        .map(kebabCase)
        .filter((name) => !covered.has(name)),
    ).toEqual([]);
  });
});

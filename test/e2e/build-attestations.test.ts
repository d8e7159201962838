import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeContext } from "./context.ts";
import { lab, program, startJob } from "./job.ts";
import { readPushed } from "./job-state.ts";
import { readImage, readManifest } from "./registry-image.ts";
import type { Attestation } from "./registry-image.ts";

const job = startJob();
const platforms = ["--platforms", "linux/amd64,linux/386"];
const one = ["--platforms", "linux/amd64"];
const slsa = "https://slsa.dev/provenance/v1";
let context: readonly string[] = [];

interface Provenance {
  readonly runDetails: { readonly builder: { readonly id: string } };
  readonly buildDefinition: {
    readonly externalParameters: { readonly request: { readonly args?: Record<string, string> } };
    readonly internalParameters: { readonly buildConfig?: unknown };
  };
}

beforeAll(async () => {
  const folder = writeContext(job, "context", {
    Dockerfile: ["FROM busybox", "ARG NAME", 'RUN echo "$NAME" > /name'],
  });
  context = ["--context", folder, "--build-args", "NAME=attested"];
  await job.outputs("setup", ["--platforms", "linux/amd64"]);
});

afterAll(() => job[Symbol.asyncDispose]());

async function build(
  repository: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const image = `${lab.LAB_REGISTRY}/${repository}`;
  const ended = await job.step("build", ["--image", image, ...context, ...args], { env });
  expect(ended, ended.stdout + ended.stderr).toMatchObject({ code: 0 });
  return readPushed(job, image).map(({ digest }) => digest);
}

function predicates(attestations: readonly Attestation[]): readonly string[] {
  return attestations.flatMap(({ statements }) => statements.map(({ predicateType }) => predicateType));
}

function provenanceOf(attestations: readonly Attestation[]): Provenance | undefined {
  const statements = attestations.flatMap((attestation) => attestation.statements);
  return statements.find(({ predicateType }) => predicateType === slsa)?.predicate as Provenance | undefined;
}

describe("provenance", () => {
  it("stands beside the image by itself, as docker has it, and points at it", async () => {
    for (const digest of await build("e2e/provenance", platforms)) {
      const { attestations, image } = await readImage("e2e/provenance", digest);
      expect(predicates(attestations)).toEqual([slsa]);
      expect(attestations.map(({ descriptor }) => descriptor.annotations)).toEqual([
        {
          "vnd.docker.reference.type": "attestation-manifest",
          "vnd.docker.reference.digest": image?.digest,
        },
      ]);
    }
  });

  it("is refused, and then the image stands alone", async () => {
    for (const args of [
      ["--provenance", "false"],
      ["--attests", "type=provenance,disabled=true"],
    ]) {
      const [digest = ""] = await build("e2e/bare", [...one, ...args]);
      expect(await readImage("e2e/bare", digest)).toMatchObject({ index: undefined, attestations: [] });
    }
    const [digest = ""] = await build("e2e/bare", one, { BUILDX_NO_DEFAULT_ATTESTATIONS: "1" });
    expect(await readImage("e2e/bare", digest)).toMatchObject({ index: undefined });
  });

  it("tells as much as is asked for", async () => {
    const [max = ""] = await build("e2e/provenance", [
      ...one,
      "--provenance",
      "mode=max,builder-id=https://b",
    ]);
    const [min = ""] = await build("e2e/provenance", [...one, "--provenance", "mode=min"]);
    const most = provenanceOf((await readImage("e2e/provenance", max)).attestations);
    expect(most?.runDetails.builder.id).toBe("https://b");
    expect(most?.buildDefinition.internalParameters.buildConfig).toBeDefined();
    expect(most?.buildDefinition.externalParameters.request.args).toMatchObject({
      "build-arg:NAME": "attested",
    });
    const least = provenanceOf((await readImage("e2e/provenance", min)).attestations);
    expect(least?.buildDefinition.internalParameters.buildConfig).toBeUndefined();
    expect(JSON.stringify(least)).not.toContain("attested");
  });

  it.each([
    { visibility: "public", isPrivate: false, tellsAll: true },
    { visibility: "private", isPrivate: true, tellsAll: false },
  ])("of a $visibility repository on GitHub names the run", async ({ isPrivate, tellsAll }) => {
    const payload = join(job.folder, "event.json");
    writeFileSync(payload, JSON.stringify({ repository: { private: isPrivate } }));
    const [digest = ""] = await build("e2e/provenance", one, {
      GITHUB_ACTIONS: "true",
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_REPOSITORY: "owner/app",
      GITHUB_RUN_ID: "42",
      GITHUB_EVENT_PATH: payload,
      GITHUB_OUTPUT: "",
    });
    const provenance = provenanceOf((await readImage("e2e/provenance", digest)).attestations);
    expect(provenance?.runDetails.builder.id).toMatch(
      /^https:\/\/github\.com\/owner\/app\/actions\/runs\/42(\/attempts\/\d+)?$/,
    );
    expect(provenance?.buildDefinition.internalParameters.buildConfig !== undefined).toBe(tellsAll);
  });
});

describe("a bill of materials", () => {
  // What a scanner is to BuildKit: https://github.com/moby/buildkit/blob/master/docs/attestations/sbom-protocol.md
  const statement = {
    _type: "https://in-toto.io/Statement/v0.1",
    predicateType: "https://spdx.dev/Document",
    predicate: { spdxVersion: "SPDX-2.3", name: "scanned" },
  };

  beforeAll(async () => {
    const scanner = writeContext(job, "scanner", {
      Dockerfile: [
        "FROM busybox",
        "COPY statement.json /",
        "COPY scan /bin/",
        'ENTRYPOINT ["sh", "/bin/scan"]',
      ],
      scan: [
        'test -d "$BUILDKIT_SCAN_SOURCE"',
        'cp /statement.json "$BUILDKIT_SCAN_DESTINATION/core.spdx.json"',
      ],
      "statement.json": JSON.stringify(statement),
    });
    // Under the name of the one that BuildKit takes by itself, in the registry that stands for docker.io.
    const image = ["--image", `${lab.LAB_REGISTRY}/docker/buildkit-syft-scanner`];
    await job.outputs("build", [...image, ...one, "--context", scanner, "--provenance", "false"]);
    await job.outputs("publish-manifest", [...image, "--tags", "stable-1,other"]);
  });

  it.each([
    { asked: ["--sbom", "true"] },
    { asked: ["--sbom", `generator=${lab.LAB_REGISTRY}/docker/buildkit-syft-scanner:other`] },
    { asked: ["--attests", "type=sbom"] },
  ])("is made by a scanner, asked for by $asked", async ({ asked }) => {
    const [digest = ""] = await build("e2e/sbom", [...one, ...asked]);
    const { attestations } = await readImage("e2e/sbom", digest);
    expect(predicates(attestations).toSorted()).toEqual([slsa, statement.predicateType]);
    const [{ statements } = { statements: [] }] = attestations;
    expect(statements.find(({ predicateType }) => predicateType === statement.predicateType)).toMatchObject({
      predicate: statement.predicate,
    });
  });
});

describe("publishing", () => {
  it("flattens what was built, and each attestation points at its image", async () => {
    const image = `${lab.LAB_REGISTRY}/e2e/flattened`;
    await build("e2e/flattened", [...platforms, "--sbom", "true"]);
    await job.outputs("publish-manifest", ["--image", image, "--tags", "latest", ...platforms]);
    const { json } = await readManifest("e2e/flattened", "latest");
    const [first, second, ...others] = json.manifests;
    expect([first, second].map((entry) => entry?.platform?.architecture)).toEqual(["amd64", "386"]);
    expect(others.map(({ annotations, platform }) => [platform?.os, annotations])).toEqual(
      [first, second].map((entry) => [
        "unknown",
        {
          "vnd.docker.reference.type": "attestation-manifest",
          "vnd.docker.reference.digest": entry?.digest,
        },
      ]),
    );
    for (const { digest } of json.manifests) {
      expect((await readManifest("e2e/flattened", digest)).json).toHaveProperty("config");
    }
  });

  it("leaves what docker buildx reads for each platform", async () => {
    const plugins = join(job.folder, "docker", "cli-plugins");
    mkdirSync(plugins, { recursive: true });
    symlinkSync(join(lab.LAB_BUILDX ?? "", "docker-buildx"), join(plugins, "docker-buildx"));
    const inspect = (format: string): Promise<string> =>
      program(
        "docker",
        ["buildx", "imagetools", "inspect", `${lab.LAB_REGISTRY}/e2e/flattened:latest`, "--format", format],
        { env: { DOCKER_CONFIG: join(plugins, "..") } },
      );
    const provenance = JSON.parse(await inspect("{{json .Provenance}}")) as Record<string, { SLSA: unknown }>;
    expect(Object.keys(provenance).toSorted()).toEqual(["linux/386", "linux/amd64"]);
    const sboms = JSON.parse(await inspect("{{json .SBOM}}")) as Record<string, { SPDX: { name: string } }>;
    expect(Object.values(sboms).map(({ SPDX }) => SPDX.name)).toEqual(["scanned", "scanned"]);
  });
});

import { describe, expect, it } from "vitest";
import { parseInputs } from "../../src/inputs/parse.ts";
import type { Platform } from "../../src/oci/platform.ts";
import { formatPlatform, parsePlatform } from "../../src/oci/platform.ts";
import { buildInputs } from "../../src/steps/build/inputs.ts";
import { describeBuild, planBuild } from "../../src/steps/build/plan.ts";
import type { BuildFacts } from "../../src/steps/build/probe.ts";

function platforms(...texts: readonly string[]): Platform[] {
  return texts.map((text) => parsePlatform(text));
}

const facts: BuildFacts = {
  nodes: [{ endpoint: { address: "tcp://b:1" }, workers: platforms("linux/amd64", "linux/arm64") }],
  buildctl: "buildctl",
  registries: [],
  context: "/c",
  file: "/c/Dockerfile",
  env: { TOKEN: "from the environment" },
};

function plan(given: Readonly<Record<string, string>>, change: Partial<BuildFacts> = {}) {
  const { inputs, problems } = parseInputs(
    buildInputs,
    new Map(Object.entries({ image: "r.io/a", ...given })),
    {},
  );
  expect(problems).toEqual([]);
  return planBuild(inputs, { ...facts, ...change });
}

describe("planBuild", () => {
  it("makes one solve per platform, in their order, and knows which are emulated", () => {
    const { solves } = plan({ platforms: "linux/s390x,linux/amd64,linux/386,linux/arm/v7" });
    expect(solves.map(({ platform, emulated }) => [formatPlatform(platform), emulated])).toEqual([
      ["linux/s390x", true],
      ["linux/amd64", false],
      ["linux/386", false],
      ["linux/arm/v7", true],
    ]);
  });

  it("builds for the daemon's own platform when none is named", () => {
    expect(plan({}).solves.map(({ platform }) => formatPlatform(platform))).toEqual(["linux/amd64"]);
    expect(() => plan({}, { nodes: [{ endpoint: { address: "a" }, workers: [] }] })).toThrow(
      "the daemon's own platform is not known",
    );
  });

  it("sends each platform to the node that suits it", () => {
    const nodes = [
      { endpoint: { address: "intel" }, workers: platforms("linux/amd64", "linux/arm64", "linux/s390x") },
      { endpoint: { address: "graviton" }, workers: platforms("linux/arm64", "linux/arm/v7") },
      { endpoint: { address: "z", platforms: platforms("linux/s390x") }, workers: platforms("linux/s390x") },
    ];
    const { solves } = plan(
      { platforms: "linux/amd64,linux/arm64,linux/arm/v7,linux/s390x,linux/riscv64" },
      { nodes },
    );
    expect(solves.map(({ endpoint, emulated }) => [endpoint.address, emulated])).toEqual([
      ["intel", false],
      ["graviton", false],
      ["graviton", true],
      ["z", false],
      ["intel", true],
    ]);
    expect(() => plan({ platforms: "linux/arm64" }, { nodes: nodes.slice(2) })).toThrow(
      "no BuildKit daemon is for linux/arm64",
    );
  });

  it("gives every build argument its value", () => {
    const [solve] = plan({ "build-args": "A=1,2\nTOKEN\nEMPTY=" }).solves;
    expect(solve?.buildArgs).toEqual(["A=1,2", "TOKEN=from the environment", "EMPTY="]);
  });

  it("is shown as commands", () => {
    expect(describeBuild(plan({ platforms: "linux/arm/v7", target: "slim" }))).toEqual([
      "buildctl --addr=tcp://b:1 build --progress=rawjson --frontend=dockerfile.v0 --local=context=/c " +
        "--local=dockerfile=/c --opt=filename=Dockerfile --opt=platform=linux/arm/v7 --opt=target=slim " +
        "--output=type=image,name=r.io/a,push=true,push-by-digest=true,name-canonical=true " +
        "--metadata-file=METADATA_FILE",
    ]);
  });
});

import { expect } from "vitest";
import { parseInputs } from "../../../src/inputs/parse.ts";
import type { Platform } from "../../../src/oci/platform.ts";
import { parsePlatform } from "../../../src/oci/platform.ts";
import { buildInputs } from "../../../src/steps/build/inputs.ts";
import type { BuildPlan } from "../../../src/steps/build/plan.ts";
import { planBuild } from "../../../src/steps/build/plan.ts";
import type { BuildFacts } from "../../../src/steps/build/probe.ts";

export function platforms(...texts: readonly string[]): Platform[] {
  return texts.map((text) => parsePlatform(text));
}

/** A daemon on amd64, a folder that is in no repository, and a job that nothing is known of. */
export const plainFacts: BuildFacts = {
  nodes: [{ endpoint: { address: "tcp://b:1" }, workers: platforms("linux/amd64", "linux/arm64") }],
  builders: {},
  buildctl: "buildctl",
  registries: [],
  cwd: "/repo",
  folder: "/tmp/run",
  context: { kind: "path", path: "/repo", file: "/repo/Dockerfile" },
  inRepository: undefined,
  layouts: {},
  env: {},
  proxies: [],
  sourceDateEpoch: undefined,
  absentSecrets: [],
  hostGateway: undefined,
  withoutDefaultAttestations: true,
  wantsSummary: true,
  job: { ci: "none", event: "unknown" },
  git: { tags: [] },
  now: new Date("2026-11-23T12:00:00Z"),
};

/** The plan of a build with these inputs, as a user writes them. */
export function planOf(given: Readonly<Record<string, string>>, change: Partial<BuildFacts> = {}): BuildPlan {
  const { inputs, problems } = parseInputs(buildInputs, new Map(Object.entries(given)), {});
  expect(problems).toEqual([]);
  return planBuild(inputs, { ...plainFacts, ...change });
}

import { formatPlatform } from "../../oci/platform.ts";
import { renderMarkdownTable } from "../../report/markdown.ts";
import type { StepWork } from "../step.ts";
import type { BuildResult, BuiltImage } from "./execute.ts";
import { executeBuild, pushedDescriptors } from "./execute.ts";
import type { buildInputs } from "./inputs.ts";
import type { BuildPlan } from "./plan.ts";
import { describeBuild, planBuild } from "./plan.ts";
import type { BuildFacts } from "./probe.ts";
import { probeBuild } from "./probe.ts";

export const buildWork: StepWork<typeof buildInputs, BuildFacts, BuildPlan, BuildResult> = {
  probe: probeBuild,
  plan: planBuild,
  describe: describeBuild,
  execute: executeBuild,
  report: ({ answer, images }, plan) => ({
    outputs: answer === undefined ? imageOutputs(images, plan) : {},
    variables: {},
    paths: [],
    lines: answer === undefined ? [summary(images, plan)] : [],
    ...(answer === undefined && plan.summary ? { summary: summaryTable(images) } : {}),
  }),
};

function imageOutputs(images: readonly BuiltImage[], plan: BuildPlan): Record<string, string> {
  const [only, ...others] = images;
  const single = others.length === 0 ? only : undefined;
  const digest = single?.descriptor?.digest;
  const imageId = single?.configDigest ?? digest;
  return {
    ...(plan.repositories.length === 0 ? {} : { descriptors: JSON.stringify(pushedDescriptors(images)) }),
    ...(digest === undefined ? {} : { digest }),
    ...(imageId === undefined ? {} : { imageid: imageId }),
    // One image has the document that docker's action gives.
    metadata: JSON.stringify(
      single?.document ??
        Object.fromEntries(images.map(({ document, platform }) => [formatPlatform(platform), document])),
    ),
    results: JSON.stringify(images.map(describeImage)),
  };
}

function describeImage(image: BuiltImage): Record<string, unknown> {
  const { configDigest, descriptor, emulated, platform, seconds, steps, warnings } = image;
  return {
    platform: formatPlatform(platform),
    digest: descriptor?.digest,
    size: descriptor?.size,
    imageid: configDigest,
    seconds: Number(seconds.toFixed(3)),
    steps: steps.steps,
    cached: steps.cached,
    emulated,
    warnings: warnings.map(({ short }) => short),
  };
}

function summaryTable(images: readonly BuiltImage[]): string {
  return renderMarkdownTable("Built", [
    ["platform", "digest", "time", "cached", "how", "warnings"],
    ...images.map(({ descriptor, emulated, platform, seconds, steps, warnings }) => [
      formatPlatform(platform),
      descriptor?.digest ?? "",
      `${seconds.toFixed(1)} s`,
      `${steps.cached} of ${steps.steps} steps`,
      emulated ? "emulated" : "native",
      String(warnings.length),
    ]),
  ]);
}

function summary(images: readonly BuiltImage[], { repositories, solves }: BuildPlan): string {
  const built = `built ${images.length === 1 ? "1 platform" : `${images.length} platforms`}`;
  const isKept = repositories.length > 0 || solves.some(({ solve }) => solve.outputs.length > 0);
  return isKept
    ? built
    : `${built}; the result is in the cache alone, as neither push nor load nor outputs is given`;
}

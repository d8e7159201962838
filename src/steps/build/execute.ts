import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { solveCommand } from "../../buildkit/buildctl.ts";
import { solveAdvice } from "../../buildkit/failure.ts";
import type { SolveMetadata } from "../../buildkit/metadata.ts";
import { parseMetadata } from "../../buildkit/metadata.ts";
import type { ProgressReader } from "../../buildkit/progress.ts";
import { createProgressReader } from "../../buildkit/progress.ts";
import { CancelledError, WorkError } from "../../errors.ts";
import { ExecError } from "../../exec.ts";
import type { Platform } from "../../oci/platform.ts";
import { formatPlatform } from "../../oci/platform.ts";
import { formatReference } from "../../oci/reference.ts";
import type { Ports } from "../step.ts";
import type { BuildPlan, PlannedSolve } from "./plan.ts";

export interface BuildResult {
  readonly images: readonly BuiltImage[];
}

export interface BuiltImage extends SolveMetadata {
  readonly platform: Platform;
  readonly emulated: boolean;
  readonly seconds: number;
  readonly steps: { readonly steps: number; readonly cached: number };
}

/** All solves at once. When some fail, the others still finish, and every failure is told. */
export async function executeBuild(plan: BuildPlan, ports: Ports): Promise<BuildResult> {
  const folder = await mkdtemp(join(ports.env["RUNNER_TEMP"] || tmpdir(), "multiarch-build-"));
  try {
    const settled = await Promise.allSettled(
      plan.solves.map((solve, index) => performSolve(solve, join(folder, `${index}.json`), ports)),
    );
    const failures = settled.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    const cancelled = failures.find((failure) => failure instanceof CancelledError);
    if (cancelled !== undefined) throw cancelled;
    if (failures.length > 0) throw joinFailures(failures, plan.solves.length);
    const images = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    remember(plan, images, ports);
    return { images };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function performSolve(solve: PlannedSolve, metadataFile: string, ports: Ports): Promise<BuiltImage> {
  const { emulated, platform } = solve;
  const name = formatPlatform(platform);
  const progress = createProgressReader();
  const begin = performance.now();
  const show = (lines: readonly string[]): void => {
    if (lines.length > 0) ports.log.info(lines.map((line) => `${name.padEnd(14)} ${line}`).join("\n"));
  };
  show([`building${emulated ? " (emulated)" : ""}`]);
  try {
    await ports.exec(solveCommand({ ...solve, metadataFile }), {
      onStderrLine: (line) => show(progress.read(line)),
    });
  } catch (error) {
    throw error instanceof ExecError ? solveFailure(name, progress, error) : error;
  }
  const metadata = parseMetadata(await readFile(metadataFile, "utf8"), platform, name);
  const seconds = (performance.now() - begin) / 1000;
  show([`pushed ${metadata.descriptor.digest} after ${seconds.toFixed(1)} s`]);
  return { ...metadata, platform, emulated, seconds, steps: progress.cached() };
}

function solveFailure(platform: string, progress: ProgressReader, end: ExecError): WorkError {
  const { error, around } = progress.said();
  const how =
    end.signal === null
      ? `buildctl ended with exit code ${end.exitCode}`
      : `buildctl was killed by ${end.signal}`;
  const failed = progress.failure();
  const printed = failed?.log ?? [];
  const lines = [
    `${platform}: ${error === "" ? how : error}`,
    ...around.map((line) => `  ${line}`),
    ...(failed === undefined ? [] : [`  in ${failed.step}`, ...printed.map((line) => `  | ${line}`)]),
  ];
  return new WorkError(lines.join("\n"), { fix: solveAdvice([error, ...printed].join("\n"), platform) });
}

function joinFailures(failures: readonly unknown[], total: number): WorkError {
  const [first] = failures;
  if (failures.length === 1 && total === 1 && first instanceof WorkError) return first;
  const texts = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)));
  const fixes = failures.flatMap((failure) => (failure instanceof WorkError ? (failure.fix ?? []) : []));
  return new WorkError(
    [`${failures.length} of ${total} platforms failed; nothing was tagged`, ...texts].join("\n"),
    { fix: fixes.length === 0 ? undefined : [...new Set(fixes)].join("\n") },
  );
}

/** For the publish step of this job. */
function remember(plan: BuildPlan, images: readonly BuiltImage[], ports: Ports): void {
  const descriptors = images.map(({ descriptor }) => descriptor);
  ports.state.update((state) => ({
    ...state,
    builds: {
      ...state.builds,
      ...Object.fromEntries(
        plan.repositories.map((repository) => [formatReference(repository), descriptors]),
      ),
    },
  }));
}

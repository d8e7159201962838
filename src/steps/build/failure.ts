import { solveAdvice } from "../../buildkit/failure.ts";
import type { ProgressReader } from "../../buildkit/progress.ts";
import { WorkError } from "../../errors.ts";
import type { ExecError } from "../../exec.ts";

/** Why a platform failed: BuildKit's error, the step that it came from with what that printed last, and what to do. */
export function solveFailure(platform: string, progress: ProgressReader, end: ExecError): WorkError {
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

/** All failures of a build as one. */
export function joinFailures(failures: readonly unknown[], total: number): WorkError {
  const [first] = failures;
  if (failures.length === 1 && total === 1 && first instanceof WorkError) return first;
  const texts = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)));
  const fixes = failures.flatMap((failure) => (failure instanceof WorkError ? (failure.fix ?? []) : []));
  return new WorkError(
    // What ended the daemon failed all of them alike.
    [`${failures.length} of ${total} platforms failed`, ...new Set(texts)].join("\n"),
    { fix: fixes.length === 0 ? undefined : [...new Set(fixes)].join("\n") },
  );
}

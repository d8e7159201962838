import type { ProgressReader, SolveStep } from "../../buildkit/progress.ts";
import { formatBytes } from "../table.ts";

/** What is slower or larger than this is shown even if it is housekeeping. */
const notable = { seconds: 1, bytes: 1_000_000 };

const colourOff = "\u001b[0m";

/** The log of a solve, step by step; steps that ran at the same time stand one after the other. */
export function describeSolve(reader: ProgressReader): readonly string[] {
  return reader.steps().filter(isShown).flatMap(describeStep);
}

/** Of a solve that failed: the whole log of the step that made it fail, and what buildctl said. */
export function describeFailure(reader: ProgressReader): readonly string[] {
  const failed = reader.failure();
  const step = reader.steps().find(({ name, state }) => state === "failed" && name === failed?.step);
  return [...(step === undefined ? [] : describeStep(step)), ...describeSaid(reader)];
}

/** The Dockerfile's lines around an error, and the error, unless the step that failed says it already. */
export function describeSaid(reader: ProgressReader): readonly string[] {
  const { around, error } = reader.said();
  return [
    ...around,
    ...(error === "" || error === reader.failure()?.error
      ? []
      : error.split("\n").map((line) => `error: ${line}`)),
  ];
}

/** Steps to name while they run; the Dockerfile's own come first, and so does what began first. */
export function runningSteps(reader: ProgressReader): readonly SolveStep[] {
  const running = reader.steps().filter((step) => step.state === "running" && isShown(step));
  const isInstruction = ({ kind }: SolveStep): boolean => kind === "instruction";
  return [...running.filter(isInstruction), ...running.filter((step) => !isInstruction(step))];
}

function isShown({ bytes, kind, seconds, state }: SolveStep): boolean {
  return (
    kind !== "housekeeping" || state === "failed" || seconds >= notable.seconds || bytes >= notable.bytes
  );
}

function describeStep(step: SolveStep): string[] {
  const printed = step.log.lines();
  const outcome = describeOutcome(step);
  return printed.length === 0
    ? [`${step.name} ${outcome}`]
    : [step.name, ...printed.map((line) => `| ${endColour(line)}`), outcome];
}

function describeOutcome({ bytes, error, name, seconds, state }: SolveStep): string {
  const time = `${seconds.toFixed(1)} s`;
  switch (state) {
    case "running":
      return `not done after ${time}`;
    case "done":
      return `done in ${time}${bytes >= notable.bytes ? `, ${formatBytes(bytes)}` : ""}`;
    case "cached":
      return "cached";
    case "failed":
      return name.startsWith("importing cache ")
        ? `done without: ${error}`
        : `failed after ${time}: ${error}`;
    case "cancelled":
      return `cancelled after ${time}`;
    default:
      return state satisfies never;
  }
}

/** A colour that a line leaves on would go on in the lines after it. */
function endColour(line: string): string {
  return line.includes("\u001b[") && !line.endsWith(colourOff) ? `${line}${colourOff}` : line;
}

import { basename } from "node:path";
import type { Solve } from "../../buildkit/buildctl.ts";
import { solveCommand } from "../../buildkit/buildctl.ts";
import type { LintFinding } from "../../buildkit/lint.ts";
import { parseLint } from "../../buildkit/lint.ts";
import { createProgressReader } from "../../buildkit/progress.ts";
import { WorkError } from "../../errors.ts";
import { ExecError } from "../../exec.ts";
import { formatPlatform } from "../../oci/platform.ts";
import type { Ports } from "../step.ts";
import { solveFailure } from "./failure.ts";
import type { BuildPlan } from "./plan.ts";

/** Asks the frontend about the Dockerfile; platforms with the same answer are told of once. Findings of a check fail it. */
export async function callFrontend(plan: BuildPlan, ports: Ports): Promise<string> {
  const { call, solves } = plan;
  const isCheck = call === "check" || call === "lint";
  const answers = new Map<string, string[]>();
  let broken: WorkError | undefined;
  for (const { platform, solve } of solves) {
    const name = formatPlatform(platform);
    const answer = await ask(solve, name, ports);
    answers.set(answer, [...(answers.get(answer) ?? []), name]);
    if (isCheck) broken ??= await findBroken(solve, name, ports);
  }
  for (const [answer, platforms] of answers) {
    const title = answers.size === 1 ? call : `${call} for ${platforms.join(", ")}`;
    ports.log.untrusted(title, answer.trim() === "" ? ["nothing to say"] : answer.trim().split("\n"));
  }
  const text = [...answers.keys()].join("\n");
  const findings = isCheck ? parseLint(text) : [];
  tellFindings(findings, plan, ports);
  if (broken !== undefined) throw broken;
  if (findings.length > 0) {
    throw new WorkError(
      `the Dockerfile has ${findings.length === 1 ? "1 finding" : `${findings.length} findings`}`,
      {
        fix: "mend them, or say `# check=skip=RULE` at the Dockerfile's top",
      },
    );
  }
  return text;
}

async function ask(solve: Solve, platform: string, { exec }: Ports): Promise<string> {
  const progress = createProgressReader();
  try {
    return (await exec(solveCommand(solve), { onStderrLine: progress.read })).stdout;
  } catch (error) {
    throw error instanceof ExecError ? solveFailure(platform, progress, error) : error;
  }
}

/** Of a check, buildctl passes on what was found, but not that there is no building it at all; an outline fails of that. */
async function findBroken(solve: Solve, platform: string, ports: Ports): Promise<WorkError | undefined> {
  const others = solve.options.filter(([name]) => name !== "requestid");
  const options: Solve["options"] = [...others, ["requestid", "frontend.outline"]];
  try {
    await ask({ ...solve, options }, platform, ports);
    return undefined;
  } catch (error) {
    if (error instanceof WorkError) return error;
    throw error;
  }
}

function tellFindings(
  findings: readonly LintFinding[],
  { dockerfiles }: Pick<BuildPlan, "dockerfiles">,
  { log }: Ports,
): void {
  for (const { file, isError, line, message, rule, url } of findings) {
    const place = {
      // BuildKit knows no folder of it.
      file: dockerfiles.find((path) => basename(path) === file) ?? file,
      ...(line === undefined ? {} : { line }),
      title: rule,
    };
    const said = [message, url].filter(Boolean).join(" ");
    if (isError) log.error(said, place);
    else log.warning(said, place);
  }
}

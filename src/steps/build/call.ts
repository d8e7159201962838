import { solveCommand } from "../../buildkit/buildctl.ts";
import { parseLint } from "../../buildkit/lint.ts";
import { createProgressReader } from "../../buildkit/progress.ts";
import { WorkError } from "../../errors.ts";
import { ExecError } from "../../exec.ts";
import { formatPlatform } from "../../oci/platform.ts";
import type { Ports } from "../step.ts";
import { solveFailure } from "./failure.ts";
import type { BuildPlan } from "./plan.ts";

/** Asks the frontend about the Dockerfile; platforms with the same answer are told of once. Findings of a check fail it. */
export async function callFrontend({ call, solves }: BuildPlan, ports: Ports): Promise<string> {
  const answers = new Map<string, string[]>();
  for (const { platform, solve } of solves) {
    const name = formatPlatform(platform);
    const progress = createProgressReader();
    try {
      const { stdout } = await ports.exec(solveCommand(solve), {
        onStderrLine: progress.read,
      });
      answers.set(stdout, [...(answers.get(stdout) ?? []), name]);
    } catch (error) {
      throw error instanceof ExecError ? solveFailure(name, progress, error) : error;
    }
  }
  for (const [answer, platforms] of answers) {
    const title = answers.size === 1 ? call : `${call} for ${platforms.join(", ")}`;
    ports.log.untrusted(title, answer.trim() === "" ? ["nothing to say"] : answer.trim().split("\n"));
  }
  const text = [...answers.keys()].join("\n");
  if (call === "check" || call === "lint") refuseFindings(text, ports);
  return text;
}

function refuseFindings(text: string, { log }: Ports): void {
  const findings = parseLint(text);
  for (const { file, isError, line, message, rule, url } of findings) {
    const place = { file, ...(line === undefined ? {} : { line }), title: rule };
    const said = [message, url].filter(Boolean).join(" ");
    if (isError) log.error(said, place);
    else log.warning(said, place);
  }
  if (findings.length === 0) return;
  throw new WorkError(
    `the Dockerfile has ${findings.length === 1 ? "1 finding" : `${findings.length} findings`}`,
    {
      fix: "mend them, or say `# check=skip=RULE` at the Dockerfile's top",
    },
  );
}

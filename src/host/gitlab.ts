import { statSync } from "node:fs";
import { appendToEnvFile, namedEnvFile } from "./env-file.ts";
import type { Host, HostWorld, Log, StepOutputs } from "./host.ts";
import { joinLines, type LogSyntax, plainSyntax } from "./log.ts";
import { oneLine, stepVariables } from "./outputs.ts";
import { createStreamHost } from "./stream-host.ts";

/** What GitLab's smallest plan allows, exclusively: https://docs.gitlab.com/administration/instance_limits/#limit-dotenv-file-size */
const dotenvBytes = 5120;

/**
 * GitLab CI/CD: sections, which are read on stderr as well, because the runner makes one log of both streams; nothing masks
 * at run time. Values go to the dotenv report that MULTIARCH_ENV_FILE names, as `artifacts:reports:dotenv` must, too.
 */
export function createGitlabHost(world: HostWorld): Host {
  return createStreamHost("gitlab", world, {
    syntax: gitlabSyntax(world.now),
    handOn: (outputs, log) => {
      const path = namedEnvFile(world.env);
      if (path !== undefined) writeDotenvReport(path, outputs, log);
    },
  });
}

/** https://docs.gitlab.com/ci/jobs/job_logs/#create-custom-collapsible-sections */
function gitlabSyntax(now: () => number): LogSyntax {
  let count = 0;
  const section = (title: string, body: string, options: string): string => {
    const time = now();
    // A name is not to come twice in a job, whose steps know nothing of each other.
    const name = `multiarch_${time}_${++count}`;
    const mark = (edge: string): string => `\u001b[0Ksection_${edge}:${Math.floor(time / 1000)}:${name}`;
    return joinLines(`${mark("start")}${options}\r\u001b[0K${title}`, body, `${mark("end")}\r\u001b[0K`);
  };
  return {
    ...plainSyntax,
    group: (title, body) => section(title, body, ""),
    untrusted: (title, body) => section(title, body, "[collapsed=true]"),
  };
}

/**
 * https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsdotenv: no quotes, no line breaks. A report that is too
 * large is refused as a whole, so that what would make it so stays out.
 */
function writeDotenvReport(path: string, outputs: StepOutputs, log: Log): void {
  let room = dotenvBytes - 1 - (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  const lines: string[] = [];
  for (const [name, value] of stepVariables(outputs)) {
    // The jobs that get a variable put others in its place after a dollar sign.
    const line = `${name}=${oneLine(value).replaceAll("$", () => "$$")}\n`;
    const size = Buffer.byteLength(line);
    if (size > room) {
      log.warning(`${name} is not in ${path}: GitLab refuses dotenv reports of ${dotenvBytes} bytes or more`);
      continue;
    }
    room -= size;
    lines.push(line);
  }
  appendToEnvFile(path, lines.join(""));
}

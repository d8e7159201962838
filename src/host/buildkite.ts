import { describeError } from "../errors.ts";
import { findProgram } from "../exec.ts";
import { createDeliveries } from "./deliveries.ts";
import type { Host, HostWorld } from "./host.ts";
import { joinLines, type LogSyntax, plainSyntax } from "./log.ts";
import { stepVariables } from "./outputs.ts";
import { createStreamHost } from "./stream-host.ts";
import { boundSummary } from "./summary.ts";

const timeoutMilliseconds = 10_000;

/** https://buildkite.com/docs/pipelines/configure/annotations */
const annotationBytes = 1024 * 1024;

const agentProgram = "buildkite-agent";

/**
 * Buildkite: groups by headings, which are read on stderr as well, because a job has one terminal for both streams. All
 * else is said through `buildkite-agent`, where the job has it: meta-data of the build for later steps, the redactor for
 * secrets, and one annotation of the warnings and errors, when nothing more will be logged.
 */
export function createBuildkiteHost(world: HostWorld): Host {
  const { env } = world;
  const isAgentHere =
    findProgram(agentProgram, env["PATH"] ?? "") !== undefined &&
    (env["BUILDKITE_AGENT_ACCESS_TOKEN"] ?? "") !== "";
  const agent = async (args: readonly string[], stdin: string): Promise<void> => {
    await world.exec(
      { program: agentProgram, args },
      { stdin, signal: AbortSignal.timeout(timeoutMilliseconds) },
    );
  };
  const annotate = (style: string, name: string, markdown: string): Promise<void> => {
    // Jobs of a build have its annotations in common.
    const context = `multiarch-${name}-${env["BUILDKITE_JOB_ID"] ?? ""}`;
    const options = ["--style", style, "--context", context, "--append"];
    return agent(["annotate", ...options], boundSummary(markdown, annotationBytes));
  };
  const { finish, send } = createDeliveries((error) => host.log.debug(describeError(error)));
  const problems: string[] = [];
  let style = "warning";
  const host = createStreamHost("buildkite", world, {
    syntax: buildkiteSyntax((text, isError) => {
      problems.push(text);
      if (isError) style = "error";
    }),
    announceSecret: (secret) => {
      // The redactor is a service of the agent that runs this job.
      if (!isAgentHere || !env["BUILDKITE_AGENT_JOB_API_SOCKET"] || secret.trim() === "") return;
      send(() => agent(["redactor", "add"], secret));
    },
    handOn: async (outputs, log) => {
      if (!isAgentHere) return;
      const settings = stepVariables(outputs)
        // Blank values are refused.
        .filter(([, value]) => value.trim() !== "")
        .map(([name, value]) =>
          agent(["meta-data", "set", name], value).catch((error: unknown) =>
            log.warning(`${name} could not be handed on as meta-data: ${describeError(error)}`),
          ),
        );
      await Promise.all(settings);
    },
    ...(isAgentHere ? { summary: (markdown: string) => annotate("info", "summary", markdown) } : {}),
    close: async () => {
      if (isAgentHere && problems.length > 0) {
        const markdown = problems.splice(0).map(preformatted).join("\n");
        send(() => annotate(style, "problems", markdown));
      }
      await finish();
    },
  });
  return host;
}

/** https://buildkite.com/docs/pipelines/configure/managing-log-output: a heading holds all that follows, up to the next one. */
function buildkiteSyntax(noteProblem: (text: string, isError: boolean) => void): LogSyntax {
  let isInGroup = false;
  const outside = (text: string): string => {
    const heading = isInGroup ? "+++ multiarch" : "";
    isInGroup = false;
    return joinLines(heading, withoutHeadings(text));
  };
  const group = (mark: string, title: string, body: string): string => {
    isInGroup = true;
    return joinLines(`${mark} ${title}`, withoutHeadings(body));
  };
  return {
    debug: (text) => outside(plainSyntax.debug(text)),
    info: outside,
    warning: (text, about) => {
      const said = plainSyntax.warning(text, about);
      noteProblem(said, false);
      return outside(said);
    },
    error: (text, about) => {
      const said = plainSyntax.error(text, about);
      noteProblem(said, true);
      return outside(said);
    },
    group: (title, body) => group("+++", title, body),
    untrusted: (title, body) => group("---", title, body),
  };
}

/** The agent looks for headings at the start of a line, and takes no notice of colours. */
function withoutHeadings(text: string): string {
  // oxlint-disable-next-line no-control-regex -- colours (SGR) are what is overlooked
  return text.replaceAll(/^(?=(?:\u001b\[[\d;]*[mK])*(?:---|\+\+\+|~~~|\^\^\^)(?:\s|$))/gm, " ");
}

/** Text as it is, in Markdown: in a fence that is longer than any in it. */
function preformatted(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(Math.max(3, longest + 1));
  return `${fence}\n${text}\n${fence}\n`;
}

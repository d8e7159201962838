import { randomUUID } from "node:crypto";
import { appendFileSync, statSync } from "node:fs";
import { WorkError } from "../errors.ts";
import { neutralise } from "../report/untrusted.ts";
import type { Annotation, Host, HostWorld, StepOutputs } from "./host.ts";
import { joinLines, type LogSyntax } from "./log.ts";
import { createStreamHost } from "./stream-host.ts";
import { boundSummary } from "./summary.ts";

/** https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary */
const summaryBytes = 1024 * 1024;

/**
 * GitHub Actions (and what runs its actions, as Gitea and Forgejo do): commands on stdout, outputs through the runner's
 * files. With results on stdout the commands are on stderr, where runners read them, too; a secret is not said there,
 * because no documentation promises that the line is taken out.
 */
export function createGithubHost(world: HostWorld): Host {
  const { env, printsResults } = world;
  const print = printsResults ? world.stderr : world.stdout;
  return createStreamHost("github", world, {
    syntax: githubSyntax,
    // The runner shows them where they are asked for.
    debug: true,
    print,
    announceSecret: (secret) => {
      if (printsResults) return;
      // The log shows a secret as `neutralise` leaves it; the runner warns of a blank one.
      for (const text of new Set([secret, neutralise(secret)])) {
        if (text.trim() !== "") print(`${command("add-mask", text)}\n`);
      }
    },
    handOn: (outputs) => writeRunnerFiles(outputs, env),
    summary: (markdown) => {
      const path = env["GITHUB_STEP_SUMMARY"];
      if (path !== undefined && path !== "") appendSummary(path, markdown);
    },
  });
}

const githubSyntax: LogSyntax = {
  debug: (text) => command("debug", text),
  info: (text) => text,
  warning: (text, about) => command("warning", text, about),
  error: (text, about) => command("error", text, about),
  group: (title, body) => joinLines(command("group", title), body, command("endgroup", "")),
  untrusted: (title, body) => {
    const token = randomUUID();
    const guarded = joinLines(command("stop-commands", token), body, command(token, ""));
    return joinLines(command("group", title), guarded, command("endgroup", ""));
  },
};

function command(name: string, data: string, { endLine, file, line, title }: Annotation = {}): string {
  const properties = Object.entries({ file, line, endLine, title })
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${escapeProperty(String(value))}`]))
    .join(",");
  return `::${name}${properties === "" ? "" : ` ${properties}`}::${escapeData(data)}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/** Where the runner names no file, @actions/core would print commands that runners no longer heed. */
async function writeRunnerFiles(
  { outputs, paths, variables }: StepOutputs,
  env: HostWorld["env"],
): Promise<void> {
  const core = await import("@actions/core");
  const has = (file: string): boolean => (env[file] ?? "") !== "";
  try {
    if (has("GITHUB_OUTPUT"))
      for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
    if (has("GITHUB_ENV"))
      for (const [name, value] of Object.entries(variables)) core.exportVariable(name, value);
    if (has("GITHUB_PATH")) for (const path of paths) core.addPath(path);
  } catch (error) {
    throw new WorkError("the outputs can't be written to the runner's files", {
      cause: error,
      fix: "is the disk full, or does GITHUB_OUTPUT, GITHUB_ENV or GITHUB_PATH name a file of another user?",
    });
  }
}

function appendSummary(path: string, markdown: string): void {
  const used = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  appendFileSync(
    path,
    boundSummary(markdown.endsWith("\n") ? markdown : `${markdown}\n`, summaryBytes - used),
  );
}

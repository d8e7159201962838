import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Annotation, Host, HostWorld } from "./host.ts";
import { joinLines, type LogSyntax } from "./log.ts";
import { stepVariables } from "./outputs.ts";
import { createStreamHost } from "./stream-host.ts";
import { boundSummary } from "./summary.ts";

const summaryBytes = 1024 * 1024;

/**
 * Azure Pipelines: https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands.
 *
 * Commands are documented for stdout, and groups must be in the same stream as what they hold, so that the whole log is
 * there. With results on stdout it is on stderr, which the agent reads for commands, too; a secret is not said there,
 * because no documentation promises that the line is taken out.
 */
export function createAzureHost(world: HostWorld): Host {
  const { env, printsResults } = world;
  const print = printsResults ? world.stderr : world.stdout;
  const say = (...words: Parameters<typeof command>): void => print(`${command(...words)}\n`);
  return createStreamHost("azure", world, {
    syntax: azureSyntax,
    debug: world.debug || /^true$/i.test(env["SYSTEM_DEBUG"] ?? ""),
    print,
    announceSecret: (secret) => {
      if (printsResults) return;
      // Output comes line by line, and the agent hides no part of a secret. To hide `}` would hide the log.
      const [first = "", ...others] = secret.split(/[\r\n]+/).map((line) => line.trim());
      const lines = others.length === 0 ? [first] : [first, ...others].filter((line) => line.length >= 4);
      for (const line of new Set(lines)) if (line !== "") say("task.setsecret", {}, line);
    },
    handOn: (outputs) => {
      for (const [variable, value] of stepVariables(outputs)) {
        say("task.setvariable", { variable }, value);
        // What other jobs can read is not in the environment of this one.
        say("task.setvariable", { variable, isoutput: "true" }, value);
      }
      for (const path of outputs.paths) say("task.prependpath", {}, path);
    },
    summary: (markdown) => {
      const folder = mkdtempSync(join(env["AGENT_TEMPDIRECTORY"] || tmpdir(), "multiarch-summary-"));
      const path = join(folder, "multiarch.md");
      writeFileSync(path, boundSummary(markdown, summaryBytes));
      say("task.uploadsummary", {}, path);
    },
  });
}

const azureSyntax: LogSyntax = {
  debug: (text) => eachLine("##[debug]", text),
  info: (text) => text,
  warning: (text, about) => logIssue("warning", text, about),
  error: (text, about) => logIssue("error", text, about),
  group: foldable,
  untrusted: foldable,
};

function foldable(title: string, body: string): string {
  return joinLines(`##[group]${title}`, body, "##[endgroup]");
}

function eachLine(prefix: string, text: string): string {
  return text.replaceAll(/^/gm, prefix);
}

function logIssue(type: string, text: string, { file, line }: Annotation): string {
  const place = file === undefined ? {} : { sourcepath: file };
  return command(
    "task.logissue",
    { type, ...place, ...(line === undefined ? {} : { linenumber: String(line) }) },
    text,
  );
}

function command(name: string, properties: Readonly<Record<string, string>>, data: string): string {
  const listed = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(value)};`);
  return `##vso[${name}${listed.length === 0 ? "" : ` ${listed.join("")}`}]${escapeData(data)}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%AZP25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll("]", "%5D").replaceAll(";", "%3B");
}

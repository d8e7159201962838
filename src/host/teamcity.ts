import type { Annotation, Host, HostWorld } from "./host.ts";
import { joinLines, type LogSyntax, plainSyntax, withPlace } from "./log.ts";
import { stepVariables } from "./outputs.ts";
import { createStreamHost } from "./stream-host.ts";

/** https://www.jetbrains.com/help/teamcity/service-messages.html#Reporting+Build+Problems */
const descriptionLength = 4000;

/**
 * TeamCity: https://www.jetbrains.com/help/teamcity/service-messages.html, which are read on stdout alone, while stderr is
 * shown as warnings or errors; so the whole log is on stdout. With results there, it is on stderr and plain, and nothing
 * can be handed on. There is no message that masks.
 */
export function createTeamcityHost(world: HostWorld): Host {
  if (world.printsResults) return createStreamHost("teamcity", world, {});
  const print = world.stdout;
  return createStreamHost("teamcity", world, {
    syntax: teamcitySyntax,
    print,
    handOn: (outputs) => {
      for (const [name, value] of stepVariables(outputs)) {
        print(`${message("setParameter", { name: `env.${name}`, value: withoutReferences(value) })}\n`);
      }
      if (outputs.paths.length === 0) return;
      // A parameter can't refer to itself.
      const value = withoutReferences([...outputs.paths, world.env["PATH"] ?? ""].join(":"));
      print(`${message("setParameter", { name: "env.PATH", value })}\n`);
    },
  });
}

const teamcitySyntax: LogSyntax = {
  debug: plainSyntax.debug,
  info: (text) => text,
  warning: (text, about) => message("message", { text: withPlace(text, about), status: "WARNING" }),
  error: reportProblem,
  group: block,
  untrusted: block,
};

function block(title: string, body: string): string {
  return joinLines(message("blockOpened", { name: title }), body, message("blockClosed", { name: title }));
}

/** In the log as a whole, and as the reason of the failure on the page of the build. */
function reportProblem(text: string, about: Annotation): string {
  const whole = withPlace(text, about);
  return joinLines(
    message("message", { text: whole, status: "ERROR" }),
    message("buildProblem", { description: whole.slice(0, descriptionLength) }),
  );
}

function message(name: string, attributes: Readonly<Record<string, string>>): string {
  const listed = Object.entries(attributes).map(([key, value]) => ` ${key}='${escape(value)}'`);
  return `##teamcity[${name}${listed.join("")}]`;
}

function escape(text: string): string {
  return text
    .replaceAll(/['|[\]]/g, "|$&")
    .replaceAll("\n", "|n")
    .replaceAll("\r", "|r")
    .replaceAll(/[\u0080-\uffff]/g, (unit) => `|0x${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** What is between percent signs would be replaced: https://www.jetbrains.com/help/teamcity/using-build-parameters.html */
function withoutReferences(value: string): string {
  return value.replaceAll("%", "%%");
}

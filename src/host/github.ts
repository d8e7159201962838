import { randomUUID } from "node:crypto";
import { neutralise } from "../report/untrusted.ts";
import type { Annotation, Host } from "./host.ts";

/** GitHub Actions (and what runs its actions): commands on stdout, outputs through the runner's files. */
export async function createGithubHost(): Promise<Host> {
  const core = await import("@actions/core");
  // The runner looks for commands in every line, and for those of its first version (`##[…]`) anywhere in one.
  const print = (text: string): void => core.info(neutralise(text));
  const annotate =
    (command: typeof core.warning) =>
    (message: string, about: Annotation = {}): void =>
      command(neutralise(message), {
        ...(about.title === undefined ? {} : { title: neutralise(about.title) }),
        ...(about.file === undefined ? {} : { file: about.file }),
        ...(about.line === undefined ? {} : { startLine: about.line }),
        ...(about.endLine === undefined ? {} : { endLine: about.endLine }),
      });
  return {
    name: "github",
    log: {
      debug: (message) => core.debug(neutralise(message)),
      info: print,
      warning: annotate(core.warning),
      error: annotate(core.error),
      group: (title, lines) => {
        core.startGroup(neutralise(title));
        print(lines.join("\n"));
        core.endGroup();
      },
      untrusted: (title, lines) => {
        const token = randomUUID();
        core.startGroup(neutralise(title));
        core.info(`::stop-commands::${token}`);
        print(lines.join("\n"));
        core.info(`::${token}::`);
        core.endGroup();
      },
    },
    mask: (secret) => {
      // The log shows a secret as `neutralise` leaves it; the runner warns of a blank one.
      for (const text of new Set([secret, neutralise(secret)])) if (text.trim() !== "") core.setSecret(text);
    },
    emit: ({ outputs, variables, paths }) => {
      for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
      for (const [name, value] of Object.entries(variables)) core.exportVariable(name, value);
      for (const path of paths) core.addPath(path);
    },
  };
}

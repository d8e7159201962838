import { appendToEnvFile, namedEnvFile } from "./env-file.ts";
import type { Host, HostWorld, Log, StepOutputs } from "./host.ts";
import { createLog, type HostLog, type LogSyntax, plainSyntax } from "./log.ts";
import { checkOutputs, renderOutputs, renderShell } from "./outputs.ts";

/** What is special about a CI; what is left out is as it is off any CI. */
export interface HostTraits {
  readonly syntax?: LogSyntax;
  /** Whether debug messages are printed although nobody asked for them here, as the CI tells them apart. */
  readonly debug?: boolean;
  /** Takes the log in place of stderr, where the CI reads its commands from there. */
  readonly print?: (text: string) => void;
  /** Tells the CI of a secret, too, by the command that its documentation names for that. */
  readonly announceSecret?: (secret: string) => void;
  /** Hands checked values on; without it they go to the file that the user named, if there is one, for a shell. */
  readonly handOn?: (outputs: StepOutputs, log: Log) => Promise<void> | void;
  /** Gets Markdown without secrets. */
  readonly summary?: (markdown: string) => Promise<void> | void;
  readonly close?: () => Promise<void>;
}

/** A host that writes its log to a stream, message by message. */
export function createStreamHost(
  name: Host["name"],
  world: Pick<HostWorld, "debug" | "env" | "stderr" | "stdout">,
  traits: HostTraits,
): Host & Pick<HostLog, "clean"> {
  const { announceSecret, close, handOn = writeNamedEnvFile(world), summary } = traits;
  const { clean, hide, log, withoutSecrets } = createLog({
    debug: traits.debug ?? world.debug,
    syntax: traits.syntax ?? plainSyntax,
    print: traits.print ?? world.stderr,
  });
  return {
    name,
    log,
    clean,
    mask: (secret) => {
      hide(secret);
      announceSecret?.(secret);
    },
    emit: async (outputs, print) => {
      checkOutputs(outputs);
      await handOn(outputs, log);
      const text = renderOutputs(outputs, print);
      if (text !== "") world.stdout(text);
    },
    ...(summary === undefined ? {} : { summary: async (markdown) => summary(withoutSecrets(markdown)) }),
    ...(close === undefined ? {} : { close }),
  };
}

function writeNamedEnvFile({ env }: Pick<HostWorld, "env">): (outputs: StepOutputs) => void {
  return (outputs) => {
    appendToEnvFile(namedEnvFile(env), renderShell(outputs));
  };
}

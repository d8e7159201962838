import { shellQuote } from "../exec.ts";
import type { Host, Log, PrintFormat, StepOutputs } from "./host.ts";

/** No CI that we know: the log is on stderr, and stdout is for results that were asked for. */
export function createPlainHost(options: {
  readonly debug: boolean;
  readonly stderr: (text: string) => void;
  readonly stdout: (text: string) => void;
}): Host {
  const write = (prefix: string, message: string): void =>
    options.stderr(`${prefix}${message.replaceAll("\n", `\n${" ".repeat(prefix.length)}`)}\n`);
  const log: Log = {
    debug: (message) => {
      if (options.debug) write("debug: ", message);
    },
    info: (message) => write("", message),
    warning: (message) => write("warning: ", message),
    error: (message) => write("error: ", message),
    group: (title, lines) => write("", [title, ...lines.map((line) => `  ${line}`)].join("\n")),
  };
  return {
    name: "plain",
    log,
    mask: () => {},
    emit: (outputs, print) => {
      const text = renderOutputs(outputs, print);
      if (text !== "") options.stdout(text);
    },
  };
}

/** Outputs as text for stdout: JSON, lines for `eval "$(…)"`, or lines for a dotenv file. */
export function renderOutputs(result: StepOutputs, print: PrintFormat): string {
  switch (print) {
    case "none":
      return "";
    case "json":
      return `${JSON.stringify(result.outputs, undefined, 2)}\n`;
    case "shell":
      return [
        ...variables(result).map(([name, value]) => `export ${name}=${shellQuote(value)}\n`),
        ...result.paths.map((path) => `export PATH=${shellQuote(path)}:"$PATH"\n`),
      ].join("");
    case "dotenv":
      return variables(result)
        .map(([name, value]) => `${name}=${value.replaceAll(/\r?\n/g, " ")}\n`)
        .join("");
    default:
      return print satisfies never;
  }
}

/** `digest` of the step build is MULTIARCH_BUILD_DIGEST: no input has such a name, so it can't become one. */
function variables(result: StepOutputs): [string, string][] {
  const prefix = `MULTIARCH_${result.step}`;
  return [
    ...Object.entries(result.variables),
    ...Object.entries(result.outputs).map(([name, value]): [string, string] => [
      `${prefix}_${name}`.toUpperCase().replaceAll("-", "_"),
      value,
    ]),
  ];
}

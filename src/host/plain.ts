import { shellQuote } from "../exec.ts";
import { hideForms, secretForms } from "../report/mask.ts";
import { createPinnedLines } from "../report/progress/pinned-lines.ts";
import { neutralise } from "../report/untrusted.ts";
import type { Annotation, Host, Log, PrintFormat, StepOutputs } from "./host.ts";

/** No CI that we know: the log is on stderr, and stdout is for results that were asked for. */
export function createPlainHost(options: {
  readonly debug: boolean;
  readonly stderr: (text: string) => void;
  readonly stdout: (text: string) => void;
  /** The size of the terminal that stderr is, if it is one. */
  readonly terminal?: { readonly columns: () => number; readonly rows: () => number };
}): Host {
  const secrets = new Set<string>();
  // A secret may hold what is broken up, and may come to light only when control characters are gone.
  const clean = (text: string): string => hideForms(neutralise(hideForms(text, secrets)), secrets);
  // A terminal that was never told its size says 0.
  const columns = (): number => options.terminal?.columns() || 80;
  const rows = (): number => options.terminal?.rows() || 24;
  const pinned = createPinnedLines(options.stderr, columns);
  const print = (message: string): void => pinned.print(`${message}\n`);
  const write = (prefix: string, message: string): void =>
    print(`${prefix}${indent(clean(message), prefix.length)}`);
  const group = (title: string, lines: readonly string[]): void =>
    print(
      [clean(title), ...(lines.length === 0 ? [] : [`  ${indent(clean(lines.join("\n")), 2)}`])].join("\n"),
    );
  const log: Log = {
    debug: (message) => {
      if (options.debug) write("debug: ", message);
    },
    info: (message) => write("", message),
    warning: (message, about) => write("warning: ", `${place(about)}${message}`),
    error: (message, about) => write("error: ", `${place(about)}${message}`),
    group,
    untrusted: group,
  };
  return {
    name: "plain",
    log,
    ...(options.terminal === undefined ? {} : { terminal: { columns, rows, clean, pin: pinned.pin } }),
    mask: (secret) => {
      // What others wrote may be harmless already when it gets here.
      for (const text of [secret, neutralise(secret)]) {
        for (const form of secretForms(text)) secrets.add(form);
      }
    },
    emit: (outputs, print) => {
      const text = renderOutputs(outputs, print);
      if (text !== "") options.stdout(text);
    },
  };
}

function indent(text: string, columns: number): string {
  return text.replaceAll("\n", `\n${" ".repeat(columns)}`);
}

function place(about: Annotation | undefined): string {
  if (about?.file === undefined) return "";
  return about.line === undefined ? `${about.file}: ` : `${about.file}:${about.line}: `;
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

import { parseArgs } from "node:util";
import type { InputTable } from "./field.ts";
import { kebabCase } from "./field.ts";
import { nearest } from "./nearest.ts";

/** What a command line says, before any value is looked at. */
export interface Argv {
  /** Kebab-case name to the text given; a repeated list flag is joined by newlines. */
  readonly values: ReadonlyMap<string, string>;
  readonly help: boolean;
  readonly version: boolean;
  /** Unknown inputs and flags without a value, each with the nearest that there is. */
  readonly problems: readonly string[];
}

/** Reads the flags of a table. `words` are what the command takes as its first argument instead. */
export function parseArgv(argv: readonly string[], table: InputTable, words: readonly string[] = []): Argv {
  const fields = new Map(Object.entries(table).map(([name, field]) => [kebabCase(name), field]));
  const { tokens } = parseArgs({
    args: [...argv],
    options: {
      help: { type: "boolean", short: "h" },
      version: { type: "boolean" },
      ...Object.fromEntries(
        [...fields].map(([name, field]) => [name, { type: field.flag ? "boolean" : "string" } as const]),
      ),
    },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });

  const values = new Map<string, string>();
  const problems: string[] = [];
  let help = false;
  let version = false;
  let afterUnknown = false;
  let afterFlag = "";
  for (const token of tokens) {
    const belongsToUnknown = afterUnknown && token.kind === "positional";
    const flag = afterFlag;
    afterUnknown = false;
    afterFlag = "";
    // `--keep false`: parseArgs gives no value to a flag that may stand alone.
    if (flag !== "" && token.kind === "positional" && /^(true|false)$/i.test(token.value)) {
      values.set(flag, token.value);
      continue;
    }
    if (token.kind === "positional" && !belongsToUnknown) {
      const suggestion = nearest(token.value, words);
      problems.push(
        `unexpected argument ${JSON.stringify(token.value)}: ` +
          (suggestion === undefined ? "inputs are given as --name value" : `did you mean ${suggestion}?`),
      );
    }
    if (token.kind !== "option") continue;
    const { name, value } = token;
    const field = fields.get(name);
    if (name === "help" || token.rawName === "-h") help = true;
    else if (name === "version") version = true;
    else if (field === undefined) {
      afterUnknown = !token.inlineValue;
      const suggestion = nearest(name, [...fields.keys(), "help", "version"]);
      problems.push(
        `unknown input ${token.rawName}` +
          (suggestion === undefined ? ": --help lists the inputs" : `: did you mean --${suggestion}?`),
      );
    } else if (field.flag) {
      values.set(name, value ?? "true");
      if (value === undefined) afterFlag = name;
    } else if (value === undefined || (!token.inlineValue && value.startsWith("--"))) {
      problems.push(`--${name} needs a value (one that begins with a dash is written --${name}=-value)`);
    } else {
      const before = values.get(name);
      if (before !== undefined && !field.repeats) problems.push(`--${name} is given twice`);
      values.set(name, before === undefined ? value : `${before}\n${value}`);
    }
  }
  return { values, help, version, problems };
}

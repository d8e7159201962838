import type { InputTable, Inputs } from "./field.ts";
import { kebabCase } from "./field.ts";
import { nearest } from "./nearest.ts";

export type Env = Readonly<Record<string, string | undefined>>;

/** The values of a table, and everything that was wrong with their texts; a value that can't be read stands at its fallback. */
export interface ParsedInputs<T extends InputTable> {
  readonly inputs: Inputs<T>;
  readonly problems: readonly string[];
}

/**
 * Finds and parses every input of a table. First found wins: flag, `INPUT_` (GitHub), `PLUGIN_` (Drone,
 * Woodpecker), `MULTIARCH_`, the fallback. An empty text counts as not given, as a CI passes it for an unset input.
 */
export function parseInputs<T extends InputTable>(
  table: T,
  flags: ReadonlyMap<string, string>,
  env: Env,
): ParsedInputs<T> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(table)) {
    const name = kebabCase(key);
    const given = findText(name, flags, env);
    values[key] = field.fallback;
    if (given === undefined) {
      if (field.required) problems.push(`${name} is missing: ${field.description}`);
      continue;
    }
    const parsed = field.parse(given.text);
    values[key] = parsed.value;
    problems.push(...parsed.problems.map((problem) => `${name}${given.from}: ${problem}`));
  }
  return { inputs: values as Inputs<T>, problems };
}

function findText(
  name: string,
  flags: ReadonlyMap<string, string>,
  env: Env,
): { readonly text: string; readonly from: string } | undefined {
  const flag = flags.get(name);
  if (flag !== undefined && flag !== "") return { text: flag, from: "" };
  const upper = name.toUpperCase();
  const snake = upper.replaceAll("-", "_");
  for (const variable of [`INPUT_${upper}`, `INPUT_${snake}`, `PLUGIN_${snake}`, `MULTIARCH_${snake}`]) {
    const text = env[variable];
    if (text !== undefined && text.trim() !== "") {
      return { text, from: variable.startsWith("INPUT_") ? "" : ` (from ${variable})` };
    }
  }
  return undefined;
}

const prefix = "MULTIARCH_";

/** Slips such as `MULTIARCH_PLATFORM=…`, which would otherwise be ignored in silence. */
export function misspelledVariables(env: Env, names: Iterable<string>): string[] {
  const known = new Set([...names].map((name) => name.toUpperCase().replaceAll("-", "_")));
  return Object.keys(env).flatMap((variable) => {
    const word = variable.slice(prefix.length);
    if (!variable.startsWith(prefix) || known.has(word)) return [];
    const suggestion = nearest(word, known, 2);
    return suggestion === undefined
      ? []
      : [`unknown variable ${variable}: did you mean ${prefix}${suggestion}?`];
  });
}

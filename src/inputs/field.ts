import { splitList } from "./list.ts";

/** One input of a step: how its text is read, what it is when not given, and how it is described. */
export interface Field<T> {
  readonly description: string;
  readonly fallback: T;
  /** What to show as the default when it is not the plain `fallback`. */
  readonly defaultText?: string | undefined;
  readonly required: boolean;
  /** A flag that needs no value (`--keep`). */
  readonly flag: boolean;
  /** May be given more than once on a command line; the values are joined by newlines. */
  readonly repeats: boolean;
  /** What a value looks like, for `--help`. */
  readonly placeholder: string;
  /** Only for command lines: left out of action.yml. */
  readonly commandLineOnly: boolean;
  /** The default in action.yml, where the runner fills in its expressions. */
  readonly actionDefault?: string | undefined;
  /** Text to value. What is wrong with the text is told, and the rest of it still read. */
  readonly parse: (text: string) => Parsed<T>;
}

/** A value, and what is wrong with its text, each problem naming the offending part. */
export interface Parsed<T> {
  readonly value: T;
  readonly problems: readonly string[];
}

/** The inputs of one step by camelCase name: the only place where an input is declared. */
export type InputTable = Readonly<Record<string, Field<unknown>>>;

/** The parsed inputs of a table. */
export type Inputs<T extends InputTable> = {
  readonly [K in keyof T]: T[K] extends Field<infer V> ? V : never;
};

interface Common {
  readonly description: string;
  readonly required?: boolean;
  readonly defaultText?: string;
  readonly commandLineOnly?: boolean;
  readonly actionDefault?: string;
}

const base = (options: Common) => ({
  description: options.description,
  required: options.required ?? false,
  commandLineOnly: options.commandLineOnly ?? false,
  defaultText: options.defaultText,
  actionDefault: options.actionDefault,
  flag: false,
  repeats: false,
});

/** Text as it is, `""` when not given. `check` throws an Error for a text that can't be right. */
export function text(
  options: Common & {
    readonly fallback?: string;
    readonly placeholder?: string;
    readonly check?: (text: string) => void;
  },
): Field<string> {
  const { check, fallback = "", placeholder = "TEXT" } = options;
  return {
    ...base(options),
    fallback,
    placeholder,
    parse: (value) => ({ value, problems: problemsOf(() => check?.(value)) }),
  };
}

/** One value. `read` makes it of the text, or throws an Error that names it; `fallback` is what it is when not given. */
export function value<T>(
  options: Common & {
    readonly fallback: T;
    readonly placeholder: string;
    readonly read: (text: string) => T;
  },
): Field<T> {
  const { fallback, placeholder, read } = options;
  return {
    ...base(options),
    fallback,
    placeholder,
    parse: (text) => {
      let result = fallback;
      const problems = problemsOf(() => (result = read(text)));
      return { value: result, problems };
    },
  };
}

/** `true` or `false`, in the spellings that docker's actions take. */
export function boolean(options: Common & { readonly fallback?: boolean }): Field<boolean> {
  const { fallback = false } = options;
  return { ...booleanBase(options), fallback, parse: (text) => parseBoolean(text, fallback) };
}

/** The same where neither is the default: what not giving it means depends on other inputs. */
export function maybe(options: Common & { readonly defaultText: string }): Field<boolean | undefined> {
  return { ...booleanBase(options), fallback: undefined, parse: (text) => parseBoolean(text, undefined) };
}

const booleanBase = (options: Common) => ({
  ...base(options),
  flag: true,
  placeholder: "true|false",
});

function parseBoolean<T>(text: string, fallback: T): Parsed<boolean | T> {
  if (/^(1|t|true)$/i.test(text)) return { value: true, problems: [] };
  if (/^(0|f|false)$/i.test(text)) return { value: false, problems: [] };
  return { value: fallback, problems: [`${JSON.stringify(text)} is neither true nor false`] };
}

/** One word of a fixed set. */
export function choice<const T extends string>(
  options: Common & { readonly words: readonly T[]; readonly fallback: NoInfer<T> },
): Field<T> {
  const { fallback, words } = options;
  return {
    ...base(options),
    fallback,
    placeholder: words.join("|"),
    parse: (value) => {
      const word = words.find((candidate) => candidate === value);
      return word === undefined
        ? { value: fallback, problems: [`${JSON.stringify(value)} is not one of ${words.join(", ")}`] }
        : { value: word, problems: [] };
    },
  };
}

/** Several values. `item` reads one of them, or throws an Error that names it. */
export function list<T>(
  options: Common & {
    /** Items also end at commas (off where an item may hold commas, as in docker's actions); or how they end. */
    readonly commas: boolean | ((text: string) => readonly string[]);
    readonly placeholder?: string;
    readonly item: (text: string) => T;
  },
): Field<readonly T[]> {
  return {
    ...base(options),
    fallback: [],
    repeats: true,
    placeholder: options.placeholder ?? "LIST",
    parse: (value) => {
      const problems: string[] = [];
      const items: T[] = [];
      const { commas } = options;
      for (const entry of typeof commas === "function" ? commas(value) : splitList(value, { commas })) {
        problems.push(...problemsOf(() => items.push(options.item(entry))));
      }
      return { value: items, problems };
    },
  };
}

function problemsOf(work: () => unknown): string[] {
  try {
    work();
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** `buildArgs` → `build-args`, the name that users write. */
export function kebabCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

import { parseCsv } from "../buildkit/csv.ts";
import { InputError } from "../errors.ts";
import { suggest } from "../inputs/suggestion.ts";
import type { DateExpression, GlobalExpression, Template, VersionExpression } from "./template.ts";
import { dateExpressions, globalExpressions, parseTemplate, versionExpressions } from "./template.ts";

/**
 * One rule that makes at most one tag, as docker/metadata-action has them:
 * https://github.com/docker/metadata-action#tags-input
 */
export type TagRule = {
  /** As it was written, for messages. */
  readonly text: string;
  /** Renders as true or false. */
  readonly enable: Template<GlobalExpression>;
  /** The rule with the highest makes the first tag, which is the version. */
  readonly priority: number;
  /** Without one the flavor's counts; an empty one is one. */
  readonly prefix?: Template<GlobalExpression>;
  readonly suffix?: Template<GlobalExpression>;
} & RuleType;

type RuleType =
  | { readonly type: "schedule"; readonly pattern: Template<DateExpression> }
  | VersionRule
  | {
      readonly type: "match";
      readonly pattern: RegExp;
      readonly group: number;
      readonly value?: Template<GlobalExpression>;
    }
  | { readonly type: "edge"; readonly branch?: string }
  | { readonly type: "ref"; readonly event: (typeof refEvents)[number] }
  | { readonly type: "raw"; readonly value: Template<GlobalExpression> }
  | { readonly type: "sha"; readonly format: (typeof shaFormats)[number] };

export interface VersionRule {
  readonly type: "semver" | "pep440";
  readonly pattern: Template<VersionExpression>;
  /** Instead of the Git tag. */
  readonly value?: Template<GlobalExpression>;
  /** Its first group is the version. */
  readonly match?: RegExp;
}

const refEvents = ["branch", "tag", "pr"] as const;
const shaFormats = ["short", "long"] as const;

/** What a rule's type takes beside the attributes that all take, and how it ranks among the others. */
const ruleTypes = {
  schedule: { takes: ["pattern"], priority: 1000 },
  semver: { takes: ["pattern", "value", "match"], priority: 900 },
  pep440: { takes: ["pattern", "value", "match"], priority: 900 },
  match: { takes: ["pattern", "group", "value"], priority: 800 },
  edge: { takes: ["branch"], priority: 700 },
  ref: { takes: ["event"], priority: 600 },
  raw: { takes: ["value"], priority: 200 },
  sha: { takes: ["format"], priority: 100 },
} as const;

const typeNames = Object.keys(ruleTypes);
const commonAttributes = ["enable", "priority", "prefix", "suffix"];

/** All words that stand before a `=` in rules. */
export const ruleAttributes: readonly string[] = [
  ...new Set(["type", ...commonAttributes, ...Object.values(ruleTypes).flatMap(({ takes }) => takes)]),
];

/** A tag that is written out counts as a rule of type raw. */
export function rawRule(value: string): TagRule {
  return {
    type: "raw",
    text: value,
    enable: ["true"],
    priority: ruleTypes.raw.priority,
    value: parseTemplate(value, globalExpressions),
  };
}

/** Reads `type=semver,pattern={{version}}`, a line of CSV. Throws InputError naming the text and what is wrong with it. */
export function parseTagRule(text: string): TagRule {
  try {
    const fields = readFields(text);
    const type = fields.get("type") ?? "raw";
    if (!isRuleType(type))
      throw new Error(`there is no type ${JSON.stringify(type)}: ${suggest(type, typeNames)}`);
    const { priority, takes } = ruleTypes[type];
    const known = ["type", ...takes, ...commonAttributes];
    for (const key of fields.keys()) {
      if (!known.includes(key))
        throw new Error(`type=${type} takes no ${JSON.stringify(key)}: ${suggest(key, known)}`);
    }
    const prefix = fields.get("prefix") ?? defaultPrefix(type, fields);
    const suffix = fields.get("suffix");
    return {
      text,
      enable: parseEnable(fields.get("enable")),
      priority: parsePriority(fields.get("priority")) ?? priority,
      ...(prefix === undefined ? {} : { prefix: parseTemplate(prefix, globalExpressions) }),
      ...(suffix === undefined ? {} : { suffix: parseTemplate(suffix, globalExpressions) }),
      ...parseType(type, fields),
    };
  } catch (error) {
    if (error instanceof InputError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError(`not a tag rule: ${JSON.stringify(text)}: ${why}`, { cause: error });
  }
}

function parseType(type: keyof typeof ruleTypes, fields: ReadonlyMap<string, string>): RuleType {
  // Attributes that are there and empty are how the documentation shows those that may be left out.
  const given = (key: string): string | undefined => fields.get(key) || undefined;
  const needed = (key: string, example: string): string => {
    const value = given(key);
    if (value === undefined) throw new Error(`it needs ${key}, such as ${key}=${example}`);
    return value;
  };
  const value = given("value");
  const ownValue = value === undefined ? {} : { value: parseTemplate(value, globalExpressions) };
  switch (type) {
    case "schedule":
      return { type, pattern: parseTemplate(given("pattern") ?? "nightly", dateExpressions) };
    case "semver":
    case "pep440": {
      const match = given("match");
      return {
        type,
        pattern: parseTemplate(needed("pattern", "{{version}}"), versionExpressions),
        ...ownValue,
        ...(match === undefined ? {} : { match: parseRegExp(match, "") }),
      };
    }
    case "match": {
      const pattern = needed("pattern", "v(.*)");
      const [, source = pattern, flags = ""] = /^\/(.+)\/([a-z]*)$/s.exec(pattern) ?? [];
      return { type, pattern: parseRegExp(source, flags), group: parseGroup(given("group")), ...ownValue };
    }
    case "edge": {
      const branch = given("branch");
      return { type, ...(branch === undefined ? {} : { branch }) };
    }
    case "ref":
      return { type, event: parseWord("event", needed("event", "branch"), refEvents) };
    case "raw":
      return { type, value: parseTemplate(needed("value", "latest"), globalExpressions) };
    case "sha":
      return { type, format: parseWord("format", given("format") ?? "short", shaFormats) };
    default:
      return type satisfies never;
  }
}

function defaultPrefix(type: string, fields: ReadonlyMap<string, string>): string | undefined {
  if (type === "sha") return "sha-";
  return type === "ref" && fields.get("event") === "pr" ? "pr-" : undefined;
}

/** The attributes by name; a field without `=` is the value. */
function readFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const field of parseCsv(text)) {
    const equals = field.indexOf("=");
    const key = equals === -1 ? "value" : field.slice(0, equals).trim().toLowerCase();
    if (fields.has(key)) {
      throw new Error(
        `${key} is given twice: a rule has a line of its own, and a field with commas is quoted whole`,
      );
    }
    fields.set(key, field.slice(equals + 1).trim());
  }
  return fields;
}

function isRuleType(type: string): type is keyof typeof ruleTypes {
  return typeNames.includes(type);
}

function parseEnable(text: string | undefined): Template<GlobalExpression> {
  const enable = parseTemplate(text ?? "true", globalExpressions);
  const hasExpression = enable.some((part) => typeof part !== "string");
  if (!hasExpression && text !== undefined && !/^(?:true|false)$/.test(text)) {
    throw new Error(`enable=${text} is neither true nor false`);
  }
  return enable;
}

function parsePriority(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  if (!/^-?\d+(?:\.\d+)?$/.test(text)) throw new Error(`priority=${text} is not a number`);
  return Number(text);
}

function parseGroup(text = "0"): number {
  if (!/^\d{1,4}$/.test(text)) throw new Error(`group=${text} is not the number of a group`);
  return Number(text);
}

function parseWord<T extends string>(key: string, text: string, words: readonly T[]): T {
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) throw new Error(`there is no ${key}=${text}: ${suggest(text, words)}`);
  return word;
}

function parseRegExp(source: string, flags: string): RegExp {
  // The others remember where a match ended.
  if (!/^[gimsu]*$/.test(flags))
    throw new Error(`a regular expression may have the flags g, i, m, s and u: ${flags}`);
  try {
    return new RegExp(source, flags);
  } catch (error) {
    throw new Error(`${JSON.stringify(source)} is not a regular expression`, { cause: error });
  }
}

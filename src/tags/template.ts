import { suggest } from "../inputs/suggestion.ts";
import { formatDate } from "./date-format.ts";

/** Text with expressions of some names in it: `{{branch}}`, `{{date 'YYYYMMDD' tz='Asia/Tokyo'}}`. */
export type Template<N extends ExpressionName> = readonly (string | Expression<N>)[];

export type Expression<N extends ExpressionName> = N extends DateExpression
  ? { readonly name: N; readonly format: string; readonly timeZone: string }
  : { readonly name: N };

type ExpressionName = GlobalExpression | VersionExpression;

/** What `prefix`, `suffix`, `value` and `enable` may say. */
export type GlobalExpression = DateExpression | JobExpression;
export type DateExpression = (typeof dateExpressions)[number];
export type JobExpression = (typeof jobExpressions)[number];
export type VersionExpression = (typeof versionExpressions)[number];

export const dateExpressions = ["date", "commit_date"] as const;
export const versionExpressions = ["version", "raw", "major", "minor", "patch"] as const;
const jobExpressions = [
  "branch",
  "tag",
  "sha",
  "base_ref",
  "is_default_branch",
  "is_not_default_branch",
] as const;
export const globalExpressions = [...jobExpressions, ...dateExpressions] as const;

const quoted = `'[^']*'|"[^"]*"`;
const datePattern = new RegExp(`^\\w+\\s+(${quoted})(?:\\s+tz=(${quoted}))?$`);

/**
 * Reads the part of Handlebars' syntax that docker/metadata-action documents. Throws an Error for an expression that is not
 * one of `names`, and for a date that can't be written.
 */
export function parseTemplate<N extends ExpressionName>(text: string, names: readonly N[]): Template<N> {
  if (text.includes("${{")) {
    throw new Error("${{ … }} is filled in by GitHub alone: write {{ … }}, or the CI's own variables");
  }
  const parts = text.split(/\{\{(.*?)\}\}/s);
  return parts.flatMap((part, index): Template<N> => {
    if (index % 2 === 1) return [parseExpression(part.trim(), names)];
    if (part.includes("{{")) throw new Error("a {{ is not closed");
    return part === "" ? [] : [part];
  });
}

/** The text with what its expressions stand for. */
export function renderTemplate<N extends ExpressionName>(
  template: Template<N>,
  valueOf: (expression: Expression<N>) => string,
): string {
  return template.map((part) => (typeof part === "string" ? part : valueOf(part))).join("");
}

/** Whether an expression of one of these names is in the template. */
export function mentions<N extends ExpressionName>(template: Template<N>, ...names: readonly N[]): boolean {
  return template.some((part) => typeof part !== "string" && names.some((name) => name === part.name));
}

function parseExpression<N extends ExpressionName>(text: string, names: readonly N[]): Expression<N> {
  const [word = ""] = /^\S*/.exec(text) ?? [];
  const name = names.find((candidate) => candidate === word);
  if (name === undefined) throw new Error(`there is no {{${text}}}: ${suggest(word, names)}`);
  const expression =
    name === "date" || name === "commit_date" ? { name, ...parseDate(text, name) } : { name };
  if (!("format" in expression) && text !== name)
    throw new Error(`{{${name}}} takes nothing: there is {{${text}}}`);
  // The compiler can't tell which of the two shapes belongs to a name that it does not know.
  return expression as Expression<N>;
}

function parseDate(text: string, name: string): Pick<Expression<DateExpression>, "format" | "timeZone"> {
  const [, format, zone] = datePattern.exec(text) ?? [];
  if (format === undefined) throw new Error(`{{${text}}} is not {{${name} 'YYYYMMDD' tz='Europe/Berlin'}}`);
  const date = { format: unquote(format), timeZone: zone === undefined ? "UTC" : unquote(zone) };
  formatDate(new Date(0), date.format, date.timeZone);
  return date;
}

function unquote(text: string): string {
  return text.slice(1, -1);
}

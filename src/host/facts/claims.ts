import type { JobFacts } from "../facts.ts";
import { repositoryPage, webAddress } from "./repository-page.ts";

/** What a CI says of a job, in its own words. Anybody who opens a pull request may have written some of it. */
export type Claims = { readonly event: JobFacts["event"] } & {
  readonly [Fact in TextFact]?: string | undefined;
} & {
  readonly [Fact in "isFork" | "isPrivate"]?: boolean | undefined;
} & {
  /** As ISO 8601 has it. */
  readonly commitTime?: string | undefined;
  /** With `refs/heads/`, `refs/tags/` before it, for CIs that tell branches and tags apart by that. */
  readonly ref?: string | undefined;
};

type TextFact =
  | "repositoryUrl"
  | "commit"
  | "branch"
  | "baseBranch"
  | "defaultBranch"
  | "tag"
  | "pullRequest"
  | "runId"
  | "runUrl"
  | "runAttempt"
  | "gitContext"
  | "title"
  | "description"
  | "license";

/** The claims that have the shape of what they are to be; the others are dropped. */
export function checkClaims(ci: JobFacts["ci"], claims: Claims): JobFacts {
  const { event, gitContext, isFork, isPrivate, ref } = claims;
  const tag = refName(claims.tag ?? cut(ref, "refs/tags/"), "refs/tags/");
  const branch = refName(claims.branch ?? cut(ref, "refs/heads/"), "refs/heads/");
  const facts: { readonly [Fact in keyof JobFacts]: JobFacts[Fact] | undefined } = {
    ci,
    event: event === "push" && tag !== undefined ? "tag" : event,
    repositoryUrl: repositoryPage(claims.repositoryUrl),
    commit: commitId(claims.commit),
    // Some CIs repeat the tag as branch, others name the branch that it may be on.
    branch: tag === undefined ? branch : undefined,
    baseBranch: refName(claims.baseBranch, "refs/heads/"),
    defaultBranch: refName(claims.defaultBranch, "refs/heads/"),
    tag,
    pullRequest: word(claims.pullRequest),
    isFork,
    isPrivate,
    runId: word(claims.runId),
    runUrl: webAddress(claims.runUrl),
    runAttempt: matching(claims.runAttempt, /^\d{1,9}$/),
    gitContext,
    commitTime: seconds(claims.commitTime),
    title: line(claims.title),
    description: line(claims.description),
    // GitHub says NOASSERTION for a license that it does not recognise.
    license: matching(claims.license, /^(?!NOASSERTION$)[\w.+() -]{1,200}$/),
  };
  return known(facts) as JobFacts;
}

/** The full name of a commit, in lower case. */
export function commitId(text: string | undefined): string | undefined {
  return matching(text?.toLowerCase(), /^(?:[\da-f]{40}|[\da-f]{64})$/);
}

/** `true` in the spelling of any CI; undefined for no text at all. */
export function truth(text: string | undefined): boolean | undefined {
  return text === undefined || text === "" ? undefined : /^(?:1|t|true)$/i.test(text);
}

/** What stands behind a prefix; undefined when it is not there. */
export function cut(text: string | undefined, prefix: string): string | undefined {
  return text?.startsWith(prefix) ? text.slice(prefix.length) : undefined;
}

/** Text of several parts, if all of them are there. */
export function whole(...parts: readonly (string | undefined)[]): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join("");
}

/** The properties that are not undefined. */
export function known<T extends object>(object: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof known<T>
  >;
}

/** https://git-scm.com/docs/git-check-ref-format, nearly; never what could be an option. */
function refName(text: string | undefined, prefix: string): string | undefined {
  const name = cut(text, prefix) ?? text;
  return matching(name, /^(?![-/.])(?!.*(?:\.\.|@\{|\/\/|[/.]$))[^\s\p{Cc}~^:?*[\\]{1,255}$/u);
}

function word(text: string | undefined): string | undefined {
  return matching(text, /^\w[\w.:%+-]{0,199}$/);
}

function line(text: string | undefined): string | undefined {
  return text?.replaceAll(/[\s\p{Cc}]+/gu, " ").trim() || undefined;
}

function seconds(text: string | undefined): number | undefined {
  const milliseconds = Date.parse(text ?? "");
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000);
}

function matching(text: string | undefined, pattern: RegExp): string | undefined {
  return text !== undefined && pattern.test(text) ? text : undefined;
}

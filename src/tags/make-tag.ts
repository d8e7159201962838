import type { Job } from "./job.ts";
import { isMoving } from "./moving.ts";
import type { TagRule, VersionRule } from "./rule.ts";
import {
  dateExpressions,
  type GlobalExpression,
  mentions,
  renderTemplate,
  type Template,
} from "./template.ts";
import { parseVersion } from "./version.ts";

/** The tag of a rule before prefix and suffix, or why there is none when one would expect it. */
type MadeTag =
  | {
      readonly tag: string;
      /** Another job moves it on. */
      readonly moves: boolean;
      /** `latest=auto` makes this image the latest. */
      readonly isLatest: boolean;
    }
  | { readonly tag: undefined; readonly why?: string };

const none: MadeTag = { tag: undefined };

/** https://github.com/docker/metadata-action#tags-input */
export function makeTag(rule: TagRule, job: Job): MadeTag {
  const { facts, ref } = job;
  switch (rule.type) {
    case "schedule":
      if (facts.event !== "schedule") return none;
      return {
        tag: renderTemplate(rule.pattern, job.valueOf),
        moves: !mentions(rule.pattern, ...dateExpressions),
        isLatest: false,
      };
    case "semver":
    case "pep440":
      return makeVersionTag(rule, job);
    case "match": {
      const value = valueOrGitTag(rule.value, job);
      if (value === undefined) return none;
      const found = value.match(rule.pattern);
      if (found === null)
        return { tag: undefined, why: `${rule.pattern} does not match ${JSON.stringify(value)}` };
      const tag = found[rule.group];
      if (tag === undefined) return { tag: undefined, why: `${rule.pattern} has no group ${rule.group}` };
      return { tag, moves: isMoving(tag), isLatest: true };
    }
    case "edge": {
      if (ref?.kind !== "branch") return none;
      const branch = rule.branch ?? facts.defaultBranch;
      if (branch === undefined) {
        return {
          tag: undefined,
          why: "the default branch is not known: name it, as in type=edge,branch=main",
        };
      }
      return ref.name === branch ? { tag: "edge", moves: true, isLatest: false } : none;
    }
    case "ref":
      if (ref?.kind !== rule.event) return none;
      return {
        tag: ref.name,
        // Git tags such as v1 are moved along with every release.
        moves: ref.kind !== "tag" || isMoving(ref.name),
        isLatest: ref.kind === "tag",
      };
    case "raw": {
      const tag = renderTemplate(rule.value, job.valueOf);
      return {
        tag,
        moves: !mentions(rule.value, "sha", ...dateExpressions) && isMoving(tag),
        isLatest: false,
      };
    }
    case "sha": {
      if (facts.commit === undefined) return { tag: undefined, why: "the commit is not known" };
      return { tag: rule.format === "long" ? facts.commit : job.shortCommit, moves: false, isLatest: false };
    }
    default:
      return rule satisfies never;
  }
}

/** A version that is not final makes only itself: https://github.com/docker/metadata-action#typesemver */
function makeVersionTag(rule: TagRule & VersionRule, job: Job): MadeTag {
  const value = valueOrGitTag(rule.value, job);
  if (value === undefined) return none;
  const found = rule.match === undefined ? [value] : rule.match.exec(value);
  if (found === null) return { tag: undefined, why: `${rule.match} does not match ${JSON.stringify(value)}` };
  const raw = (found[1] ?? found[0] ?? "").replaceAll("/", "-");
  const version = parseVersion(rule.type, raw);
  if (version === undefined) {
    const what = rule.type === "semver" ? "a semantic version" : "a version after PEP 440";
    return { tag: undefined, why: `${JSON.stringify(raw)} is not ${what}` };
  }
  if (!version.isFinal) {
    const [only, ...more] = rule.pattern;
    const wantsRaw = more.length === 0 && typeof only === "object" && only.name === "raw";
    return { tag: wantsRaw ? version.raw : version.version, moves: false, isLatest: false };
  }
  const names = ["major", "minor", "patch"] as const;
  return {
    tag: renderTemplate(rule.pattern, ({ name }) => version[name]),
    moves: !mentions(rule.pattern, "version", "raw") && !names.every((name) => mentions(rule.pattern, name)),
    isLatest: true,
  };
}

/** Undefined when the rule is about Git tags and the job is not. */
function valueOrGitTag(
  value: Template<GlobalExpression> | undefined,
  { ref, valueOf }: Job,
): string | undefined {
  if (value !== undefined) return renderTemplate(value, valueOf);
  return ref?.kind === "tag" ? ref.name : undefined;
}

import { InputError } from "../errors.ts";
import type { JobFacts } from "../host/facts.ts";
import { formatReference, type Reference } from "../oci/reference.ts";
import { autoRules } from "./auto.ts";
import type { Affix, Flavor } from "./flavor.ts";
import { createJob, type Job } from "./job.ts";
import { makeTag } from "./make-tag.ts";
import { isMoving } from "./moving.ts";
import { rawRule, type TagRule } from "./rule.ts";
import { isTag, type TagSpec, toTag } from "./spec.ts";
import { type GlobalExpression, renderTemplate, type Template } from "./template.ts";

interface TagPlan {
  /** For every repository, each once; what rules made first by their priority. */
  readonly tags: readonly string[];
  readonly references: readonly Reference[];
  /** The first of them: what the image is labelled with. */
  readonly version: string | undefined;
  /** Those among all tags that another release or push moves on: `latest`, `1.2`, branches. They are to move last. */
  readonly floating: readonly string[];
  /** Rules that one would expect a tag of, and why they made none. */
  readonly warnings: readonly string[];
}

/** The tags of a job, as docker/metadata-action makes them. Throws InputError for a rule that makes what can't be a tag. */
export function planTags(specs: readonly TagSpec[], flavor: Flavor, facts: JobFacts, now: Date): TagPlan {
  const job = createJob(facts, now);
  const rules = specs.flatMap((spec) => rulesOf(spec, job)).toSorted((a, b) => b.priority - a.priority);
  const warnings: string[] = [];
  const tags = new Map<string, { readonly moves: boolean }>();
  let latest: boolean | undefined;
  for (const rule of rules) {
    if (!isEnabled(rule, job)) continue;
    const made = makeTag(rule, job);
    if (made.tag === undefined) {
      if (made.why !== undefined) warnings.push(`tags: ${rule.text} makes no tag: ${made.why}`);
      continue;
    }
    const affixed = [
      affix(rule.prefix, flavor.prefix, job),
      made.tag,
      affix(rule.suffix, flavor.suffix, job),
    ].join("");
    if (affixed === "") continue;
    const tag = checkTag(affixed, rule.text);
    if (!tags.has(tag)) tags.set(tag, { moves: made.moves });
    // The first tag decides, as it is the version.
    latest ??= flavor.latest === "auto" ? made.isLatest : flavor.latest === "true";
  }
  if (latest === true) {
    const onLatest = ({ onLatest, text }: Affix): string =>
      onLatest ? renderTemplate(text, job.valueOf) : "";
    tags.set(checkTag(`${onLatest(flavor.prefix)}latest${onLatest(flavor.suffix)}`, "flavor"), {
      moves: true,
    });
  }
  const references = uniqueReferences(specs);
  return {
    tags: [...tags.keys()],
    references,
    version: tags.keys().next().value ?? references[0]?.tag,
    floating: [
      ...new Set([
        ...[...tags].filter(([, { moves }]) => moves).map(([tag]) => tag),
        ...references.flatMap(({ tag = "latest" }) => (isMoving(tag) ? [tag] : [])),
      ]),
    ],
    warnings,
  };
}

function rulesOf(spec: TagSpec, job: Job): readonly TagRule[] {
  switch (spec.kind) {
    case "rule":
      return [spec.rule];
    case "auto":
      return autoRules(job);
    case "tag":
      return [rawRule(spec.tag)];
    case "reference":
      return [];
    default:
      return spec satisfies never;
  }
}

function isEnabled(rule: TagRule, job: Job): boolean {
  const enable = renderTemplate(rule.enable, job.valueOf);
  if (enable === "true" || enable === "false") return enable === "true";
  throw new InputError(`tags: ${rule.text}: enable is ${JSON.stringify(enable)}, neither true nor false`);
}

function affix(own: Template<GlobalExpression> | undefined, { text }: Affix, job: Job): string {
  return renderTemplate(own ?? text, job.valueOf);
}

function checkTag(text: string, from: string): string {
  const tag = toTag(text);
  if (isTag(tag)) return tag;
  const why =
    tag === ""
      ? "nothing of it can stand in a tag"
      : `it has ${tag.length} characters, and a tag at most 128`;
  throw new InputError(`tags: ${from} makes ${JSON.stringify(text)}: ${why}`);
}

function uniqueReferences(specs: readonly TagSpec[]): readonly Reference[] {
  const references = specs.flatMap((spec) => (spec.kind === "reference" ? [spec.reference] : []));
  return [...new Map(references.map((reference) => [formatReference(reference), reference])).values()];
}

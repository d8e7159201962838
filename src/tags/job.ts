import type { JobFacts } from "../host/facts.ts";
import { formatDate } from "./date-format.ts";
import type { Expression, GlobalExpression, JobExpression } from "./template.ts";

/** What tags are made from. */
export interface Job {
  readonly facts: JobFacts;
  /** The one ref that the job is about. */
  readonly ref: Ref | undefined;
  /** The commit, as short as docker/metadata-action has it; empty when it is not known. */
  readonly shortCommit: string;
  /** What an expression stands for. */
  readonly valueOf: (expression: Expression<GlobalExpression>) => string;
}

interface Ref {
  readonly kind: "branch" | "tag" | "pr";
  readonly name: string;
}

export function createJob(facts: JobFacts, now: Date): Job {
  const ref = refOf(facts);
  const shortCommit = (facts.commit ?? "").slice(0, facts.shortCommitLength ?? 7);
  const nameOf = (kind: Ref["kind"]): string => (ref?.kind === kind ? ref.name : "");
  const isDefault = ref?.kind === "branch" && ref.name === facts.defaultBranch;
  const values: Readonly<Record<JobExpression, string>> = {
    branch: nameOf("branch"),
    tag: nameOf("tag"),
    sha: shortCommit,
    base_ref: facts.baseBranch ?? "",
    is_default_branch: String(isDefault),
    is_not_default_branch: String(!isDefault),
  };
  const committed = facts.commitTime === undefined ? now : new Date(facts.commitTime * 1000);
  return {
    facts,
    ref,
    shortCommit,
    valueOf: (expression) => {
      if (expression.name !== "date" && expression.name !== "commit_date") return values[expression.name];
      return formatDate(expression.name === "date" ? now : committed, expression.format, expression.timeZone);
    },
  };
}

function refOf({ branch, event, pullRequest, tag }: JobFacts): Ref | undefined {
  // A branch may have a pull request open and still be pushed to.
  if (event === "pull-request")
    return pullRequest === undefined ? undefined : { kind: "pr", name: pullRequest };
  if (tag !== undefined) return { kind: "tag", name: tag };
  return branch === undefined ? undefined : { kind: "branch", name: branch };
}

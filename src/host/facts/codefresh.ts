import type { Env } from "../../inputs/parse.ts";
import { type Claims, truth } from "./claims.ts";

/** https://codefresh.io/docs/docs/pipelines/variables/#system-variables (which do not tell a schedule) */
export function codefreshClaims(env: Env): Claims {
  const pullRequest = env["CF_PULL_REQUEST_NUMBER"];
  // CF_BRANCH may be a tag. It is one when the branch that the tag was made from is told apart.
  const isTag = pullRequest === undefined && env["CF_BASE_BRANCH"] !== undefined;
  return {
    event: pullRequest === undefined ? eventOf(env["CF_BUILD_TRIGGER"]) : "pull-request",
    repositoryUrl: env["CF_COMMIT_URL"]?.replace(/(?:\/-)?\/commits?\/[\da-f]+\/?$/, ""),
    commit: env["CF_REVISION"],
    branch: env["CF_BRANCH"],
    baseBranch: pullRequest === undefined ? env["CF_BASE_BRANCH"] : env["CF_PULL_REQUEST_TARGET"],
    tag: env["CF_RELEASE_TAG"] ?? (isTag ? env["CF_BRANCH"] : undefined),
    pullRequest,
    isFork: pullRequest === undefined ? undefined : truth(env["CF_PULL_REQUEST_IS_FORK"]),
    runId: env["CF_BUILD_ID"],
    runUrl: env["CF_BUILD_URL"],
    title: env["CF_REPO_NAME"],
  };
}

function eventOf(trigger: string | undefined): Claims["event"] {
  if (trigger === "webhook") return "push";
  return trigger === "build" ? "manual" : "unknown";
}

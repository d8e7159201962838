import type { Env } from "../../inputs/parse.ts";
import { type Claims, truth } from "./claims.ts";

/** https://woodpecker-ci.org/docs/usage/environment#built-in-environment-variables (which do not tell a fork) */
export function woodpeckerClaims(env: Env): Claims {
  const event = eventOf(env["CI_PIPELINE_EVENT"]);
  const isPullRequest = event === "pull-request";
  return {
    event,
    repositoryUrl: env["CI_REPO_URL"],
    commit: env["CI_COMMIT_SHA"],
    ref: env["CI_COMMIT_REF"],
    branch: isPullRequest ? env["CI_COMMIT_SOURCE_BRANCH"] : env["CI_COMMIT_BRANCH"],
    baseBranch: isPullRequest ? env["CI_COMMIT_TARGET_BRANCH"] : undefined,
    defaultBranch: env["CI_REPO_DEFAULT_BRANCH"],
    tag: env["CI_COMMIT_TAG"],
    pullRequest: isPullRequest ? env["CI_COMMIT_PULL_REQUEST"] : undefined,
    isPrivate: truth(env["CI_REPO_PRIVATE"]),
    runId: env["CI_PIPELINE_NUMBER"],
    runUrl: env["CI_PIPELINE_URL"],
    title: env["CI_REPO_NAME"],
  };
}

function eventOf(event = ""): Claims["event"] {
  // pull_request_closed and pull_request_metadata, too.
  if (event.startsWith("pull_request")) return "pull-request";
  switch (event) {
    case "push":
      return "push";
    case "tag":
    case "release":
      return "tag";
    case "cron":
      return "schedule";
    case "manual":
    case "deployment":
      return "manual";
    default:
      return "unknown";
  }
}

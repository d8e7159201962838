import type { Env } from "../../inputs/parse.ts";
import type { Claims } from "./claims.ts";
import { repositoryPage } from "./repository-page.ts";

/** https://buildkite.com/docs/pipelines/configure/environment-variables */
export function buildkiteClaims(env: Env): Claims {
  const number = env["BUILDKITE_PULL_REQUEST"];
  const pullRequest = number === "false" ? undefined : number;
  const retries = env["BUILDKITE_RETRY_COUNT"];
  return {
    event: pullRequest === undefined ? eventOf(env["BUILDKITE_SOURCE"]) : "pull-request",
    repositoryUrl: env["BUILDKITE_REPO"],
    // May be HEAD, for a build that somebody started by hand.
    commit: env["BUILDKITE_COMMIT"],
    branch: env["BUILDKITE_BRANCH"],
    baseBranch: pullRequest === undefined ? undefined : env["BUILDKITE_PULL_REQUEST_BASE_BRANCH"],
    defaultBranch: env["BUILDKITE_PIPELINE_DEFAULT_BRANCH"],
    tag: env["BUILDKITE_TAG"],
    pullRequest,
    isFork:
      pullRequest === undefined
        ? undefined
        : repositoryPage(env["BUILDKITE_PULL_REQUEST_REPO"]) !== repositoryPage(env["BUILDKITE_REPO"]),
    runId: env["BUILDKITE_BUILD_ID"],
    runUrl: env["BUILDKITE_BUILD_URL"],
    runAttempt: retries === undefined ? undefined : String(Number(retries) + 1),
  };
}

function eventOf(source: string | undefined): Claims["event"] {
  switch (source) {
    case "webhook":
      return "push";
    case "schedule":
      return "schedule";
    case "ui":
    case "api":
      return "manual";
    default:
      return "unknown";
  }
}

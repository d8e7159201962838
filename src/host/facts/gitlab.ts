import type { Env } from "../../inputs/parse.ts";
import type { Claims } from "./claims.ts";

/** https://docs.gitlab.com/ci/variables/predefined_variables/ */
export function gitlabClaims(env: Env): Claims {
  const external = env["CI_EXTERNAL_PULL_REQUEST_IID"];
  const pullRequest = env["CI_MERGE_REQUEST_IID"] ?? external;
  const visibility = env["CI_PROJECT_VISIBILITY"];
  return {
    // A child of a merge request's pipeline has another source.
    event: pullRequest === undefined ? eventOf(env["CI_PIPELINE_SOURCE"]) : "pull-request",
    repositoryUrl: env["CI_PROJECT_URL"],
    commit: env["CI_COMMIT_SHA"],
    commitTime: env["CI_COMMIT_TIMESTAMP"],
    branch:
      pullRequest === undefined
        ? env["CI_COMMIT_BRANCH"]
        : (env["CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"] ?? env["CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME"]),
    baseBranch:
      env["CI_MERGE_REQUEST_TARGET_BRANCH_NAME"] ?? env["CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME"],
    defaultBranch: env["CI_DEFAULT_BRANCH"],
    tag: env["CI_COMMIT_TAG"],
    pullRequest,
    isFork: pullRequest === undefined ? undefined : isFork(env),
    isPrivate: visibility === undefined ? undefined : visibility !== "public",
    runId: env["CI_PIPELINE_ID"],
    runUrl: env["CI_PIPELINE_URL"],
    title: env["CI_PROJECT_TITLE"],
    description: env["CI_PROJECT_DESCRIPTION"],
  };
}

function eventOf(source: string | undefined): Claims["event"] {
  switch (source) {
    case "push":
    // The parent was started by whatever; a push is the most that this is allowed to be.
    case "parent_pipeline":
      return "push";
    case "schedule":
      return "schedule";
    case "web":
    case "webide":
    case "api":
    case "trigger":
    case "chat":
      return "manual";
    default:
      return "unknown";
  }
}

function isFork(env: Env): boolean {
  const [source, target] =
    env["CI_MERGE_REQUEST_IID"] === undefined
      ? [env["CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY"], env["CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY"]]
      : [env["CI_MERGE_REQUEST_SOURCE_PROJECT_ID"], env["CI_MERGE_REQUEST_PROJECT_ID"]];
  return source === undefined || source !== target;
}

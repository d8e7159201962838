import type { Env } from "../../inputs/parse.ts";
import { type Claims, truth } from "./claims.ts";

/** https://docs.drone.io/pipeline/environment/reference/ (which do not tell a fork) */
export function droneClaims(env: Env): Claims {
  const isPullRequest = env["DRONE_BUILD_EVENT"] === "pull_request";
  return {
    event: eventOf(env["DRONE_BUILD_EVENT"]),
    repositoryUrl: env["DRONE_REPO_LINK"] ?? env["DRONE_GIT_HTTP_URL"],
    commit: env["DRONE_COMMIT_SHA"] ?? env["DRONE_COMMIT"],
    branch: isPullRequest ? env["DRONE_SOURCE_BRANCH"] : env["DRONE_BRANCH"],
    baseBranch: isPullRequest ? env["DRONE_TARGET_BRANCH"] : undefined,
    defaultBranch: env["DRONE_REPO_BRANCH"],
    tag: env["DRONE_TAG"],
    pullRequest: isPullRequest ? env["DRONE_PULL_REQUEST"] : undefined,
    isPrivate: truth(env["DRONE_REPO_PRIVATE"]),
    runId: env["DRONE_BUILD_NUMBER"],
    runUrl: env["DRONE_BUILD_LINK"],
    title: env["DRONE_REPO_NAME"],
  };
}

function eventOf(event: string | undefined): Claims["event"] {
  switch (event) {
    case "push":
    case "tag":
      return event;
    case "pull_request":
      return "pull-request";
    case "cron":
      return "schedule";
    case "promote":
    case "rollback":
    case "custom":
      return "manual";
    default:
      return "unknown";
  }
}

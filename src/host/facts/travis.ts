import type { Env } from "../../inputs/parse.ts";
import type { Claims } from "./claims.ts";

/** https://docs.travis-ci.com/user/environment-variables/#default-environment-variables (which name no server of repositories) */
export function travisClaims(env: Env): Claims {
  const number = env["TRAVIS_PULL_REQUEST"];
  const pullRequest = number === "false" ? undefined : number;
  return {
    event: pullRequest === undefined ? eventOf(env["TRAVIS_EVENT_TYPE"]) : "pull-request",
    commit: env["TRAVIS_COMMIT"],
    // That of a pull request is the one that it is to go to, and that of a tag is the tag.
    branch: pullRequest === undefined ? env["TRAVIS_BRANCH"] : env["TRAVIS_PULL_REQUEST_BRANCH"],
    baseBranch: pullRequest === undefined ? undefined : env["TRAVIS_BRANCH"],
    tag: env["TRAVIS_TAG"],
    pullRequest,
    isFork:
      pullRequest === undefined ? undefined : env["TRAVIS_PULL_REQUEST_SLUG"] !== env["TRAVIS_REPO_SLUG"],
    runId: env["TRAVIS_BUILD_ID"],
    runUrl: env["TRAVIS_BUILD_WEB_URL"],
    title: env["TRAVIS_REPO_SLUG"]?.split("/")[1],
  };
}

function eventOf(type: string | undefined): Claims["event"] {
  switch (type) {
    case "push":
      return "push";
    case "cron":
      return "schedule";
    case "api":
      return "manual";
    default:
      return "unknown";
  }
}

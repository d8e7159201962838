import type { Env } from "../../inputs/parse.ts";
import { type Claims, truth, whole } from "./claims.ts";

const servers: Readonly<Record<string, string>> = {
  bitbucket: "https://bitbucket.org",
  github: "https://github.com",
  gitlab: "https://gitlab.com",
};

/** https://www.appveyor.com/docs/environment-variables/ */
export function appveyorClaims(env: Env): Claims {
  const pullRequest = env["APPVEYOR_PULL_REQUEST_NUMBER"];
  const repository = env["APPVEYOR_REPO_NAME"];
  const server = servers[(env["APPVEYOR_REPO_PROVIDER"] ?? "").toLowerCase()];
  const project = whole(env["APPVEYOR_ACCOUNT_NAME"], "/", env["APPVEYOR_PROJECT_SLUG"]);
  const site = env["APPVEYOR_URL"] ?? "https://ci.appveyor.com";
  return {
    event: pullRequest === undefined ? eventOf(env) : "pull-request",
    repositoryUrl: whole(server, "/", repository),
    commit: env["APPVEYOR_REPO_COMMIT"],
    commitTime: env["APPVEYOR_REPO_COMMIT_TIMESTAMP"],
    // That of a pull request is the one that it is to go to.
    branch:
      pullRequest === undefined ? env["APPVEYOR_REPO_BRANCH"] : env["APPVEYOR_PULL_REQUEST_HEAD_REPO_BRANCH"],
    baseBranch: pullRequest === undefined ? undefined : env["APPVEYOR_REPO_BRANCH"],
    tag: truth(env["APPVEYOR_REPO_TAG"]) ? env["APPVEYOR_REPO_TAG_NAME"] : undefined,
    pullRequest,
    isFork:
      pullRequest === undefined ? undefined : env["APPVEYOR_PULL_REQUEST_HEAD_REPO_NAME"] !== repository,
    runId: env["APPVEYOR_BUILD_ID"],
    runUrl: whole(site, "/project/", project, "/builds/", env["APPVEYOR_BUILD_ID"]),
    title: env["APPVEYOR_PROJECT_NAME"],
  };
}

function eventOf(env: Env): Claims["event"] {
  if (truth(env["APPVEYOR_SCHEDULED_BUILD"])) return "schedule";
  return truth(env["APPVEYOR_FORCED_BUILD"]) ? "manual" : "push";
}

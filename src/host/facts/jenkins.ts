import type { Env } from "../../inputs/parse.ts";
import { type Claims, cut, truth } from "./claims.ts";

/**
 * `/env-vars.html` and `/pipeline-syntax/globals#env` of any Jenkins, and https://plugins.jenkins.io/git/#plugin-content-environment-variables.
 * Why a build runs is only told by plugins, so that mostly nobody knows.
 */
export function jenkinsClaims(env: Env): Claims {
  const change = env["CHANGE_ID"];
  const branch = env["BRANCH_NAME"] ?? cut(env["GIT_BRANCH"], "origin/") ?? env["GIT_BRANCH"];
  return {
    event: change === undefined ? eventOf(env) : "pull-request",
    repositoryUrl: env["GIT_URL"],
    commit: env["GIT_COMMIT"],
    // BRANCH_NAME of a change is PR-12.
    branch: change === undefined ? branch : env["CHANGE_BRANCH"],
    baseBranch: change === undefined ? undefined : env["CHANGE_TARGET"],
    defaultBranch: truth(env["BRANCH_IS_PRIMARY"]) ? branch : undefined,
    tag: env["TAG_NAME"] ?? cut(env["GIT_BRANCH"], "refs/tags/"),
    pullRequest: change,
    isFork: change === undefined ? undefined : Boolean(env["CHANGE_FORK"]),
    // With the name of the job, because two jobs count their builds apart.
    runId: env["BUILD_TAG"],
    runUrl: env["BUILD_URL"],
  };
}

function eventOf(env: Env): Claims["event"] {
  const causes = (env["BUILD_CAUSE"] ?? "").split(",");
  if (causes.includes("TIMERTRIGGER") || truth(env["BUILD_CAUSE_TIMERTRIGGER"])) return "schedule";
  if (causes.includes("MANUALTRIGGER") || truth(env["BUILD_CAUSE_MANUALTRIGGER"])) return "manual";
  if (causes.includes("SCMTRIGGER") || truth(env["BUILD_CAUSE_SCMTRIGGER"])) return "push";
  return "unknown";
}

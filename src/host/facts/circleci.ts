import type { Env } from "../../inputs/parse.ts";
import type { Claims } from "./claims.ts";

/**
 * https://circleci.com/docs/reference/variables/
 *
 * A branch that has a pull request open is still built because it was pushed to; only what comes from a fork is built
 * because of the request. What started a pipeline otherwise (a schedule, a person) is in no variable.
 */
export function circleciClaims(env: Env): Claims {
  const fromFork = env["CIRCLE_PR_NUMBER"];
  const [, associated] = /\/(\d+)$/.exec(env["CIRCLE_PULL_REQUEST"] ?? "") ?? [];
  return {
    event: fromFork === undefined ? "push" : "pull-request",
    repositoryUrl: env["CIRCLE_REPOSITORY_URL"],
    commit: env["CIRCLE_SHA1"],
    // pull/12 is what a fork's branch is called here.
    branch: fromFork === undefined ? env["CIRCLE_BRANCH"] : undefined,
    tag: env["CIRCLE_TAG"],
    pullRequest: fromFork ?? associated,
    isFork: fromFork === undefined ? undefined : true,
    // A workflow that is run again has another id, and works in the same workspace.
    runId: env["CIRCLE_WORKFLOW_WORKSPACE_ID"] ?? env["CIRCLE_WORKFLOW_ID"],
    runUrl: env["CIRCLE_BUILD_URL"],
    title: env["CIRCLE_PROJECT_REPONAME"],
  };
}

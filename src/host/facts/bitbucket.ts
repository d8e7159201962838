import type { Env } from "../../inputs/parse.ts";
import { type Claims, truth, whole } from "./claims.ts";

/**
 * https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/
 *
 * Schedules and people start custom pipelines, which are told by nothing. Forks' pull requests are not built at all.
 */
export function bitbucketClaims(env: Env): Claims {
  const pullRequest = env["BITBUCKET_PR_ID"];
  const page = whole("https://bitbucket.org/", env["BITBUCKET_REPO_FULL_NAME"]);
  return {
    event: pullRequest === undefined ? "push" : "pull-request",
    repositoryUrl: page,
    // Short in a pull request.
    commit: env["BITBUCKET_COMMIT"],
    branch: env["BITBUCKET_BRANCH"],
    baseBranch: pullRequest === undefined ? undefined : env["BITBUCKET_PR_DESTINATION_BRANCH"],
    tag: env["BITBUCKET_TAG"],
    pullRequest,
    isFork: pullRequest === undefined ? undefined : false,
    isPrivate: truth(env["BITBUCKET_REPO_IS_PRIVATE"]),
    runId: env["BITBUCKET_PIPELINE_UUID"]?.replaceAll(/[{}]/g, "") ?? env["BITBUCKET_BUILD_NUMBER"],
    runUrl: whole(page, "/pipelines/results/", env["BITBUCKET_BUILD_NUMBER"]),
    runAttempt: env["BITBUCKET_STEP_RUN_NUMBER"],
    title: env["BITBUCKET_REPO_SLUG"],
  };
}

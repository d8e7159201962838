import type { Env } from "../../inputs/parse.ts";
import { type Claims, truth, whole } from "./claims.ts";

/** https://learn.microsoft.com/azure/devops/pipelines/build/variables */
export function azureClaims(env: Env): Claims {
  const isPullRequest = env["BUILD_REASON"] === "PullRequest";
  const project = encodeURIComponent(env["SYSTEM_TEAMPROJECT"] ?? "");
  return {
    event: eventOf(env["BUILD_REASON"]),
    repositoryUrl: env["BUILD_REPOSITORY_URI"],
    commit: env["BUILD_SOURCEVERSION"],
    ref: env["BUILD_SOURCEBRANCH"],
    branch: isPullRequest ? env["SYSTEM_PULLREQUEST_SOURCEBRANCH"] : undefined,
    baseBranch: isPullRequest ? env["SYSTEM_PULLREQUEST_TARGETBRANCH"] : undefined,
    // The id of a pull request on GitHub is not the number that people know it by.
    pullRequest: env["SYSTEM_PULLREQUEST_PULLREQUESTNUMBER"] ?? env["SYSTEM_PULLREQUEST_PULLREQUESTID"],
    isFork: isPullRequest ? truth(env["SYSTEM_PULLREQUEST_ISFORK"]) : undefined,
    runId: env["BUILD_BUILDID"],
    runUrl: whole(env["SYSTEM_COLLECTIONURI"], project, "/_build/results?buildId=", env["BUILD_BUILDID"]),
    runAttempt: env["SYSTEM_STAGEATTEMPT"],
    title: env["BUILD_REPOSITORY_NAME"]?.split("/").at(-1),
  };
}

function eventOf(reason: string | undefined): Claims["event"] {
  switch (reason) {
    case "IndividualCI":
    case "BatchedCI":
      return "push";
    case "PullRequest":
      return "pull-request";
    case "Schedule":
      return "schedule";
    case "Manual":
      return "manual";
    default:
      return "unknown";
  }
}

import type { Env } from "../../inputs/parse.ts";
import { type Claims, commitId, cut, truth, whole } from "./claims.ts";
import { repositoryPage } from "./repository-page.ts";

/**
 * GitHub Actions, and Gitea and Forgejo, which speak its language:
 * https://docs.github.com/en/actions/reference/workflows-and-actions/variables
 */
export function githubClaims(env: Env, readFile: (path: string) => string): Claims {
  const payload = readPayload(env["GITHUB_EVENT_PATH"], readFile);
  const name = env["GITHUB_EVENT_NAME"] ?? "";
  const ref = env["GITHUB_REF"] ?? "";
  const [, merged] = /^refs\/pull\/(\d+)\//.exec(ref) ?? [];
  // This one runs on the base branch, with its secrets, and is about the pull request all the same.
  const targeted = name === "pull_request_target" ? at(payload, "number") : undefined;
  const pullRequest = merged ?? (typeof targeted === "number" ? String(targeted) : undefined);
  const isPullRequest = pullRequest !== undefined;
  const head = at(payload, "pull_request", "head");
  const commit = commitOf(env, isPullRequest, head);
  const isAbout = commitId(commit) ?? "";
  const server = env["GITHUB_SERVER_URL"] || "https://github.com";
  const repository = env["GITHUB_REPOSITORY"];
  const page = whole(server, "/", repository);
  return {
    event: isPullRequest ? "pull-request" : eventOf(name),
    ref,
    branch: isPullRequest ? env["GITHUB_HEAD_REF"] : undefined,
    baseBranch: isPullRequest ? env["GITHUB_BASE_REF"] : baseOfTag(ref, payload),
    defaultBranch: text(payload, "repository", "default_branch") ?? runsOnDefault(name, ref),
    pullRequest,
    isFork: isPullRequest && payload !== undefined ? isForeign(payload) : undefined,
    isPrivate: flag(payload, "repository", "private"),
    repositoryUrl: page,
    commit,
    commitTime: timeOf(payload, isAbout),
    runId: env["GITHUB_RUN_ID"],
    runUrl: whole(page, "/actions/runs/", env["GITHUB_RUN_ID"]),
    runAttempt: env["GITHUB_RUN_ATTEMPT"],
    gitContext: gitContext(env, repositoryPage(page), head),
    title: text(payload, "repository", "name") ?? repository?.split("/")[1],
    description: text(payload, "repository", "description"),
    license: text(payload, "repository", "license", "spdx_id"),
  };
}

function eventOf(name: string): Claims["event"] {
  switch (name) {
    case "push":
    case "create":
    case "release":
    case "merge_group":
    // Of a pull request that is merged already, so that its ref is the branch.
    case "pull_request":
      return "push";
    case "schedule":
      return "schedule";
    case "workflow_dispatch":
    case "repository_dispatch":
      return "manual";
    default:
      return "unknown";
  }
}

/** `DOCKER_METADATA_PR_HEAD_SHA` is docker/metadata-action's. */
function commitOf(env: Env, isPullRequest: boolean, head: unknown): string | undefined {
  const headCommit =
    isPullRequest && truth(env["DOCKER_METADATA_PR_HEAD_SHA"]) ? text(head, "sha") : undefined;
  return headCommit ?? env["GITHUB_SHA"];
}

/**
 * What docker/build-push-action builds when it is given no context: the commit of the event. With
 * `DOCKER_DEFAULT_GIT_CONTEXT_PR_HEAD_REF` it is the pull request's own commit instead of the merge that GitHub tries.
 */
function gitContext(env: Env, page: string | undefined, head: unknown): string | undefined {
  const ref = env["GITHUB_REF"] ?? "";
  const wantsHead = ref.startsWith("refs/pull/") && truth(env["DOCKER_DEFAULT_GIT_CONTEXT_PR_HEAD_REF"]);
  const named = wantsHead ? ref.replace(/\/merge$/, "/head") : ref;
  const pinned = commitId(wantsHead ? text(head, "sha") : env["GITHUB_SHA"]);
  // What is behind a colon would be a folder.
  return whole(page, ".git#", pinned ?? (/^refs\/[\w./-]+$/.test(named) ? named : undefined));
}

/** These always run on the last commit of the default branch, and their payload may not name it. */
function runsOnDefault(name: string, ref: string): string | undefined {
  return /^(?:schedule|issues|issue_comment|discussion|discussion_comment)$/.test(name)
    ? cut(ref, "refs/heads/")
    : undefined;
}

function baseOfTag(ref: string, payload: unknown): string | undefined {
  return ref.startsWith("refs/tags/") ? text(payload, "base_ref") : undefined;
}

function isForeign(payload: unknown): boolean {
  // The repository of a pull request is null when it has been deleted since.
  const from = text(payload, "pull_request", "head", "repo", "full_name");
  return from === undefined || from !== text(payload, "pull_request", "base", "repo", "full_name");
}

function timeOf(payload: unknown, commit: string): string | undefined {
  const commits = at(payload, "commits");
  return [at(payload, "head_commit"), ...(Array.isArray(commits) ? commits : [])]
    .filter((candidate) => text(candidate, "id") === commit)
    .map((candidate) => text(candidate, "timestamp"))[0];
}

function readPayload(path: string | undefined, readFile: (path: string) => string): unknown {
  if (path === undefined || path === "") return undefined;
  try {
    return JSON.parse(readFile(path));
  } catch {
    // A runner that leaves it out says less; nothing depends on it.
    return undefined;
  }
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[key] : undefined,
    value,
  );
}

function text(value: unknown, ...keys: readonly string[]): string | undefined {
  const found = at(value, ...keys);
  return typeof found === "string" ? found : undefined;
}

function flag(value: unknown, ...keys: readonly string[]): boolean | undefined {
  const found = at(value, ...keys);
  return typeof found === "boolean" ? found : undefined;
}

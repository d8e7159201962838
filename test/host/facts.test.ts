import { describe, expect, it } from "vitest";
import { completeFacts, type JobFacts, readJobFacts } from "../../src/host/facts.ts";

const commit = "3ad1f0c5b2e94876a1d0c3f2b5a6978812345678";
const head = "c0ffee00b2e94876a1d0c3f2b5a6978812345678";
const other = "0123456789abcdef0123456789abcdef01234567";

/** One job of a CI: what is different from its other jobs, and all that is read from it. */
interface Row {
  readonly job: string;
  readonly env: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly facts: JobFacts;
}

function check(ci: JobFacts["ci"], always: Readonly<Record<string, string>>, rows: readonly Row[]): void {
  describe(`facts of ${ci}`, () => {
    it.each(rows)("$job", ({ env, facts, files = {} }) => {
      const readFile = (path: string): string => {
        const text = files[path];
        if (text === undefined) throw new Error(`there is no ${path}`);
        return text;
      };
      expect(readJobFacts({ ...always, ...env }, readFile)).toEqual(facts);
    });
  });
}

const repository = {
  name: "hello",
  full_name: "octocat/hello",
  default_branch: "main",
  private: false,
  description: "Says\n hello.",
  license: { spdx_id: "MIT" },
};
const github = {
  ci: "github",
  repositoryUrl: "https://github.com/octocat/hello",
  commit,
  defaultBranch: "main",
  isPrivate: false,
  runId: "5501",
  runUrl: "https://github.com/octocat/hello/actions/runs/5501",
  runAttempt: "2",
  gitContext: `https://github.com/octocat/hello.git#${commit}`,
  title: "hello",
  description: "Says hello.",
  license: "MIT",
} as const;
const githubRequest = {
  number: 12,
  pull_request: {
    head: { sha: head, repo: { full_name: "mona/hello" } },
    base: { repo: { full_name: "octocat/hello" } },
  },
  repository,
};
const githubEvent = (payload: object) => ({ "/event.json": JSON.stringify(payload) });

check(
  "github",
  {
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_EVENT_PATH: "/event.json",
    GITHUB_REPOSITORY: "octocat/hello",
    GITHUB_RUN_ID: "5501",
    GITHUB_RUN_ATTEMPT: "2",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_SHA: commit,
  },
  [
    {
      job: "push",
      env: {
        GITHUB_EVENT_NAME: "push",
        GITHUB_REF: "refs/heads/feature/x",
        GITHUB_HEAD_REF: "",
        GITHUB_BASE_REF: "",
      },
      files: githubEvent({
        repository,
        base_ref: "refs/heads/main",
        head_commit: { id: other, timestamp: "2001-01-01T00:00:00Z" },
        commits: [{ id: commit, timestamp: "2023-11-14T23:13:20+01:00" }],
      }),
      facts: { ...github, event: "push", branch: "feature/x", commitTime: 1_700_000_000 },
    },
    {
      job: "tag",
      env: { GITHUB_EVENT_NAME: "push", GITHUB_REF: "refs/tags/v1.2.3" },
      files: githubEvent({
        repository: { ...repository, private: true, license: { spdx_id: "NOASSERTION" }, description: null },
        base_ref: "refs/heads/main",
        head_commit: { id: commit, timestamp: "2023-11-14T22:13:20Z" },
      }),
      facts: (() => {
        const { description: _, license: __, ...rest } = github;
        return {
          ...rest,
          event: "tag",
          tag: "v1.2.3",
          baseBranch: "main",
          isPrivate: true,
          commitTime: 1_700_000_000,
        } as const;
      })(),
    },
    {
      job: "release",
      env: { GITHUB_EVENT_NAME: "release", GITHUB_REF: "refs/tags/v1.2.3" },
      files: githubEvent({ repository }),
      facts: { ...github, event: "tag", tag: "v1.2.3" },
    },
    {
      job: "pull request from a fork",
      env: {
        GITHUB_EVENT_NAME: "pull_request",
        GITHUB_REF: "refs/pull/12/merge",
        GITHUB_HEAD_REF: "fix",
        GITHUB_BASE_REF: "main",
      },
      files: githubEvent(githubRequest),
      facts: {
        ...github,
        event: "pull-request",
        branch: "fix",
        baseBranch: "main",
        pullRequest: "12",
        isFork: true,
      },
    },
    {
      job: "pull request from a branch, about its head",
      env: {
        GITHUB_EVENT_NAME: "pull_request",
        GITHUB_REF: "refs/pull/12/merge",
        GITHUB_HEAD_REF: "fix",
        GITHUB_BASE_REF: "main",
        DOCKER_METADATA_PR_HEAD_SHA: "true",
        DOCKER_DEFAULT_GIT_CONTEXT_PR_HEAD_REF: "1",
        DOCKER_METADATA_SHORT_SHA_LENGTH: "12",
      },
      files: githubEvent({
        ...githubRequest,
        pull_request: {
          head: { sha: head, repo: { full_name: "octocat/hello" } },
          base: { repo: { full_name: "octocat/hello" } },
        },
      }),
      facts: {
        ...github,
        event: "pull-request",
        commit: head,
        shortCommitLength: 12,
        branch: "fix",
        baseBranch: "main",
        pullRequest: "12",
        isFork: false,
        gitContext: `https://github.com/octocat/hello.git#${head}`,
      },
    },
    {
      job: "pull_request_target of a fork that is gone",
      env: {
        GITHUB_EVENT_NAME: "pull_request_target",
        GITHUB_REF: "refs/heads/main",
        GITHUB_HEAD_REF: "fix",
        GITHUB_BASE_REF: "main",
        DOCKER_DEFAULT_GIT_CONTEXT_PR_HEAD_REF: "true",
      },
      files: githubEvent({
        ...githubRequest,
        pull_request: {
          head: { sha: head, repo: null },
          base: { repo: { full_name: "octocat/hello" } },
        },
      }),
      facts: {
        ...github,
        event: "pull-request",
        branch: "fix",
        baseBranch: "main",
        pullRequest: "12",
        isFork: true,
      },
    },
    {
      job: "pull request that is merged",
      env: {
        GITHUB_EVENT_NAME: "pull_request",
        GITHUB_REF: "refs/heads/main",
        GITHUB_HEAD_REF: "fix",
        GITHUB_BASE_REF: "main",
      },
      files: githubEvent(githubRequest),
      facts: { ...github, event: "push", branch: "main" },
    },
    {
      job: "schedule, with nothing in its payload",
      env: { GITHUB_EVENT_NAME: "schedule", GITHUB_REF: "refs/heads/main" },
      files: githubEvent({ schedule: "0 0 * * *" }),
      facts: (() => {
        const { description: _, isPrivate: __, license: ___, ...rest } = github;
        return { ...rest, event: "schedule", branch: "main" } as const;
      })(),
    },
    {
      job: "by hand, on a tag, without a payload",
      env: { GITHUB_EVENT_NAME: "workflow_dispatch", GITHUB_REF: "refs/tags/v1.2.3" },
      facts: (() => {
        const { defaultBranch: _, description: __, isPrivate: ___, license: ____, ...rest } = github;
        return { ...rest, event: "manual", tag: "v1.2.3" } as const;
      })(),
    },
    {
      job: "Gitea",
      env: {
        GITEA_ACTIONS: "true",
        GITHUB_EVENT_NAME: "pull_request",
        GITHUB_REF: "refs/pull/3/head",
        GITHUB_HEAD_REF: "fix",
        GITHUB_BASE_REF: "main",
        GITHUB_SERVER_URL: "http://git.lan:3000",
        GITHUB_SHA: "",
      },
      files: githubEvent({ repository }),
      facts: (() => {
        const { commit: _, ...rest } = github;
        return {
          ...rest,
          event: "pull-request",
          branch: "fix",
          baseBranch: "main",
          pullRequest: "3",
          isFork: true,
          repositoryUrl: "http://git.lan:3000/octocat/hello",
          runUrl: "http://git.lan:3000/octocat/hello/actions/runs/5501",
          gitContext: "http://git.lan:3000/octocat/hello.git#refs/pull/3/head",
        } as const;
      })(),
    },
  ],
);

const gitlab = {
  ci: "gitlab",
  repositoryUrl: "https://gitlab.com/group/app",
  commit,
  commitTime: 1_700_000_000,
  defaultBranch: "main",
  isPrivate: true,
  runId: "900",
  runUrl: "https://gitlab.com/group/app/-/pipelines/900",
  title: "App",
  description: "An app.",
} as const;

check(
  "gitlab",
  {
    CI: "true",
    GITLAB_CI: "true",
    CI_PROJECT_URL: "https://gitlab.com/group/app",
    CI_PROJECT_TITLE: "App",
    CI_PROJECT_DESCRIPTION: "An app.",
    CI_PROJECT_VISIBILITY: "internal",
    CI_COMMIT_SHA: commit,
    CI_COMMIT_TIMESTAMP: "2023-11-14T22:13:20+00:00",
    CI_DEFAULT_BRANCH: "main",
    CI_PIPELINE_ID: "900",
    CI_PIPELINE_URL: "https://gitlab.com/group/app/-/pipelines/900",
  },
  [
    {
      job: "push to a branch with a merge request open",
      env: { CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: "dev", CI_OPEN_MERGE_REQUESTS: "group/app!4" },
      facts: { ...gitlab, event: "push", branch: "dev" },
    },
    {
      job: "tag",
      env: { CI_PIPELINE_SOURCE: "push", CI_COMMIT_TAG: "v1.2.3", CI_PROJECT_VISIBILITY: "public" },
      facts: { ...gitlab, event: "tag", tag: "v1.2.3", isPrivate: false },
    },
    {
      job: "merge request from a fork",
      env: {
        CI_PIPELINE_SOURCE: "merge_request_event",
        CI_MERGE_REQUEST_IID: "4",
        CI_MERGE_REQUEST_PROJECT_ID: "10",
        CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "77",
        CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "fix",
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
      },
      facts: {
        ...gitlab,
        event: "pull-request",
        branch: "fix",
        baseBranch: "main",
        pullRequest: "4",
        isFork: true,
      },
    },
    {
      job: "merge request from who knows where",
      env: { CI_PIPELINE_SOURCE: "merge_request_event", CI_MERGE_REQUEST_IID: "4" },
      facts: { ...gitlab, event: "pull-request", pullRequest: "4", isFork: true },
    },
    {
      job: "push with variables that are empty",
      env: {
        CI_PIPELINE_SOURCE: "push",
        CI_COMMIT_BRANCH: "dev",
        CI_COMMIT_TAG: "",
        CI_MERGE_REQUEST_IID: "",
      },
      facts: { ...gitlab, event: "push", branch: "dev" },
    },
    {
      job: "child of a merge request's pipeline",
      env: {
        CI_PIPELINE_SOURCE: "parent_pipeline",
        CI_MERGE_REQUEST_IID: "4",
        CI_MERGE_REQUEST_PROJECT_ID: "10",
        CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "10",
        CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "fix",
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
      },
      facts: {
        ...gitlab,
        event: "pull-request",
        branch: "fix",
        baseBranch: "main",
        pullRequest: "4",
        isFork: false,
      },
    },
    {
      job: "pull request on GitHub",
      env: {
        CI_PIPELINE_SOURCE: "external_pull_request_event",
        CI_EXTERNAL_PULL_REQUEST_IID: "8",
        CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY: "mona/app",
        CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY: "octocat/app",
        CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME: "fix",
        CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME: "main",
      },
      facts: {
        ...gitlab,
        event: "pull-request",
        branch: "fix",
        baseBranch: "main",
        pullRequest: "8",
        isFork: true,
      },
    },
    {
      job: "schedule",
      env: { CI_PIPELINE_SOURCE: "schedule", CI_COMMIT_BRANCH: "main" },
      facts: { ...gitlab, event: "schedule", branch: "main" },
    },
    {
      job: "by hand",
      env: { CI_PIPELINE_SOURCE: "web", CI_COMMIT_TAG: "v1.2.3" },
      facts: { ...gitlab, event: "manual", tag: "v1.2.3" },
    },
  ],
);

const travis = {
  ci: "travis",
  commit,
  runId: "77",
  runUrl: "https://app.travis-ci.com/octocat/hello/builds/77",
  title: "hello",
} as const;

check(
  "travis",
  {
    CI: "true",
    TRAVIS: "true",
    TRAVIS_REPO_SLUG: "octocat/hello",
    TRAVIS_COMMIT: commit,
    TRAVIS_PULL_REQUEST: "false",
    TRAVIS_PULL_REQUEST_BRANCH: "",
    TRAVIS_TAG: "",
    TRAVIS_BUILD_ID: "77",
    TRAVIS_BUILD_WEB_URL: "https://app.travis-ci.com/octocat/hello/builds/77",
  },
  [
    {
      job: "push",
      env: { TRAVIS_EVENT_TYPE: "push", TRAVIS_BRANCH: "main" },
      facts: { ...travis, event: "push", branch: "main" },
    },
    {
      job: "tag",
      env: { TRAVIS_EVENT_TYPE: "push", TRAVIS_BRANCH: "v1.2.3", TRAVIS_TAG: "v1.2.3" },
      facts: { ...travis, event: "tag", tag: "v1.2.3" },
    },
    {
      job: "pull request from a fork",
      env: {
        TRAVIS_EVENT_TYPE: "pull_request",
        TRAVIS_BRANCH: "main",
        TRAVIS_PULL_REQUEST: "12",
        TRAVIS_PULL_REQUEST_BRANCH: "fix",
        TRAVIS_PULL_REQUEST_SLUG: "mona/hello",
      },
      facts: {
        ...travis,
        event: "pull-request",
        branch: "fix",
        baseBranch: "main",
        pullRequest: "12",
        isFork: true,
      },
    },
    {
      job: "schedule",
      env: { TRAVIS_EVENT_TYPE: "cron", TRAVIS_BRANCH: "main" },
      facts: { ...travis, event: "schedule", branch: "main" },
    },
    {
      job: "by hand",
      env: { TRAVIS_EVENT_TYPE: "api", TRAVIS_BRANCH: "main" },
      facts: { ...travis, event: "manual", branch: "main" },
    },
  ],
);

const circleci = {
  ci: "circleci",
  repositoryUrl: "https://github.com/octocat/hello",
  commit,
  runId: "1f0a5b1e-0f39-4b7a-8a1f-4f0f60e6c2d1",
  runUrl: "https://circleci.com/gh/octocat/hello/31",
  title: "hello",
} as const;

check(
  "circleci",
  {
    CI: "true",
    CIRCLECI: "true",
    CIRCLE_REPOSITORY_URL: "git@github.com:octocat/hello.git",
    CIRCLE_PROJECT_REPONAME: "hello",
    CIRCLE_SHA1: commit,
    CIRCLE_BUILD_URL: "https://circleci.com/gh/octocat/hello/31",
    CIRCLE_WORKFLOW_ID: "aaaaaaaa-0f39-4b7a-8a1f-4f0f60e6c2d1",
    CIRCLE_WORKFLOW_WORKSPACE_ID: "1f0a5b1e-0f39-4b7a-8a1f-4f0f60e6c2d1",
  },
  [
    {
      job: "push, or whatever else started it on a branch",
      env: { CIRCLE_BRANCH: "main" },
      facts: { ...circleci, event: "push", branch: "main" },
    },
    {
      job: "push to a branch with a pull request open",
      env: { CIRCLE_BRANCH: "fix", CIRCLE_PULL_REQUEST: "https://github.com/octocat/hello/pull/12" },
      facts: { ...circleci, event: "push", branch: "fix", pullRequest: "12" },
    },
    {
      job: "tag",
      env: { CIRCLE_TAG: "v1.2.3" },
      facts: { ...circleci, event: "tag", tag: "v1.2.3" },
    },
    {
      job: "pull request from a fork",
      env: {
        CIRCLE_BRANCH: "pull/12",
        CIRCLE_PULL_REQUEST: "https://github.com/octocat/hello/pull/12",
        CIRCLE_PR_NUMBER: "12",
        CIRCLE_PR_USERNAME: "mona",
      },
      facts: { ...circleci, event: "pull-request", pullRequest: "12", isFork: true },
    },
  ],
);

const azure = {
  ci: "azure",
  repositoryUrl: "https://dev.azure.com/fabrikam/Web%20Shop/_git/hello",
  commit,
  runId: "314",
  runUrl: "https://dev.azure.com/fabrikam/Web%20Shop/_build/results?buildId=314",
  runAttempt: "1",
  title: "hello",
} as const;

check(
  "azure",
  {
    TF_BUILD: "True",
    BUILD_REPOSITORY_URI: "https://fabrikam@dev.azure.com/fabrikam/Web%20Shop/_git/hello",
    BUILD_REPOSITORY_NAME: "hello",
    BUILD_SOURCEVERSION: commit,
    BUILD_BUILDID: "314",
    SYSTEM_COLLECTIONURI: "https://dev.azure.com/fabrikam/",
    SYSTEM_TEAMPROJECT: "Web Shop",
    SYSTEM_STAGEATTEMPT: "1",
  },
  [
    {
      job: "push",
      env: {
        BUILD_REASON: "IndividualCI",
        BUILD_SOURCEBRANCH: "refs/heads/feature/x",
        BUILD_SOURCEBRANCHNAME: "x",
      },
      facts: { ...azure, event: "push", branch: "feature/x" },
    },
    {
      job: "tag",
      env: { BUILD_REASON: "BatchedCI", BUILD_SOURCEBRANCH: "refs/tags/v1.2.3" },
      facts: { ...azure, event: "tag", tag: "v1.2.3" },
    },
    {
      job: "pull request from a fork on GitHub",
      env: {
        BUILD_REASON: "PullRequest",
        BUILD_REPOSITORY_URI: "https://github.com/octocat/hello",
        BUILD_REPOSITORY_NAME: "octocat/hello",
        BUILD_SOURCEBRANCH: "refs/pull/12/merge",
        SYSTEM_PULLREQUEST_PULLREQUESTID: "293753840",
        SYSTEM_PULLREQUEST_PULLREQUESTNUMBER: "12",
        SYSTEM_PULLREQUEST_SOURCEBRANCH: "fix",
        SYSTEM_PULLREQUEST_TARGETBRANCH: "main",
        SYSTEM_PULLREQUEST_ISFORK: "True",
      },
      facts: {
        ...azure,
        repositoryUrl: "https://github.com/octocat/hello",
        event: "pull-request",
        branch: "fix",
        baseBranch: "main",
        pullRequest: "12",
        isFork: true,
      },
    },
    {
      job: "pull request in Azure Repos",
      env: {
        BUILD_REASON: "PullRequest",
        BUILD_SOURCEBRANCH: "refs/pull/5/merge",
        SYSTEM_PULLREQUEST_PULLREQUESTID: "5",
        SYSTEM_PULLREQUEST_SOURCEBRANCH: "refs/heads/users/mona/fix",
        SYSTEM_PULLREQUEST_TARGETBRANCH: "refs/heads/main",
        SYSTEM_PULLREQUEST_ISFORK: "False",
      },
      facts: {
        ...azure,
        event: "pull-request",
        branch: "users/mona/fix",
        baseBranch: "main",
        pullRequest: "5",
        isFork: false,
      },
    },
    {
      job: "schedule",
      env: { BUILD_REASON: "Schedule", BUILD_SOURCEBRANCH: "refs/heads/main" },
      facts: { ...azure, event: "schedule", branch: "main" },
    },
    {
      job: "by hand",
      env: { BUILD_REASON: "Manual", BUILD_SOURCEBRANCH: "refs/heads/main" },
      facts: { ...azure, event: "manual", branch: "main" },
    },
  ],
);

const buildkite = {
  ci: "buildkite",
  repositoryUrl: "https://github.com/octocat/hello",
  commit,
  defaultBranch: "main",
  runId: "f62a1b4d-10f9-4790-bc1c-e2c3a0c80983",
  runUrl: "https://buildkite.com/acme/hello/builds/1514",
  runAttempt: "1",
} as const;

check(
  "buildkite",
  {
    CI: "true",
    BUILDKITE: "true",
    BUILDKITE_REPO: "git@github.com:octocat/hello.git",
    BUILDKITE_COMMIT: commit,
    BUILDKITE_PIPELINE_DEFAULT_BRANCH: "main",
    BUILDKITE_PULL_REQUEST: "false",
    BUILDKITE_PULL_REQUEST_BASE_BRANCH: "",
    BUILDKITE_TAG: "",
    BUILDKITE_BUILD_ID: "f62a1b4d-10f9-4790-bc1c-e2c3a0c80983",
    BUILDKITE_BUILD_URL: "https://buildkite.com/acme/hello/builds/1514",
    BUILDKITE_RETRY_COUNT: "0",
  },
  [
    {
      job: "push",
      env: { BUILDKITE_SOURCE: "webhook", BUILDKITE_BRANCH: "dev" },
      facts: { ...buildkite, event: "push", branch: "dev" },
    },
    {
      job: "tag, tried again",
      env: {
        BUILDKITE_SOURCE: "webhook",
        BUILDKITE_BRANCH: "v1.2.3",
        BUILDKITE_TAG: "v1.2.3",
        BUILDKITE_RETRY_COUNT: "2",
      },
      facts: { ...buildkite, event: "tag", tag: "v1.2.3", runAttempt: "3" },
    },
    {
      job: "pull request from a fork",
      env: {
        BUILDKITE_SOURCE: "webhook",
        BUILDKITE_BRANCH: "mona:fix",
        BUILDKITE_PULL_REQUEST: "12",
        BUILDKITE_PULL_REQUEST_BASE_BRANCH: "main",
        BUILDKITE_PULL_REQUEST_REPO: "git://github.com/mona/hello.git",
      },
      facts: { ...buildkite, event: "pull-request", baseBranch: "main", pullRequest: "12", isFork: true },
    },
    {
      job: "pull request from a branch",
      env: {
        BUILDKITE_SOURCE: "webhook",
        BUILDKITE_BRANCH: "fix",
        BUILDKITE_PULL_REQUEST: "12",
        BUILDKITE_PULL_REQUEST_BASE_BRANCH: "main",
        BUILDKITE_PULL_REQUEST_REPO: "git://github.com/octocat/hello.git",
      },
      facts: {
        ...buildkite,
        event: "pull-request",
        branch: "fix",
        baseBranch: "main",
        pullRequest: "12",
        isFork: false,
      },
    },
    {
      job: "schedule of what is newest",
      env: { BUILDKITE_SOURCE: "schedule", BUILDKITE_BRANCH: "main", BUILDKITE_COMMIT: "HEAD" },
      facts: (() => {
        const { commit: _, ...rest } = buildkite;
        return { ...rest, event: "schedule", branch: "main" } as const;
      })(),
    },
    {
      job: "by hand",
      env: { BUILDKITE_SOURCE: "ui", BUILDKITE_BRANCH: "main" },
      facts: { ...buildkite, event: "manual", branch: "main" },
    },
  ],
);

const teamcity = {
  ci: "teamcity",
  repositoryUrl: "https://github.com/octocat/hello",
  commit,
  defaultBranch: "main",
  runId: "4711",
  runUrl: "https://tc.example.com/viewLog.html?buildId=4711",
} as const;
const teamcityFiles = (lines: readonly string[]) => ({
  "/build.properties": [
    "#TeamCity build properties without 'system.' prefix",
    "teamcity.configuration.properties.file=/config.properties",
    "teamcity.build.id=4711",
    "teamcity.auth.password=hunter2",
  ].join("\n"),
  "/config.properties": [
    "teamcity.serverUrl=https\\://tc.example.com",
    "vcsroot.url=https\\://x-access-token\\:s3cret@github.com/octocat/hello.git",
    "vcsroot.branch=refs/heads/main",
    ...lines,
  ].join("\r\n"),
});

check(
  "teamcity",
  {
    TEAMCITY_VERSION: "2024.12",
    TEAMCITY_BUILD_PROPERTIES_FILE: "/build.properties",
    BUILD_NUMBER: "9",
    BUILD_VCS_NUMBER: commit,
  },
  [
    {
      job: "push",
      env: {},
      files: teamcityFiles([
        "teamcity.build.branch=feature/\\u00fc",
        "teamcity.build.vcs.branch.Hello_Root = refs/heads/feature/\\u00fc",
        "teamcity.build.triggeredBy=Git",
      ]),
      facts: { ...teamcity, event: "push", branch: "feature/ü" },
    },
    {
      job: "tag",
      env: { BUILD_URL: "https://tc.example.com/build/4711" },
      files: teamcityFiles([
        "teamcity.build.branch=v1.2.3",
        "teamcity.build.vcs.branch.Hello_Root: refs/tags/v1.2.3",
        "teamcity.build.triggeredBy=Git",
      ]),
      facts: { ...teamcity, event: "tag", tag: "v1.2.3", runUrl: "https://tc.example.com/build/4711" },
    },
    {
      job: "pull request from a fork",
      env: {},
      files: teamcityFiles([
        "teamcity.build.branch=pull/12",
        "teamcity.build.vcs.branch.Hello_Root=refs/pull/12/merge",
        "teamcity.pullRequest.number=12",
        "teamcity.pullRequest.source.branch=",
        "teamcity.pullRequest.target.branch=main",
      ]),
      facts: { ...teamcity, event: "pull-request", baseBranch: "main", pullRequest: "12", isFork: true },
    },
    {
      job: "pull request from a branch",
      env: {},
      files: teamcityFiles([
        "teamcity.pullRequest.number=12",
        "teamcity.pullRequest.source.branch=refs/heads/fix",
        "teamcity.pullRequest.target.branch=refs/heads/main",
      ]),
      facts: {
        ...teamcity,
        event: "pull-request",
        branch: "fix",
        baseBranch: "main",
        pullRequest: "12",
        isFork: false,
      },
    },
    {
      job: "schedule on the default branch, of several repositories",
      env: {},
      files: {
        ...teamcityFiles([]),
        "/config.properties": [
          "teamcity.serverUrl=https\\://tc.example.com",
          "teamcity.build.branch=<default>",
          "teamcity.build.triggeredBy=Schedule Trigger",
          "vcsroot.A.url=https\\://github.com/octocat/a",
          "vcsroot.B.url=https\\://github.com/octocat/b",
          "vcsroot.A.branch=refs/heads/main",
        ].join("\n"),
      },
      facts: (() => {
        const { repositoryUrl: _, ...rest } = teamcity;
        return { ...rest, event: "schedule" } as const;
      })(),
    },
    {
      job: "by hand, with a branch without a name of Git's",
      env: {},
      files: teamcityFiles([
        "teamcity.build.branch=dev",
        "teamcity.build.triggeredBy=Mona",
        "teamcity.build.triggeredBy.username=mona",
      ]),
      facts: { ...teamcity, event: "manual", branch: "dev" },
    },
    {
      job: "without files",
      env: {},
      facts: { ci: "teamcity", event: "unknown", commit },
    },
  ],
);

const jenkins = {
  ci: "jenkins",
  repositoryUrl: "https://github.com/octocat/hello",
  commit,
  runId: "jenkins-hello-main-7",
  runUrl: "https://ci.example.com/job/hello/job/main/7/",
} as const;

check(
  "jenkins",
  {
    JENKINS_URL: "https://ci.example.com/",
    GIT_URL: "https://github.com/octocat/hello.git",
    GIT_COMMIT: commit,
    BUILD_TAG: "jenkins-hello-main-7",
    BUILD_URL: "https://ci.example.com/job/hello/job/main/7/",
  },
  [
    {
      job: "push to the primary branch of a multibranch project",
      env: { BRANCH_NAME: "main", BRANCH_IS_PRIMARY: "true", GIT_BRANCH: "main" },
      facts: { ...jenkins, event: "unknown", branch: "main", defaultBranch: "main" },
    },
    {
      job: "push, as a plugin tells",
      env: { GIT_BRANCH: "origin/feature/x", BUILD_CAUSE: "SCMTRIGGER" },
      facts: { ...jenkins, event: "push", branch: "feature/x" },
    },
    {
      job: "tag of a multibranch project",
      env: { BRANCH_NAME: "v1.2.3", TAG_NAME: "v1.2.3" },
      facts: { ...jenkins, event: "unknown", tag: "v1.2.3" },
    },
    {
      job: "tag of a plain project",
      env: { GIT_BRANCH: "refs/tags/v1.2.3", BUILD_CAUSE_SCMTRIGGER: "true" },
      facts: { ...jenkins, event: "tag", tag: "v1.2.3" },
    },
    {
      job: "pull request from a fork",
      env: {
        BRANCH_NAME: "PR-12",
        CHANGE_ID: "12",
        CHANGE_BRANCH: "fix",
        CHANGE_TARGET: "main",
        CHANGE_FORK: "mona",
      },
      facts: {
        ...jenkins,
        event: "pull-request",
        branch: "fix",
        baseBranch: "main",
        pullRequest: "12",
        isFork: true,
      },
    },
    {
      job: "pull request from a branch",
      env: { BRANCH_NAME: "PR-12", CHANGE_ID: "12", CHANGE_BRANCH: "fix", CHANGE_TARGET: "main" },
      facts: {
        ...jenkins,
        event: "pull-request",
        branch: "fix",
        baseBranch: "main",
        pullRequest: "12",
        isFork: false,
      },
    },
    {
      job: "schedule",
      env: { BRANCH_NAME: "main", BUILD_CAUSE: "TIMERTRIGGER" },
      facts: { ...jenkins, event: "schedule", branch: "main" },
    },
    {
      job: "by hand",
      env: { BRANCH_NAME: "main", BUILD_CAUSE_MANUALTRIGGER: "true" },
      facts: { ...jenkins, event: "manual", branch: "main" },
    },
  ],
);

const drone = {
  ci: "drone",
  repositoryUrl: "https://git.example.com/octocat/hello",
  commit,
  defaultBranch: "main",
  isPrivate: false,
  runId: "42",
  runUrl: "https://drone.example.com/octocat/hello/42",
  title: "hello",
} as const;

check(
  "drone",
  {
    CI: "true",
    DRONE: "true",
    DRONE_REPO_LINK: "https://git.example.com/octocat/hello",
    DRONE_REPO_NAME: "hello",
    DRONE_REPO_BRANCH: "main",
    DRONE_REPO_PRIVATE: "false",
    DRONE_COMMIT_SHA: commit,
    DRONE_BUILD_NUMBER: "42",
    DRONE_BUILD_LINK: "https://drone.example.com/octocat/hello/42",
  },
  [
    {
      job: "push",
      env: {
        DRONE_BUILD_EVENT: "push",
        DRONE_BRANCH: "dev",
        DRONE_SOURCE_BRANCH: "dev",
        DRONE_TARGET_BRANCH: "dev",
      },
      facts: { ...drone, event: "push", branch: "dev" },
    },
    {
      job: "tag",
      env: { DRONE_BUILD_EVENT: "tag", DRONE_BRANCH: "main", DRONE_TAG: "v1.2.3" },
      facts: { ...drone, event: "tag", tag: "v1.2.3" },
    },
    {
      job: "pull request (from a fork as from a branch)",
      env: {
        DRONE_BUILD_EVENT: "pull_request",
        DRONE_BRANCH: "main",
        DRONE_SOURCE_BRANCH: "fix",
        DRONE_TARGET_BRANCH: "main",
        DRONE_PULL_REQUEST: "12",
      },
      facts: { ...drone, event: "pull-request", branch: "fix", baseBranch: "main", pullRequest: "12" },
    },
    {
      job: "schedule",
      env: { DRONE_BUILD_EVENT: "cron", DRONE_BRANCH: "main", DRONE_SOURCE_BRANCH: "" },
      facts: { ...drone, event: "schedule", branch: "main" },
    },
    {
      job: "promotion",
      env: { DRONE_BUILD_EVENT: "promote", DRONE_BRANCH: "main" },
      facts: { ...drone, event: "manual", branch: "main" },
    },
  ],
);

const woodpecker = {
  ci: "woodpecker",
  repositoryUrl: "https://codeberg.org/octocat/hello",
  commit,
  defaultBranch: "main",
  isPrivate: true,
  runId: "8",
  runUrl: "https://ci.codeberg.org/repos/7/pipeline/8",
  title: "hello",
} as const;

check(
  "woodpecker",
  {
    CI: "woodpecker",
    // The names that it had from Drone, which plugins still ask for.
    DRONE: "true",
    CI_REPO_URL: "https://codeberg.org/octocat/hello",
    CI_REPO_NAME: "hello",
    CI_REPO_DEFAULT_BRANCH: "main",
    CI_REPO_PRIVATE: "true",
    CI_COMMIT_SHA: commit,
    CI_PIPELINE_NUMBER: "8",
    CI_PIPELINE_URL: "https://ci.codeberg.org/repos/7/pipeline/8",
  },
  [
    {
      job: "push",
      env: { CI_PIPELINE_EVENT: "push", CI_COMMIT_BRANCH: "dev", CI_COMMIT_REF: "refs/heads/dev" },
      facts: { ...woodpecker, event: "push", branch: "dev" },
    },
    {
      job: "tag",
      env: { CI_PIPELINE_EVENT: "tag", CI_COMMIT_TAG: "v1.2.3", CI_COMMIT_REF: "refs/tags/v1.2.3" },
      facts: { ...woodpecker, event: "tag", tag: "v1.2.3" },
    },
    {
      job: "release",
      env: { CI_PIPELINE_EVENT: "release", CI_COMMIT_BRANCH: "main", CI_COMMIT_REF: "refs/tags/v1.2.3" },
      facts: { ...woodpecker, event: "tag", tag: "v1.2.3" },
    },
    {
      job: "pull request (from a fork as from a branch)",
      env: {
        CI_PIPELINE_EVENT: "pull_request",
        CI_COMMIT_BRANCH: "main",
        CI_COMMIT_REF: "refs/pull/12/head",
        CI_COMMIT_SOURCE_BRANCH: "fix",
        CI_COMMIT_TARGET_BRANCH: "main",
        CI_COMMIT_PULL_REQUEST: "12",
      },
      facts: { ...woodpecker, event: "pull-request", branch: "fix", baseBranch: "main", pullRequest: "12" },
    },
    {
      job: "schedule",
      env: { CI_PIPELINE_EVENT: "cron", CI_COMMIT_BRANCH: "main" },
      facts: { ...woodpecker, event: "schedule", branch: "main" },
    },
    {
      job: "by hand",
      env: { CI_PIPELINE_EVENT: "manual", CI_COMMIT_BRANCH: "main" },
      facts: { ...woodpecker, event: "manual", branch: "main" },
    },
  ],
);

const bitbucket = {
  ci: "bitbucket",
  repositoryUrl: "https://bitbucket.org/team/hello",
  commit,
  isPrivate: true,
  runId: "5c7a9f5e-11d4-4a3f-9d2b-1c3c0d0f7b51",
  runUrl: "https://bitbucket.org/team/hello/pipelines/results/33",
  runAttempt: "1",
  title: "hello",
} as const;

check(
  "bitbucket",
  {
    CI: "true",
    BITBUCKET_BUILD_NUMBER: "33",
    BITBUCKET_COMMIT: commit,
    BITBUCKET_GIT_HTTP_ORIGIN: "http://bitbucket.org/team/hello",
    BITBUCKET_REPO_FULL_NAME: "team/hello",
    BITBUCKET_REPO_SLUG: "hello",
    BITBUCKET_REPO_IS_PRIVATE: "true",
    BITBUCKET_PIPELINE_UUID: "{5c7a9f5e-11d4-4a3f-9d2b-1c3c0d0f7b51}",
    BITBUCKET_STEP_RUN_NUMBER: "1",
  },
  [
    {
      job: "push, or whatever else started it on a branch",
      env: { BITBUCKET_BRANCH: "main" },
      facts: { ...bitbucket, event: "push", branch: "main" },
    },
    {
      job: "tag",
      env: { BITBUCKET_TAG: "v1.2.3" },
      facts: { ...bitbucket, event: "tag", tag: "v1.2.3" },
    },
    {
      job: "pull request (forks have none), of which only a short commit is told",
      env: {
        BITBUCKET_BRANCH: "fix",
        BITBUCKET_COMMIT: commit.slice(0, 12),
        BITBUCKET_PR_ID: "12",
        BITBUCKET_PR_DESTINATION_BRANCH: "main",
      },
      facts: (() => {
        const { commit: _, ...rest } = bitbucket;
        return {
          ...rest,
          event: "pull-request",
          branch: "fix",
          baseBranch: "main",
          pullRequest: "12",
          isFork: false,
        } as const;
      })(),
    },
  ],
);

const appveyor = {
  ci: "appveyor",
  repositoryUrl: "https://github.com/octocat/hello",
  commit,
  commitTime: 1_700_000_000,
  runId: "2001",
  runUrl: "https://ci.appveyor.com/project/octo/hello/builds/2001",
  title: "Hello",
} as const;

check(
  "appveyor",
  {
    CI: "True",
    APPVEYOR: "True",
    APPVEYOR_ACCOUNT_NAME: "octo",
    APPVEYOR_PROJECT_SLUG: "hello",
    APPVEYOR_PROJECT_NAME: "Hello",
    APPVEYOR_BUILD_ID: "2001",
    APPVEYOR_REPO_PROVIDER: "gitHub",
    APPVEYOR_REPO_NAME: "octocat/hello",
    APPVEYOR_REPO_BRANCH: "main",
    APPVEYOR_REPO_COMMIT: commit,
    APPVEYOR_REPO_COMMIT_TIMESTAMP: "2023-11-14T22:13:20.0000000Z",
    APPVEYOR_REPO_TAG: "false",
  },
  [
    { job: "push", env: {}, facts: { ...appveyor, event: "push", branch: "main" } },
    {
      job: "tag",
      env: { APPVEYOR_REPO_TAG: "True", APPVEYOR_REPO_TAG_NAME: "v1.2.3", APPVEYOR_REPO_PROVIDER: "kiln" },
      facts: (() => {
        const { repositoryUrl: _, ...rest } = appveyor;
        return { ...rest, event: "tag", tag: "v1.2.3" } as const;
      })(),
    },
    {
      job: "pull request from a fork",
      env: {
        APPVEYOR_PULL_REQUEST_NUMBER: "12",
        APPVEYOR_PULL_REQUEST_HEAD_REPO_NAME: "mona/hello",
        APPVEYOR_PULL_REQUEST_HEAD_REPO_BRANCH: "fix",
      },
      facts: {
        ...appveyor,
        event: "pull-request",
        branch: "fix",
        baseBranch: "main",
        pullRequest: "12",
        isFork: true,
      },
    },
    {
      job: "schedule",
      env: { APPVEYOR_SCHEDULED_BUILD: "True" },
      facts: { ...appveyor, event: "schedule", branch: "main" },
    },
    {
      job: "by hand",
      env: { APPVEYOR_FORCED_BUILD: "True" },
      facts: { ...appveyor, event: "manual", branch: "main" },
    },
  ],
);

const codefresh = {
  ci: "codefresh",
  repositoryUrl: "https://github.com/octocat/hello",
  commit,
  runId: "5f1d7c1b9f3d2a0011aa22bb",
  runUrl: "https://g.codefresh.io/build/5f1d7c1b9f3d2a0011aa22bb",
  title: "hello",
} as const;

check(
  "codefresh",
  {
    CI: "true",
    CF_BUILD_ID: "5f1d7c1b9f3d2a0011aa22bb",
    CF_BUILD_URL: "https://g.codefresh.io/build/5f1d7c1b9f3d2a0011aa22bb",
    CF_BUILD_TRIGGER: "webhook",
    CF_COMMIT_URL: `https://github.com/octocat/hello/commit/${commit}`,
    CF_REPO_NAME: "hello",
    CF_REVISION: commit,
  },
  [
    { job: "push", env: { CF_BRANCH: "dev" }, facts: { ...codefresh, event: "push", branch: "dev" } },
    {
      job: "tag",
      env: { CF_BRANCH: "v1.2.3", CF_BASE_BRANCH: "main" },
      facts: { ...codefresh, event: "tag", tag: "v1.2.3", baseBranch: "main" },
    },
    {
      job: "release, in GitLab",
      env: {
        CF_BRANCH: "main",
        CF_RELEASE_TAG: "v1.2.3",
        CF_COMMIT_URL: `https://gitlab.com/group/app/-/commit/${commit}`,
      },
      facts: { ...codefresh, repositoryUrl: "https://gitlab.com/group/app", event: "tag", tag: "v1.2.3" },
    },
    {
      job: "pull request from a fork",
      env: {
        CF_BRANCH: "fix",
        CF_BASE_BRANCH: "main",
        CF_PULL_REQUEST_NUMBER: "12",
        CF_PULL_REQUEST_TARGET: "main",
        CF_PULL_REQUEST_IS_FORK: "true",
      },
      facts: {
        ...codefresh,
        event: "pull-request",
        branch: "fix",
        baseBranch: "main",
        pullRequest: "12",
        isFork: true,
      },
    },
    {
      job: "schedule, of which nothing is told",
      env: { CF_BUILD_TRIGGER: "", CF_BRANCH: "main" },
      facts: { ...codefresh, event: "unknown", branch: "main" },
    },
    {
      job: "by hand",
      env: { CF_BUILD_TRIGGER: "build", CF_BRANCH: "main" },
      facts: { ...codefresh, event: "manual", branch: "main" },
    },
  ],
);

describe("no CI", () => {
  it.each([
    { env: {}, facts: { ci: "none", event: "unknown" } },
    { env: { CI: "true", GITHUB_ACTIONS: "", GITLAB_CI: "" }, facts: { ci: "none", event: "unknown" } },
    {
      env: { DOCKER_METADATA_SHORT_SHA_LENGTH: "10" },
      facts: { ci: "none", event: "unknown", shortCommitLength: 10 },
    },
    { env: { DOCKER_METADATA_SHORT_SHA_LENGTH: "ten" }, facts: { ci: "none", event: "unknown" } },
  ])("$env", ({ env, facts }) => {
    expect(readJobFacts(env as Record<string, string>, () => "")).toEqual(facts);
  });
});

describe("what others wrote", () => {
  const hostile = (env: Readonly<Record<string, string>>): JobFacts =>
    readJobFacts({ GITLAB_CI: "true", CI_PIPELINE_SOURCE: "push", ...env }, () => "");
  it.each([
    {
      name: "CI_COMMIT_SHA",
      values: ["HEAD", commit.slice(1), `${commit}0`, `${commit}\n`, "--upload-pack=x"],
    },
    {
      name: "CI_COMMIT_BRANCH",
      values: [
        "a\nb",
        "a b",
        "-x",
        "a\u0000",
        "a\u001b[2J",
        "a..b",
        "a:b",
        "a?",
        "/a",
        "a/",
        "x".repeat(256),
        "a@{1}",
      ],
    },
    { name: "CI_COMMIT_TAG", values: ["v1\r\n::set-output", "--force", "v1\u0085", "v1^{}"] },
    { name: "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", values: ["main\n", "$(x) y"] },
    { name: "CI_PIPELINE_ID", values: ["1\n2", "../1", "-1", "x".repeat(201)] },
    { name: "CI_PIPELINE_URL", values: ["javascript:alert(1)", "https://a b", "//x", "https://x/\n"] },
    {
      name: "CI_PROJECT_URL",
      values: ["file:///etc", "/srv/git/app", "https://x", "https://x/\u0007y", "ext::sh -c x"],
    },
    { name: "CI_COMMIT_TIMESTAMP", values: ["yesterday"] },
  ])("$name is dropped when it can't be one", ({ name, values }) => {
    for (const value of values) {
      expect(hostile({ [name]: value })).toEqual({ ci: "gitlab", event: "push" });
    }
  });

  it("is cleaned where any text will do", () => {
    expect(
      hostile({
        CI_COMMIT_SHA: commit.toUpperCase(),
        CI_PROJECT_URL: "https://user:secret@git.example.com:8443/a/b.git/?x#y",
        CI_PIPELINE_URL: "https://user:secret@git.example.com/1?a=b#c",
        CI_PROJECT_TITLE: " A\r\n##vso[x]\u001b[2J\tB ",
        CI_PROJECT_DESCRIPTION: "\n",
      }),
    ).toEqual({
      ci: "gitlab",
      event: "push",
      commit,
      repositoryUrl: "https://git.example.com:8443/a/b",
      runUrl: "https://git.example.com/1?a=b#c",
      title: "A ##vso[x] [2J B",
    });
  });

  it("is never a context of another repository or folder", () => {
    const contextOf = (env: Readonly<Record<string, string>>): string | undefined =>
      readJobFacts({ GITHUB_ACTIONS: "true", GITHUB_REPOSITORY: "a/b", ...env }, () => "not JSON").gitContext;
    expect(contextOf({ GITHUB_REF: "refs/heads/x:secret" })).toBeUndefined();
    expect(contextOf({ GITHUB_REF: "refs/heads/x" })).toBe("https://github.com/a/b.git#refs/heads/x");
    expect(contextOf({ GITHUB_REF: "refs/heads/x", GITHUB_REPOSITORY: "a/b c" })).toBeUndefined();
  });
});

describe("completeFacts", () => {
  const git = {
    root: "/src",
    commit,
    commitTime: 1_700_000_000,
    branch: "main",
    tags: ["v1.2.3-rc.1", "v1.2.3", "v1.2", "v1"],
    defaultBranch: "main",
    repositoryUrl: "https://github.com/octocat/hello",
    isDirty: true,
  };
  const { branch: _, ...detached } = git;
  const page = { repositoryUrl: "https://github.com/octocat/hello", defaultBranch: "main" };
  const time = { commit, commitTime: 1_700_000_000 };

  it.each([
    {
      says: "a laptop is about the branch that is checked out",
      facts: { ci: "none", event: "unknown" },
      git,
      all: { ci: "none", event: "unknown", ...page, ...time, branch: "main" },
    },
    {
      says: "and about the release among the tags when it is none",
      facts: { ci: "none", event: "unknown" },
      git: detached,
      all: { ci: "none", event: "unknown", ...page, ...time, tag: "v1.2.3" },
    },
    {
      says: "or the first of them",
      facts: { ci: "none", event: "unknown" },
      git: { ...detached, tags: ["nightly", "a"] },
      all: { ci: "none", event: "unknown", ...page, ...time, tag: "nightly" },
    },
    {
      says: "what the CI says stays",
      facts: { ci: "drone", event: "tag", commit, tag: "v1", defaultBranch: "trunk", commitTime: 1 },
      git,
      all: { ci: "drone", event: "tag", ...page, commit, tag: "v1", defaultBranch: "trunk", commitTime: 1 },
    },
    {
      says: "a pull request has no branch of Git's",
      facts: { ci: "circleci", event: "pull-request", pullRequest: "1" },
      git,
      all: { ci: "circleci", event: "pull-request", pullRequest: "1", ...page, ...time },
    },
    {
      says: "nothing is told of another commit",
      facts: { ci: "jenkins", event: "unknown", commit: other },
      git,
      all: { ci: "jenkins", event: "unknown", commit: other, ...page },
    },
    {
      says: "no repository, nothing new",
      facts: { ci: "none", event: "unknown" },
      git: { tags: [] },
      all: { ci: "none", event: "unknown" },
    },
  ] as const)("$says", ({ all, facts, git: known }) => {
    expect(completeFacts(facts, known)).toEqual(all);
  });
});

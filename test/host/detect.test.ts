import { expect, it } from "vitest";
import { detectCi } from "../../src/host/detect.ts";
import { openHost } from "./open-host.ts";

const table: readonly { readonly env: Readonly<Record<string, string>>; readonly ci: string | undefined }[] =
  [
    { env: {}, ci: undefined },
    { env: { CI: "true" }, ci: undefined },
    { env: { GITHUB_ACTIONS: "true", CI: "true" }, ci: "github" },
    { env: { GITHUB_ACTIONS: "true", GITEA_ACTIONS: "true", CI: "true" }, ci: "github" },
    { env: { GITHUB_ACTIONS: "true", FORGEJO_ACTIONS: "true" }, ci: "github" },
    { env: { GITHUB_ACTIONS: "" }, ci: undefined },
    { env: { GITLAB_CI: "true", CI: "true" }, ci: "gitlab" },
    { env: { GITLAB_CI: "" }, ci: undefined },
    { env: { TRAVIS: "true", CI: "true" }, ci: "travis" },
    { env: { CIRCLECI: "true", CI: "true" }, ci: "circleci" },
    { env: { TF_BUILD: "True" }, ci: "azure" },
    { env: { BUILDKITE: "true", CI: "true" }, ci: "buildkite" },
    { env: { TEAMCITY_VERSION: "2026.1 (build 1)" }, ci: "teamcity" },
    { env: { JENKINS_URL: "https://jenkins.example.org/" }, ci: "jenkins" },
    { env: { DRONE: "true", CI: "true" }, ci: "drone" },
    // Woodpecker still says what Drone said.
    { env: { CI: "woodpecker", DRONE: "true" }, ci: "woodpecker" },
    { env: { BITBUCKET_BUILD_NUMBER: "7", CI: "true" }, ci: "bitbucket" },
    { env: { APPVEYOR: "True", CI: "True" }, ci: "appveyor" },
    { env: { CF_BUILD_ID: "5f", CI: "true" }, ci: "codefresh" },
    // Actions of GitHub that run elsewhere are still actions.
    { env: { GITHUB_ACTIONS: "true", JENKINS_URL: "https://jenkins.example.org/" }, ci: "github" },
  ];

it.each(table)("$env is $ci", async ({ env, ci }) => {
  expect(detectCi(env)).toBe(ci);
  expect((await openHost(env)).name).toBe(ci ?? "plain");
});

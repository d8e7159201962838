import type { Env } from "../inputs/parse.ts";

/** Gitea and Forgejo are `github`. */
export type Ci =
  | "github"
  | "gitlab"
  | "travis"
  | "circleci"
  | "azure"
  | "buildkite"
  | "teamcity"
  | "jenkins"
  | "drone"
  | "woodpecker"
  | "bitbucket"
  | "appveyor"
  | "codefresh";

/** Those first that others imitate or are run inside of. */
const marks: Readonly<Record<Ci, (env: Env) => boolean>> = {
  github: (env) => env["GITHUB_ACTIONS"] === "true",
  gitlab: has("GITLAB_CI"),
  travis: has("TRAVIS"),
  circleci: has("CIRCLECI"),
  azure: has("TF_BUILD"),
  buildkite: has("BUILDKITE"),
  woodpecker: (env) => env["CI"] === "woodpecker",
  drone: has("DRONE"),
  bitbucket: has("BITBUCKET_BUILD_NUMBER"),
  appveyor: has("APPVEYOR"),
  codefresh: has("CF_BUILD_ID"),
  teamcity: has("TEAMCITY_VERSION"),
  jenkins: has("JENKINS_URL"),
};

const names = Object.keys(marks) as readonly Ci[];

/** The CI that the environment describes. */
export function detectCi(env: Env): Ci | undefined {
  return names.find((name) => marks[name](env));
}

/** A variable that is empty says as much as one that is not there. */
function has(variable: string): (env: Env) => boolean {
  return (env) => (env[variable] ?? "") !== "";
}

import type { GitFacts } from "../git.ts";
import type { Env } from "../inputs/parse.ts";
import { type Ci, detectCi } from "./detect.ts";
import { appveyorClaims } from "./facts/appveyor.ts";
import { azureClaims } from "./facts/azure.ts";
import { bitbucketClaims } from "./facts/bitbucket.ts";
import { buildkiteClaims } from "./facts/buildkite.ts";
import { checkClaims, type Claims, known } from "./facts/claims.ts";
import { circleciClaims } from "./facts/circleci.ts";
import { codefreshClaims } from "./facts/codefresh.ts";
import { droneClaims } from "./facts/drone.ts";
import { githubClaims } from "./facts/github.ts";
import { gitlabClaims } from "./facts/gitlab.ts";
import { jenkinsClaims } from "./facts/jenkins.ts";
import { teamcityClaims } from "./facts/teamcity.ts";
import { travisClaims } from "./facts/travis.ts";
import { woodpeckerClaims } from "./facts/woodpecker.ts";

/** What the job is about. What nobody says, or says in a shape that can't be, is left out. */
export interface JobFacts {
  readonly ci: Ci | "none";
  /** Why the job runs. A tag that was pushed is `tag`. */
  readonly event: "push" | "tag" | "pull-request" | "schedule" | "manual" | "unknown";
  /** The page of the repository, without credentials and `.git`. */
  readonly repositoryUrl?: string;
  /** All 40 or 64 digits. */
  readonly commit?: string;
  /** When it was committed, in seconds. */
  readonly commitTime?: number;
  /** How many digits of it stand in tags, where `DOCKER_METADATA_SHORT_SHA_LENGTH` says so. */
  readonly shortCommitLength?: number;
  /** Of a pull request the one that it comes from; there is none when the job is about a tag. */
  readonly branch?: string;
  /** Of a pull request the one that it is to go to; of a tag, on some CIs, the one that it is on. */
  readonly baseBranch?: string;
  readonly defaultBranch?: string;
  readonly tag?: string;
  /** Its number. A branch that was pushed to may have one, too. */
  readonly pullRequest?: string;
  /** Whether a pull request comes from another repository. */
  readonly isFork?: boolean;
  readonly isPrivate?: boolean;
  /** The same for all jobs of a run, and when some of them run again. */
  readonly runId?: string;
  readonly runUrl?: string;
  readonly runAttempt?: string;
  /** The commit as a build context, on GitHub only: `https://github.com/owner/repo.git#860c1904…`. */
  readonly gitContext?: string;
  readonly title?: string;
  readonly description?: string;
  /** An SPDX expression. */
  readonly license?: string;
}

type ReadFile = (path: string) => string;

const claimsOf: Readonly<Record<Ci, (env: Env, readFile: ReadFile) => Claims>> = {
  github: githubClaims,
  gitlab: gitlabClaims,
  travis: travisClaims,
  circleci: circleciClaims,
  azure: azureClaims,
  buildkite: buildkiteClaims,
  woodpecker: woodpeckerClaims,
  drone: droneClaims,
  bitbucket: bitbucketClaims,
  appveyor: appveyorClaims,
  codefresh: codefreshClaims,
  teamcity: teamcityClaims,
  jenkins: jenkinsClaims,
};

/** What the CI says in its variables, and in the files that these name. A file that can't be read says nothing. */
export function readJobFacts(env: Env, readFile: ReadFile): JobFacts {
  // A variable that is empty says as much as one that is not there.
  const said = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const ci = detectCi(said);
  const facts: JobFacts =
    ci === undefined ? { ci: "none", event: "unknown" } : checkClaims(ci, claimsOf[ci](said, readFile));
  const length = said["DOCKER_METADATA_SHORT_SHA_LENGTH"] ?? "";
  return /^[1-9]\d?$/.test(length) ? { ...facts, shortCommitLength: Number(length) } : facts;
}

/** What the CI does not say, Git says: nothing of another commit, and of branches and tags only what is checked out. */
export function completeFacts(facts: JobFacts, git: GitFacts): JobFacts {
  const isSameCommit = git.commit !== undefined && (facts.commit ?? git.commit) === git.commit;
  const saysRef = facts.event === "pull-request" || facts.tag !== undefined || facts.branch !== undefined;
  const found: { readonly [Fact in keyof JobFacts]?: JobFacts[Fact] | undefined } = {
    repositoryUrl: git.repositoryUrl,
    defaultBranch: git.defaultBranch,
    ...(isSameCommit ? { commit: git.commit, commitTime: git.commitTime } : {}),
    ...(isSameCommit && !saysRef
      ? { branch: git.branch, tag: git.branch === undefined ? release(git.tags) : undefined }
      : {}),
  };
  return { ...known(found), ...facts };
}

/** Of several tags on one commit (`v1`, `v1.2`, `v1.2.3`, `v1.2.3-rc.1`) the release. */
function release(tags: readonly string[]): string | undefined {
  return tags.find((tag) => /^v?\d+\.\d+\.\d+$/.test(tag)) ?? tags[0];
}

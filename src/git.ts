import type { Exec } from "./exec.ts";
import { ExecError } from "./exec.ts";
import { WorkError } from "./errors.ts";
import { cut, known } from "./host/facts/claims.ts";
import { repositoryPage } from "./host/facts/repository-page.ts";

/** What Git knows of a folder; nothing where there is no repository, or no Git. */
export interface GitFacts {
  /** The folder that the repository is checked out to. */
  readonly root?: string;
  readonly commit?: string;
  /** When it was committed, in seconds. */
  readonly commitTime?: number;
  /** Undefined when a commit or a tag is checked out. */
  readonly branch?: string;
  /** Those on the commit, the highest version first. */
  readonly tags: readonly string[];
  /** Of `origin`, as it was when it was cloned. */
  readonly defaultBranch?: string;
  /** The page of `origin`, without credentials. */
  readonly repositoryUrl?: string;
}

/** Asks Git about a folder, in three processes at once. */
export async function readGitFacts(cwd: string, exec: Exec): Promise<GitFacts> {
  const git = (...args: readonly string[]): Promise<Answer> => ask(args, cwd, exec);
  const [place, head, remote] = await Promise.all([
    git("rev-parse", "--show-toplevel", "--symbolic-full-name", "HEAD", "refs/remotes/origin/HEAD"),
    git(
      ...["log", "-1", "--no-show-signature", "--decorate=full", "--decorate-refs=refs/tags/"],
      ...["--format=%H%n%ct%n%D", "HEAD"],
    ),
    git("remote", "get-url", "origin"),
  ]);
  // It fails, behind what it has said, where origin has no default branch.
  const [root, branch, defaultBranch] = place.lines;
  const [commit, commitTime, decorations = ""] = head.isWhole ? head.lines : [];
  return {
    ...known({
      root: root === "" ? undefined : root,
      commit,
      commitTime: commitTime === undefined ? undefined : Number(commitTime),
      branch: cut(branch, "refs/heads/"),
      defaultBranch: place.isWhole ? cut(defaultBranch, "refs/remotes/origin/") : undefined,
      repositoryUrl: remote.isWhole ? repositoryPage(remote.lines[0]) : undefined,
    }),
    tags: decorations
      .split(", ")
      .flatMap((name) => cut(name, "tag: refs/tags/") ?? [])
      .toSorted((a, b) => b.localeCompare(a, "en", { numeric: true })),
  };
}

interface Answer {
  readonly lines: readonly string[];
  /** The program ended well. */
  readonly isWhole: boolean;
}

async function ask(args: readonly string[], cwd: string, exec: Exec): Promise<Answer> {
  // A repository's own configuration can name a program to be started as its file system monitor.
  const command = { program: "git", args: ["--no-optional-locks", "-c", "core.fsmonitor=false", ...args] };
  try {
    return { lines: (await exec(command, { cwd })).stdout.split("\n"), isWhole: true };
  } catch (error) {
    if (!(error instanceof WorkError)) throw error;
    return { lines: error instanceof ExecError ? error.stdout.split("\n") : [], isWhole: false };
  }
}

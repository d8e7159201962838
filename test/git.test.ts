import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CancelledError } from "../src/errors.ts";
import { type Exec, exec } from "../src/exec.ts";
import { readGitFacts } from "../src/git.ts";

const env = {
  ...process.env,
  GIT_AUTHOR_DATE: "1700000000 +0100",
  GIT_COMMITTER_DATE: "1700000005 +0100",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
};

let folder: string;
let repository: string;

function git(cwd: string, ...args: readonly string[]): string {
  const identity = ["-c", "user.name=Mona", "-c", "user.email=mona@example.com"];
  return execFileSync("git", [...identity, ...args], { cwd, env, encoding: "utf8", stdio: "pipe" }).trim();
}

/** A file is committed on the branch main. */
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "multiarch-git-")));
  repository = join(folder, "hello");
  git(folder, "init", "--quiet", "--initial-branch=main", "hello");
  writeFileSync(join(repository, "file"), "one\n");
  git(repository, "add", "file");
  git(repository, "commit", "--quiet", "--message=one");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("readGitFacts", () => {
  it("knows a clone", async () => {
    git(repository, "tag", "v1.2.3");
    git(folder, "clone", "--quiet", "hello", "clone");
    const clone = join(folder, "clone");
    git(clone, "switch", "--quiet", "--create", "feature/x");
    git(clone, "remote", "set-url", "origin", "https://user:secret@github.com/octocat/hello.git");
    const commit = git(clone, "rev-parse", "HEAD");
    const facts = {
      root: clone,
      commit,
      commitTime: 1_700_000_005,
      branch: "feature/x",
      tags: ["v1.2.3"],
      defaultBranch: "main",
      repositoryUrl: "https://github.com/octocat/hello",
    };
    expect(await readGitFacts(clone, exec)).toEqual(facts);
    writeFileSync(join(clone, "new"), "");
    git(clone, "add", "new");
    git(clone, "commit", "--quiet", "--message=new");
    expect(await readGitFacts(clone, exec)).toEqual({
      ...facts,
      commit: git(clone, "rev-parse", "HEAD"),
      tags: [],
    });
  });

  it("knows the tags of a commit that is checked out, the highest version first", async () => {
    for (const tag of ["v1", "v1.2", "v1.2.9", "v1.2.10", "we,ird"]) git(repository, "tag", tag);
    git(repository, "tag", "--annotate", "--message=x", "app/v1.2.10");
    git(repository, "checkout", "--quiet", "--detach");
    git(repository, "config", "log.excludeDecoration", "refs/tags/*");
    expect(await readGitFacts(repository, exec)).toEqual({
      root: repository,
      commit: git(repository, "rev-parse", "HEAD"),
      commitTime: 1_700_000_005,
      tags: ["we,ird", "v1.2.10", "v1.2.9", "v1.2", "v1", "app/v1.2.10"],
    });
  });

  it("knows a folder in a repository by the whole of it", async () => {
    writeFileSync(join(repository, "file"), "two\n");
    mkdirSync(join(repository, "sub"));
    expect(await readGitFacts(join(repository, "sub"), exec)).toMatchObject({
      root: repository,
    });
  });

  it("knows little of a repository without commits, and of a bare one", async () => {
    git(folder, "init", "--quiet", "new");
    expect(await readGitFacts(join(folder, "new"), exec)).toEqual({
      root: join(folder, "new"),
      tags: [],
    });
    git(folder, "clone", "--quiet", "--bare", "hello", "bare");
    expect(await readGitFacts(join(folder, "bare"), exec)).toEqual({
      commit: git(repository, "rev-parse", "HEAD"),
      commitTime: 1_700_000_005,
      tags: [],
    });
  });

  it("knows nothing without a repository, a folder or Git", async () => {
    const withoutGit: Exec = (command, options) => exec({ ...command, program: "multiarch-no-git" }, options);
    expect(await readGitFacts(folder, exec)).toEqual({ tags: [] });
    expect(await readGitFacts(join(folder, "missing"), exec)).toEqual({ tags: [] });
    expect(await readGitFacts(repository, withoutGit)).toEqual({ tags: [] });
  });

  it("starts no program that the repository names", async () => {
    const program = (name: string, ...lines: readonly string[]): string => {
      const path = join(folder, name);
      writeFileSync(path, ["#!/bin/sh", `touch '${path}.ran'`, ...lines].join("\n"), { mode: 0o755 });
      return path;
    };
    const monitor = program("monitor");
    const signer = program("signer", "echo '[GNUPG:] SIG_CREATED ' >&2", "echo signed");
    const ran = (): readonly boolean[] => [monitor, signer].map((path) => existsSync(`${path}.ran`));
    git(repository, "config", "gpg.program", signer);
    git(repository, "config", "log.showSignature", "true");
    git(repository, "commit", "--quiet", "--gpg-sign", "--allow-empty", "--message=signed");
    git(repository, "config", "core.fsmonitor", monitor);
    git(repository, "status");
    expect(ran()).toEqual([true, true]);
    for (const path of [monitor, signer]) rmSync(`${path}.ran`);
    expect(await readGitFacts(repository, exec)).toMatchObject({
      commit: git(repository, "rev-parse", "HEAD"),
      commitTime: 1_700_000_005,
    });
    expect(ran()).toEqual([false, false]);
  });

  it("writes nothing", async () => {
    utimesSync(join(repository, "file"), 1_600_000_000, 1_600_000_000);
    const index = readFileSync(join(repository, ".git", "index"));
    await readGitFacts(repository, exec);
    expect(readFileSync(join(repository, ".git", "index"))).toEqual(index);
    git(repository, "status");
    expect(readFileSync(join(repository, ".git", "index"))).not.toEqual(index);
  });

  it("takes the name of a branch that looks like an option for a name", async () => {
    git(repository, "update-ref", "refs/heads/--help", "HEAD");
    git(repository, "symbolic-ref", "HEAD", "refs/heads/--help");
    expect(await readGitFacts(repository, exec)).toMatchObject({ branch: "--help" });
  });

  it("asks everything at once", async () => {
    let running = 0;
    let most = 0;
    const counting: Exec = async (command, options) => {
      running += 1;
      most = Math.max(most, running);
      try {
        return await exec(command, options);
      } finally {
        running -= 1;
      }
    };
    await readGitFacts(repository, counting);
    expect(most).toBe(3);
  });

  it("is cancelled like everything else", async () => {
    const signal = AbortSignal.abort(new CancelledError("SIGTERM"));
    const cancelled: Exec = (command, options) => exec(command, { ...options, signal });
    await expect(readGitFacts(repository, cancelled)).rejects.toThrow(CancelledError);
  });
});

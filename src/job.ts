import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { exec } from "./exec.ts";
import type { JobFacts } from "./host/facts.ts";
import type { Env } from "./inputs/parse.ts";
import type { JobPort } from "./steps/step.ts";

/** What the CI and Git say about a job, each asked when it is wanted first. */
export function createJobPort(options: {
  readonly env: Env;
  readonly cwd: string;
  readonly signal: AbortSignal;
}): JobPort {
  const { cwd, env, signal } = options;
  let facts: Promise<JobFacts> | undefined;
  let completed: ReturnType<JobPort["withGit"]> | undefined;
  const askCi = async (): Promise<JobFacts> => {
    const { readJobFacts } = await import("./host/facts.ts");
    return readJobFacts(env, (path) => readFileSync(path, "utf8"));
  };
  const fromCi = (): Promise<JobFacts> => (facts ??= askCi());
  const askGit = async (): ReturnType<JobPort["withGit"]> => {
    if (!isInRepository(cwd)) return { job: await fromCi(), git: { tags: [] } };
    const [{ readGitFacts }, { completeFacts }] = await Promise.all([
      import("./git.ts"),
      import("./host/facts.ts"),
    ]);
    const git = await readGitFacts(cwd, (command, more) => exec(command, { signal, ...more }));
    return { job: completeFacts(await fromCi(), git), git };
  };
  return { fromCi, withGit: () => (completed ??= askGit()) };
}

function isInRepository(folder: string): boolean {
  const parent = dirname(folder);
  return existsSync(join(folder, ".git")) || (parent !== folder && isInRepository(parent));
}

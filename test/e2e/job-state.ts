import { readFileSync } from "node:fs";
import type { TestJob } from "./job.ts";

interface JobState {
  readonly builds?: Readonly<Record<string, readonly { readonly digest: string }[]>>;
  readonly builder?: { readonly removal: { readonly name?: string; readonly pid?: number } };
}

/** What was pushed to a repository, in the order of the platforms. */
export function readPushed(job: Pick<TestJob, "env">, image: string): readonly { readonly digest: string }[] {
  return readState(job).builds?.[image] ?? [];
}

/** The daemon that setup started: the name of its container, or its process. */
export function readDaemon(job: Pick<TestJob, "env">): { readonly name: string; readonly pid: number } {
  const { name = "", pid = 0 } = readState(job).builder?.removal ?? {};
  return { name, pid };
}

function readState({ env }: Pick<TestJob, "env">): JobState {
  return JSON.parse(readFileSync(env["MULTIARCH_STATE"] ?? "", "utf8")) as JobState;
}

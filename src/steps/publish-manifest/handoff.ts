import { WorkError } from "../../errors.ts";
import type { JobFacts } from "../../host/facts.ts";
import type { Log } from "../../host/host.ts";
import { formatPlatform, type Platform } from "../../oci/platform.ts";
import { formatReference, type Reference, withTarget } from "../../oci/reference.ts";
import type { FetchedManifest, RegistryClient } from "../../registry/client.ts";
import { RegistryError } from "../../registry/error.ts";
import { stagingPrefix, stagingTag } from "../staging-tag.ts";

/** The passing of time while images are awaited; milliseconds. */
export interface WaitClock {
  readonly now: () => number;
  readonly sleep: (duration: number) => Promise<void>;
}

export interface Handoff {
  /** Where build left its tags. */
  readonly repository: Reference;
  readonly job: Pick<JobFacts, "commit" | "runId">;
  /** Those that must be found; empty for whatever is there. */
  readonly platforms: readonly Platform[];
  /** How long to wait for what is missing; milliseconds. */
  readonly wait: number;
}

export interface HandedOff {
  readonly tag: Reference;
  readonly fetched: FetchedManifest;
  readonly platform?: Platform;
}

const firstPause = 1000;
const longestPause = 15_000;

/** The images that other jobs of this run left, all of them once they are there. Throws WorkError naming the missing ones. */
export async function awaitHandoff(
  handoff: Handoff,
  client: Pick<RegistryClient, "getManifest" | "listTags">,
  clock: WaitClock,
  log: Pick<Log, "info">,
): Promise<readonly HandedOff[]> {
  const { repository, wait } = handoff;
  const found = new Map<string, HandedOff>();
  const end = clock.now() + wait;
  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
    const wanted = await wantedTags(handoff, client);
    const missing = wanted.filter(({ tag }) => !found.has(formatReference(tag)));
    const looked = await Promise.all(
      missing.map(async ({ tag, platform }) => ({ tag, platform, fetched: await getIfThere(tag, client) })),
    );
    for (const { tag, platform, fetched } of looked) {
      if (fetched === undefined) continue;
      found.set(formatReference(tag), { tag, fetched, ...(platform === undefined ? {} : { platform }) });
    }
    const absent = looked
      .filter(({ fetched }) => fetched === undefined)
      .map(({ tag }) => formatReference(tag));
    if (absent.length === 0 && found.size > 0) return [...found.values()];
    const left = end - clock.now();
    const what =
      absent.length > 0 ? absent.join(", ") : `any image of this run in ${formatReference(repository)}`;
    if (left <= 0) throw nothingLeft(what, handoff);
    log.info(`waiting for ${what} (${seconds(left)} left)`);
    await clock.sleep(Math.min(pause, left));
  }
}

/** The tags that build left, or will leave. */
export async function wantedTags(
  { job, platforms, repository }: Omit<Handoff, "wait">,
  client: Pick<RegistryClient, "listTags">,
): Promise<readonly { readonly tag: Reference; readonly platform?: Platform }[]> {
  if (platforms.length > 0) {
    return platforms.map((platform) => ({
      platform,
      tag: withTarget(repository, { tag: stagingTag(job, platform) }),
    }));
  }
  const prefix = stagingPrefix(job);
  const tags = await client.listTags(repository);
  return tags
    .filter((tag) => tag.startsWith(prefix))
    .toSorted()
    .map((tag) => ({ tag: withTarget(repository, { tag }) }));
}

async function getIfThere(
  tag: Reference,
  client: Pick<RegistryClient, "getManifest">,
): Promise<FetchedManifest | undefined> {
  try {
    return await client.getManifest(tag);
  } catch (error) {
    if (error instanceof RegistryError && error.status === 404) return undefined;
    throw error;
  }
}

function nothingLeft(what: string, { platforms, wait }: Handoff): WorkError {
  const names = platforms.length === 0 ? "" : ` (platforms: ${platforms.map(formatPlatform).join(", ")})`;
  const waited = wait === 0 ? "" : ` after ${seconds(wait)}`;
  return new WorkError(`handoff: ${what} is not there${waited}${names}; nothing was tagged`, {
    fix:
      wait === 0
        ? "run this after the jobs that build, or let it wait for them, such as wait: 30m"
        : "see whether the jobs that build have failed; they need handoff: registry, too, and the same commit",
  });
}

function seconds(duration: number): string {
  return `${Math.ceil(duration / 1000)} s`;
}

import { describeError, WorkError } from "../../errors.ts";
import type { BuiltIndex } from "../../oci/image-index.ts";
import { formatReference, type Reference, withTarget } from "../../oci/reference.ts";
import { RegistryError } from "../../registry/error.ts";
import type { Ports } from "../step.ts";
import type { PublishClient } from "./given.ts";
import type { WaitClock } from "./handoff.ts";
import { pushIndex } from "./push-index.ts";
import type { TagMove } from "./tag-moves.ts";

/** Runs work with a client that is not cancelled, because what was begun is to be undone. */
export type WithLastingClient = <T>(work: (client: PublishClient) => Promise<T>) => Promise<T>;

/** What publishing is done with. */
export interface PublishTools {
  readonly client: PublishClient;
  readonly withLastingClient: WithLastingClient;
  readonly clock: WaitClock;
}

/**
 * Moves the tags: those of this version at once, the floating ones when those are read back. When one fails, what was moved
 * is put back, as far as the registries allow; the error says where every tag points then.
 */
export async function moveTags(
  moves: readonly TagMove[],
  index: BuiltIndex,
  tools: PublishTools,
  ports: Ports,
): Promise<void> {
  const { client, withLastingClient } = tools;
  const begun: TagMove[] = [];
  const waves = [moves.filter(({ floating }) => !floating), moves.filter(({ floating }) => floating)];
  try {
    for (const wave of waves) {
      ports.signal.throwIfAborted();
      begun.push(...wave);
      await all(wave.map(({ tag }) => moveTag(tag, index, tools, ports)));
      await all(wave.map(({ tag }) => client.awaitTag(tag, index.digest)));
    }
  } catch (error) {
    const states = await withLastingClient((lasting) =>
      Promise.all(begun.map((move) => putBack(move, index, lasting))),
    );
    const untouched = moves.filter((move) => !begun.includes(move));
    const lines = [
      ...states,
      ...untouched.map(
        ({ before, tag }) => `${formatReference(tag)} → ${before?.digest ?? "absent"} (not touched)`,
      ),
    ];
    // A cancellation is not told by its error but by its signal.
    if (ports.signal.aborted) ports.log.warning(`the tags are now:\n${lines.join("\n")}`);
    if (begun.length === 1 && moves.length === 1 && states.every((state) => state.endsWith("(as before)")))
      throw error;
    throw new WorkError(
      `${error instanceof Error ? error.message : String(error)}\nthe tags are now:\n${lines.join("\n")}`,
      { cause: error, ...(error instanceof WorkError ? { fix: error.fix } : {}) },
    );
  }
}

/** Waits for all, so that nothing is under way when the first failure is dealt with. */
async function all(work: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(work)) {
    if (outcome.status === "rejected") throw outcome.reason;
  }
}

/** A tag that can't be changed is no failure when it is right already: then this is a job that runs again. */
async function moveTag(tag: Reference, index: BuiltIndex, tools: PublishTools, ports: Ports): Promise<void> {
  try {
    await pushIndex(tag, index, tools, ports);
  } catch (error) {
    if (!(error instanceof RegistryError) || ![400, 403, 405, 409, 412].includes(error.status ?? 0))
      throw error;
    const now = (await tools.client.headManifest(tag).catch(() => undefined))?.digest;
    if (now === undefined) throw error;
    if (now !== index.digest) {
      throw new WorkError(
        `${formatReference(tag)} can't be moved to ${index.digest}: it points at ${now}, and the registry leaves it there`,
        { cause: error, fix: "give another version, or allow the registry to overwrite this tag" },
      );
    }
    ports.log.info(`${formatReference(tag)} is already published`);
  }
}

/** One line about where the tag points in the end. */
async function putBack({ before, tag }: TagMove, index: BuiltIndex, client: PublishClient): Promise<string> {
  const name = formatReference(tag);
  try {
    const now = (await client.headManifest(tag))?.digest;
    if (now === before?.digest) return `${name} → ${now ?? "absent"} (as before)`;
    // Somebody else's since then: not ours to touch.
    if (now !== index.digest) return `${name} → ${now ?? "absent"} (set by somebody else)`;
    if (before === undefined) {
      const isGone = await client.deleteManifest(tag);
      return isGone
        ? `${name} → absent (put back)`
        : `${name} → ${index.digest} (the registry can't delete it; it did not exist before)`;
    }
    const old = before.fetched ?? (await client.getManifest(withTarget(tag, { digest: before.digest })));
    await client.putManifest(tag, old.bytes, old.descriptor.mediaType);
    return `${name} → ${before.digest} (put back)`;
  } catch (error) {
    const why = describeError(error).split("\n")[0] ?? "";
    return `${name} → ${index.digest}, maybe: it was ${before?.digest ?? "absent"}, and could not be put back: ${why}`;
  }
}

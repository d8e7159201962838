import { digestLike } from "./store.ts";

/** Reads a tag all the time, as the users of an image do. */
export type Poller = {
  /** The digests of the bytes that it was, in turn, each once in a row; undefined while it was not there. */
  readonly seen: readonly (string | undefined)[];
  readonly reads: () => number;
  readonly stop: () => Promise<void>;
};

export function pollTag(origin: string, repository: string, tag: string): Poller {
  const seen: (string | undefined)[] = [];
  let reads = 0;
  const stopping = new AbortController();
  const poll = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const response = await fetch(`${origin}/v2/${repository}/manifests/${tag}`);
      const bytes = Buffer.from(await response.arrayBuffer());
      const digest = response.status === 200 ? digestLike(bytes) : undefined;
      if (reads++ === 0 || seen.at(-1) !== digest) seen.push(digest);
    }
  };
  const polling = poll();
  return {
    seen,
    reads: () => reads,
    stop: async () => {
      stopping.abort();
      await polling;
    },
  };
}

/** Requests for the same thing, by its key, share one answer while it is under way. */
export type Share = <T>(key: string, start: () => Promise<T>) => Promise<T>;

export function createSharing(): Share {
  const running = new Map<string, Promise<unknown>>();
  return <T>(key: string, start: () => Promise<T>): Promise<T> => {
    const current = running.get(key);
    if (current !== undefined) return current as Promise<T>;
    const started = start().finally(() => running.delete(key));
    running.set(key, started);
    return started;
  };
}

import { createPinnedLines } from "../report/progress/pinned-lines.ts";
import type { Host, HostWorld } from "./host.ts";
import { createStreamHost } from "./stream-host.ts";

/** No CI that we know: the log is on stderr, and stdout is for results that were asked for. */
export function createPlainHost(
  world: Pick<HostWorld, "debug" | "stderr" | "stdout" | "terminal"> & Partial<Pick<HostWorld, "env">>,
): Host {
  // A terminal that was never told its size says 0.
  const columns = (): number => world.terminal?.columns() || 80;
  const rows = (): number => world.terminal?.rows() || 24;
  const pinned = createPinnedLines(world.stderr, columns);
  const { clean, ...host } = createStreamHost("plain", { env: {}, ...world }, { print: pinned.print });
  return {
    ...host,
    ...(world.terminal === undefined ? {} : { terminal: { columns, rows, clean, pin: pinned.pin } }),
  };
}

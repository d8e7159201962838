import { createHash } from "node:crypto";
import type { InspectedDaemon } from "../../buildkit/drivers/container.ts";
import type { Owner } from "../../owner.ts";
import { ownerLife } from "../../owner.ts";
import { peekState } from "../../state.ts";
import type { SetupFacts } from "./probe.ts";

/** What our daemons say of themselves, so that a later setup can tell an orphan from a neighbour. */
export const labels = {
  job: "multiarch",
  /** The job's settings of the daemon, as a hash. */
  spec: "multiarch.spec",
  user: "multiarch.owner",
  run: "multiarch.run",
  host: "multiarch.host",
  pid: "multiarch.pid",
  state: "multiarch.state",
  /** Seconds since 1970. */
  expires: "multiarch.expires",
} as const;

/** Nobody's CI job takes longer; where the owner is known, that decides and not the clock. */
const lifeSeconds = 24 * 60 * 60;

/** What tells two daemons apart that must not be taken for each other. */
export function specOf(settings: unknown): string {
  return createHash("sha256").update(JSON.stringify(settings)).digest("hex").slice(0, 16);
}

export function daemonLabels(facts: SetupFacts, spec: string): Readonly<Record<string, string>> {
  const { now, owner, run, state, statePath, user } = facts;
  return {
    [labels.job]: state.job,
    [labels.spec]: spec,
    [labels.user]: user.name,
    [labels.run]: run,
    [labels.host]: owner.host,
    [labels.pid]: String(owner.pid),
    [labels.state]: statePath,
    [labels.expires]: String(Math.floor(now / 1000) + lifeSeconds),
  };
}

/**
 * Whether nobody can need the daemon any more: its job's process is known and gone, or its time is over and nothing
 * is known of its job. `now` is in milliseconds since 1970.
 */
export function isAbandoned(
  { labels: found }: Pick<InspectedDaemon, "labels">,
  now: number,
  peekOwner: (statePath: string, job: string) => Owner | undefined = ownerInState,
): boolean {
  const job = found[labels.job];
  if (job === undefined) return false;
  const owner = peekOwner(found[labels.state] ?? "", job);
  const life = owner === undefined ? "unknown" : ownerLife(owner);
  if (life !== "unknown") return life === "dead";
  const expires = Number(found[labels.expires]);
  return Number.isFinite(expires) && expires > 0 && now / 1000 > expires;
}

/** The state is the truth, because labels can't change once the setup that made the container has ended. */
function ownerInState(path: string, job: string): Owner | undefined {
  const state = path === "" ? undefined : peekState(path);
  return state?.job === job ? state.builder?.owner : undefined;
}

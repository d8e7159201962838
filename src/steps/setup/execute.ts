import { rm } from "node:fs/promises";
import type { DriverName, Endpoint } from "../../buildkit/drivers/driver.ts";
import { probeEndpoints } from "../../buildkit/drivers/remote.ts";
import type { ReleasePrograms } from "../../buildkit/release-programs.ts";
import type { EmulationPlan } from "../../emulation/plan.ts";
import type { ProofPlace } from "../../emulation/prove.ts";
import { describeError } from "../../errors.ts";
import type { Platform } from "../../oci/platform.ts";
import { formatPlatform, samePlatform } from "../../oci/platform.ts";
import type { Owner } from "../../owner.ts";
import { neutralise } from "../../report/untrusted.ts";
import type { BuilderState } from "../../state.ts";
import type { Ports } from "../step.ts";
import { removeDaemon } from "../teardown/remove.ts";
import type { DaemonSession } from "./daemon.ts";
import { openDaemon } from "./daemon.ts";
import { provePlanned, registerPlanned, requireListed } from "./emulation.ts";
import type { SetupPlan } from "./plan.ts";
import type { ProvidedBuildctl } from "./provide-buildctl.ts";
import { obtainPrograms, provideBuildctl } from "./provide-buildctl.ts";

export interface SetupResult {
  readonly driver: DriverName;
  readonly endpoints: readonly Endpoint[];
  /** The daemon on TCP, where that was asked for. */
  readonly exposed: Endpoint | undefined;
  readonly buildctl: string;
  readonly version: string;
  /** What the daemon can build, its own platform first. */
  readonly platforms: readonly Platform[];
  /** Platform to what runs its programs. */
  readonly emulators: Readonly<Record<string, { readonly emulator: string; readonly interpreter?: string }>>;
  readonly seconds: number;
}

/** Emulators, daemon and buildctl at the same time; when one of them fails, the daemon is removed again. */
export async function executeSetup(plan: SetupPlan, ports: Ports): Promise<SetupResult> {
  const begin = performance.now();
  const { owners, registries } = plan;
  ports.log.info(`driver ${plan.driver}: ${plan.why}`);
  const programs = once(() => obtainPrograms(plan.buildctl, "buildkit", ports));
  const { driver } = plan;
  const earlier = ports.state.read().builder;
  await removeOther(plan, earlier, ports);
  const session = openDaemon(
    plan.daemon,
    {
      mirrors: plan.mirrors,
      now: plan.now,
      programs,
      // Known before it exists, so that a teardown finds it even if this process is killed.
      onRemoval: (removal) => rememberBuilder(ports, { driver, removal, owner: owners.starting }),
    },
    ports,
  );
  let hasAnswered = false;
  try {
    const registered = timed(ports, "emulators ready", async () =>
      plan.emulation === undefined ? undefined : registerPlanned(plan.emulation, plan.mirrors, ports),
    );
    const prepared = session.prepare();
    const started = timed(ports, "BuildKit answers", async () => {
      await prepared;
      const found = await session.start();
      hasAnswered = true;
      return found;
    });
    const client = timed(ports, "buildctl ready", () =>
      obtainClient(plan, session, prepared, programs, ports),
    );
    const [{ path: buildctl, version }, endpoints, emulation] = await allOrFirstFailure([
      client,
      started,
      registered,
      // A daemon that is used again was here when others were looked for.
      isReused(plan) ? undefined : session.reap(),
    ]);
    const [exposed, { emulators, platforms }] = await Promise.all([
      session.exposed(),
      timed(ports, "platforms proved", () =>
        provePlatforms(plan, emulation, { endpoints, buildctl, place: session.place }, ports),
      ),
    ]);
    const { removal = { kind: "none" as const } } = ports.state.read().builder ?? {};
    ports.state.update((state) => ({ ...state, registries }));
    const { architecture } = plan;
    rememberBuilder(ports, {
      driver,
      removal,
      architecture,
      endpoints,
      exposed,
      buildctl,
      owner: owners.running,
    });
    const seconds = (performance.now() - begin) / 1000;
    return { driver, endpoints, exposed, buildctl, version, platforms, emulators, seconds };
  } catch (error) {
    // What keeps it from answering is in the error already.
    if (hasAnswered && !ports.signal.aborted) await showLog(session, ports);
    await discard(session, plan, earlier, ports);
    throw error;
  }
}

/** A daemon that an earlier setup of this job started in another way would be forgotten, and so never removed. */
async function removeOther(
  { daemon }: SetupPlan,
  earlier: BuilderState | undefined,
  ports: Ports,
): Promise<void> {
  const removal = earlier?.removal ?? { kind: "none" };
  if (removal.kind === "none") return;
  const isSame =
    removal.kind === "process"
      ? daemon.driver === "process" && daemon.folder === removal.root
      : "container" in daemon &&
        daemon.container.engine === removal.engine &&
        daemon.container.name === removal.name;
  if (isSame) return;
  try {
    await removeDaemon(removal, { exec: ports.exec, job: ports.state.read().job });
    ports.log.info("removed the BuildKit daemon that this job had before");
  } catch (error) {
    if (ports.signal.aborted) throw error;
    ports.log.warning(
      `the BuildKit daemon that this job had before could not be removed: ${describeError(error)}`,
    );
  }
}

function rememberBuilder(
  ports: Ports,
  builder: Omit<BuilderState, "endpoints" | "exposed" | "owner"> & {
    readonly endpoints?: readonly Endpoint[];
    readonly exposed?: Endpoint | undefined;
    readonly owner: Owner | undefined;
  },
): void {
  const { exposed, owner, ...rest } = builder;
  ports.state.update((state) => ({
    ...state,
    builder: {
      endpoints: state.builder?.endpoints ?? [],
      ...rest,
      ...(exposed === undefined ? {} : { exposed }),
      ...(owner === undefined ? {} : { owner }),
    },
  }));
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}

/** Waits for all even when one fails, so that nothing is still starting while the clean-up runs. */
async function allOrFirstFailure<T extends readonly unknown[]>(
  work: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

async function timed<T>(ports: Ports, what: string, work: () => Promise<T>): Promise<T> {
  const begin = performance.now();
  const result = await work();
  ports.log.info(`${what} (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
  return result;
}

/** The buildctl of this setup: of the same archive as the daemon where that is a process. */
async function obtainClient(
  plan: SetupPlan,
  session: DaemonSession,
  prepared: Promise<void>,
  programs: () => Promise<ReleasePrograms>,
  ports: Ports,
): Promise<ProvidedBuildctl> {
  if (plan.driver === "process" && plan.buildctl.ownPath === "") {
    const { paths } = await programs();
    return { path: paths["buildctl"] ?? "", version: plan.buildctl.version };
  }
  const { copyBuildctl } = session;
  const copy =
    copyBuildctl === undefined
      ? undefined
      : async (target: string): Promise<void> => {
          await prepared;
          await copyBuildctl(target);
        };
  return provideBuildctl(plan.buildctl, plan.folder, copy, ports);
}

/** What an earlier setup proved in this container, and what has just run on its kernel, needs no second trip into it. */
function knownPlace(plan: SetupPlan): ProofPlace | undefined {
  const { emulation } = plan;
  if (!isReused(plan) || emulation === undefined || !emulation.isLocal) return undefined;
  const { facts, plan: planned } = emulation;
  const isThere = planned.platforms.every(({ kind }) => kind === "native" || kind === "registered");
  return isThere && planned.register === undefined ? { kind: "known", proofs: facts.proofs } : undefined;
}

/**
 * What can be built, own platform first, and how. What we run ourselves counts for more than BuildKit's list, which is up
 * to 20 s old (CacheMaxAge in its util/archutil) and knows nothing of its own QEMU.
 */
async function provePlatforms(
  plan: SetupPlan,
  emulation: EmulationPlan | undefined,
  daemon: {
    readonly endpoints: readonly Endpoint[];
    readonly buildctl: string;
    readonly place: (() => Promise<ProofPlace>) | undefined;
  },
  ports: Ports,
): Promise<Pick<SetupResult, "platforms" | "emulators">> {
  const { buildctl, endpoints, place } = daemon;
  const probed = probeEndpoints(endpoints, { buildctl, exec: ports.exec, signal: ports.signal });
  const workers = probed.then((nodes) => nodes.flatMap(({ platforms }) => platforms));
  if (plan.emulation === undefined || emulation === undefined || place === undefined) {
    const listed = await workers;
    requireListed(plan.platforms, listed);
    return { platforms: listed, emulators: {} };
  }
  const proved = await provePlanned(
    plan.emulation,
    emulation,
    knownPlace(plan) ?? (await place()),
    workers,
    ports,
  );
  const running = proved.filter(({ proof }) => proof.runs || proof.reason === "not tried");
  const [own, ...listed] = await workers;
  const all = [...(own === undefined ? [] : [own]), ...running.map(({ platform }) => platform), ...listed];
  return {
    platforms: all.filter((one, index) => all.findIndex((other) => samePlatform(one, other)) === index),
    emulators: Object.fromEntries(
      running.map(({ emulator, interpreter, platform }) => [
        formatPlatform(platform),
        { emulator, ...(interpreter === undefined ? {} : { interpreter }) },
      ]),
    ),
  };
}

async function showLog(session: DaemonSession, { log }: Ports): Promise<void> {
  const text = neutralise(await session.log());
  if (text !== "") log.group("the log of BuildKit:", text.split("\n"));
}

/** Undoes what was done; not stopped by a cancellation. A daemon that was there before stays as it was. */
async function discard(
  session: DaemonSession,
  plan: SetupPlan,
  earlier: BuilderState | undefined,
  ports: Ports,
): Promise<void> {
  try {
    if (!isReused(plan)) {
      await session.discard();
      await rm(plan.folder, { recursive: true, force: true });
    }
    const kept = isReused(plan) && earlier !== undefined ? { builder: earlier } : {};
    ports.state.update(({ builder: _, ...state }) => ({ ...state, ...kept }));
  } catch (error) {
    ports.log.warning(`BuildKit could not be removed: ${describeError(error)}`);
  }
}

function isReused({ daemon }: SetupPlan): boolean {
  return "existing" in daemon && daemon.existing === "use";
}

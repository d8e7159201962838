import { rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { DriverName, Endpoint } from "../../buildkit/drivers/driver.ts";
import { probeEndpoints } from "../../buildkit/drivers/remote.ts";
import { dockerRunAdvice } from "../../container-engine.ts";
import { describeError, WorkError } from "../../errors.ts";
import { ExecError } from "../../exec.ts";
import type { Platform } from "../../oci/platform.ts";
import { formatPlatform, samePlatform } from "../../oci/platform.ts";
import type { Owner } from "../../owner.ts";
import type { BuilderState } from "../../state.ts";
import type { Ports } from "../step.ts";
import type { DaemonSession } from "./daemon.ts";
import { openDaemon } from "./daemon.ts";
import type { SetupPlan } from "./plan.ts";
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
  readonly seconds: number;
}

const staleMilliseconds = 21_000;

/** Emulators, daemon and buildctl at the same time; when one of them fails, the daemon is removed again. */
export async function executeSetup(plan: SetupPlan, ports: Ports): Promise<SetupResult> {
  const begin = performance.now();
  const { owners, registries } = plan;
  ports.log.info(`driver ${plan.driver}: ${plan.why}`);
  const programs = once(() => obtainPrograms(plan.buildctl, "buildkit", ports));
  const { driver } = plan;
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
  try {
    const registered = timed(ports, "emulators registered", () => registerEmulators(plan, ports));
    const prepared = session.prepare();
    const started = timed(ports, "BuildKit answers", async () => {
      // The daemon looks for emulators as it starts, and trusts what it saw for a while.
      await Promise.all([registered, prepared]);
      return session.start();
    });
    const client = timed(ports, "buildctl ready", async () => {
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
    });
    const [{ path: buildctl, version }, endpoints] = await allOrFirstFailure([
      client,
      started,
      registered,
      session.reap(),
    ]);
    const exposed = await session.exposed();
    const platforms = await awaitPlatforms(plan, buildctl, endpoints, ports);
    requirePlatforms(plan, platforms);
    const { removal = { kind: "none" as const } } = ports.state.read().builder ?? {};
    ports.state.update((state) => ({ ...state, registries }));
    rememberBuilder(ports, { driver, removal, endpoints, exposed, buildctl, owner: owners.running });
    const seconds = (performance.now() - begin) / 1000;
    return { driver, endpoints, exposed, buildctl, version, platforms, seconds };
  } catch (error) {
    await discard(session, plan, ports);
    throw error;
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
async function allOrFirstFailure<T extends readonly Promise<unknown>[]>(
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

async function registerEmulators({ register }: SetupPlan, ports: Ports): Promise<void> {
  if (register === undefined) return;
  ports.log.info(`registering emulators with ${register.image}`);
  try {
    const { stdout, stderr } = await ports.exec(register.command);
    ports.log.debug(`${stdout}${stderr}`.trim());
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
    throw new WorkError(`the emulators could not be registered with ${register.image}`, {
      cause: error,
      fix: dockerRunAdvice(error.stderr),
    });
  }
}

/**
 * What the daemon can build. It answers from what it saw up to 20 s ago (CacheMaxAge in its util/archutil), so a daemon
 * that ran before the emulators were registered is asked again until then.
 */
async function awaitPlatforms(
  plan: SetupPlan,
  buildctl: string,
  endpoints: readonly Endpoint[],
  ports: Ports,
): Promise<readonly Platform[]> {
  const mayBeStale =
    plan.register !== undefined && "existing" in plan.daemon && plan.daemon.existing === "use";
  const end = performance.now() + (mayBeStale ? staleMilliseconds : 0);
  for (;;) {
    const probed = await probeEndpoints(endpoints, { buildctl, exec: ports.exec, signal: ports.signal });
    const platforms = probed.flatMap(({ platforms }) => platforms);
    if (missingPlatforms(plan, platforms).length === 0 || performance.now() > end) return platforms;
    ports.log.debug("the daemon does not know of the new emulators yet");
    await delay(1000);
  }
}

function requirePlatforms(plan: SetupPlan, available: readonly Platform[]): void {
  const missing = plan.platforms.filter(
    (wanted) => !available.some((platform) => canBuild(platform, wanted)),
  );
  if (missing.length === 0) return;
  throw new WorkError(
    `BuildKit can't run programs for ${missing.map(formatPlatform).join(", ")} here; it can for ` +
      available.map(formatPlatform).join(", "),
    {
      fix:
        "the emulation image has no emulator for it, an old one is registered, or binfmt_misc is not mounted on the " +
        "machine: try --emulation binfmt or another --binfmt-image, or run " +
        "mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc",
    },
  );
}

function missingPlatforms(plan: SetupPlan, available: readonly Platform[]): readonly Platform[] {
  return plan.platforms.filter((wanted) => !available.some((platform) => canBuild(platform, wanted)));
}

/** An arm machine or emulator that runs v7 runs the variants below it, too. */
function canBuild(available: Platform, wanted: Platform): boolean {
  if (samePlatform(available, wanted)) return true;
  const older = (platform: Platform): number => Number(platform.variant?.slice(1) ?? 0);
  return (
    wanted.architecture === "arm" &&
    available.architecture === "arm" &&
    available.os === wanted.os &&
    older(wanted) <= older(available)
  );
}

/** Undoes what was done, with the daemon's last words when it is of use; not stopped by a cancellation. */
async function discard(session: DaemonSession, plan: SetupPlan, ports: Ports): Promise<void> {
  try {
    await session.discard();
    await rm(plan.folder, { recursive: true, force: true });
    ports.state.update(({ builder: _, ...state }) => state);
  } catch (error) {
    ports.log.warning(`BuildKit could not be removed: ${describeError(error)}`);
  }
}

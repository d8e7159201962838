import { chmod, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { obtainBuildctl, ReleaseUnavailableError } from "../../buildkit/buildctl-download.ts";
import { createDaemon, removeCommand, startDaemon } from "../../buildkit/drivers/docker-container.ts";
import { probeWorkers } from "../../buildkit/workers.ts";
import { dockerRunAdvice } from "../../docker.ts";
import { describeError, WorkError } from "../../errors.ts";
import { exec as plainExec, ExecError } from "../../exec.ts";
import type { Platform } from "../../oci/platform.ts";
import { formatPlatform, samePlatform } from "../../oci/platform.ts";
import { createTools } from "../../tools.ts";
import type { Ports } from "../step.ts";
import type { SetupPlan } from "./plan.ts";

export interface SetupResult {
  readonly address: string;
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
  const { daemon, address } = plan;
  // Known before it exists, so that a teardown finds it even if this process is killed.
  ports.state.update((state) => ({ ...state, builder: { container: daemon.name, address } }));
  try {
    const registered = timed(ports, "emulators registered", () => registerEmulators(plan, ports));
    const created = createDaemon(daemon.image, plan.create ?? [], ports.exec);
    const started = timed(ports, "BuildKit answers", async () => {
      // The daemon looks for emulators as it starts, and trusts what it saw for a while.
      await Promise.all([registered, created]);
      if (plan.create !== undefined) await startDaemon(daemon, ports.exec);
    });
    const client = timed(ports, "buildctl ready", () => provideBuildctl(plan, created, ports));
    const [buildctl] = await allOrFirstFailure([client, registered, started]);
    const platforms = await awaitPlatforms(plan, buildctl, ports);
    requirePlatforms(plan, platforms);
    ports.state.update((state) => ({ ...state, builder: { container: daemon.name, address, buildctl } }));
    const { version } = plan.buildctl;
    return { address, buildctl, version, platforms, seconds: (performance.now() - begin) / 1000 };
  } catch (error) {
    await discardDaemon(plan, ports);
    throw error;
  }
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

async function provideBuildctl(plan: SetupPlan, created: Promise<void>, ports: Ports): Promise<string> {
  const { asset, version, arch, fitsContainer } = plan.buildctl;
  if (asset !== undefined) {
    try {
      return await obtainBuildctl(asset, { version, arch, tools: createTools(ports.env) });
    } catch (error) {
      if (!(error instanceof ReleaseUnavailableError) || !fitsContainer) throw error;
      ports.log.warning(`${describeError(error)}\nbuildctl is copied out of the BuildKit container instead`);
    }
  } else if (!fitsContainer) {
    throw new WorkError(`BuildKit ${version} has no buildctl for ${process.platform} on ${arch}`);
  }
  await created;
  const program = join(dirname(ports.state.path), `multiarch-${plan.daemon.job}`, "buildctl");
  await mkdir(dirname(program), { recursive: true, mode: 0o700 });
  await ports.exec({ program: "docker", args: ["cp", `${plan.daemon.name}:/usr/bin/buildctl`, program] });
  await chmod(program, 0o755);
  return program;
}

/**
 * What the daemon can build. It answers from what it saw up to 20 s ago (CacheMaxAge in its util/archutil), so a daemon
 * that ran before the emulators were registered is asked again until then.
 */
async function awaitPlatforms(plan: SetupPlan, buildctl: string, ports: Ports): Promise<readonly Platform[]> {
  const mayBeStale = plan.register !== undefined && plan.create === undefined;
  const end = performance.now() + (mayBeStale ? staleMilliseconds : 0);
  for (;;) {
    const platforms = await probeWorkers(buildctl, plan.address, ports.exec);
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

async function discardDaemon(plan: SetupPlan, ports: Ports): Promise<void> {
  try {
    // Not stopped by the cancellation that may have brought us here.
    await plainExec(removeCommand(plan.daemon.name));
    ports.state.update(({ builder: _, ...state }) => state);
  } catch (error) {
    ports.log.warning(`the container ${plan.daemon.name} could not be removed: ${describeError(error)}`);
  }
}

import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { useOwnBuildctl } from "../../buildkit/own-buildctl.ts";
import type { ReleasePrograms } from "../../buildkit/release-programs.ts";
import { obtainReleasePrograms, ReleaseUnavailableError } from "../../buildkit/release-programs.ts";
import type { ReleaseAsset } from "../../buildkit/release.ts";
import { describeError, WorkError } from "../../errors.ts";
import { createTools } from "../../tools.ts";
import type { Ports } from "../step.ts";

/** Where buildctl comes from. */
export interface BuildctlPlan {
  /** `v0.32.2` */
  readonly version: string;
  /** Node's `process.arch`. */
  readonly arch: string;
  /** Undefined where the release has no build for this machine. */
  readonly asset: ReleaseAsset | undefined;
  /** What the user says the archive's digest is, "" for nothing. */
  readonly sha256: string;
  readonly allowUnverified: boolean;
  /** A buildctl of the user's, "" for none. */
  readonly ownPath: string;
  /** Whether the daemon's own buildctl would run here. */
  readonly fitsContainer: boolean;
}

/** A buildctl on this machine, and its version. */
export interface ProvidedBuildctl {
  readonly path: string;
  readonly version: string;
}

/**
 * The user's own, or the release's, or, when the release can't be reached, what `copyFromContainer` puts at the path that it
 * is given in `folder`.
 */
export async function provideBuildctl(
  plan: BuildctlPlan,
  folder: string,
  copyFromContainer: ((target: string) => Promise<void>) | undefined,
  ports: Ports,
): Promise<ProvidedBuildctl> {
  const { asset, fitsContainer, ownPath, version } = plan;
  if (ownPath !== "") return useOwnBuildctl(ownPath, ports);
  const canCopy = copyFromContainer !== undefined && fitsContainer;
  if (asset !== undefined) {
    try {
      const { paths } = await obtainPrograms(plan, "buildctl", ports);
      return { path: paths["buildctl"] ?? "", version };
    } catch (error) {
      if (!(error instanceof ReleaseUnavailableError) || !canCopy) throw error;
      ports.log.warning(`${describeError(error)}\nbuildctl is copied out of the BuildKit container instead`);
    }
  }
  if (!canCopy) {
    throw new WorkError(`BuildKit ${version} has no buildctl for ${process.platform} on ${plan.arch}`, {
      fix: "name one that you have with buildctl-path",
    });
  }
  const path = join(folder, "buildctl");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await copyFromContainer(path);
  await chmod(path, 0o755);
  return { path, version };
}

/** Programs of the release: buildctl alone, or all that a daemon needs. */
export function obtainPrograms(
  plan: BuildctlPlan,
  set: "buildctl" | "buildkit",
  { env, log, signal }: Ports,
): Promise<ReleasePrograms> {
  const { allowUnverified, arch, asset, sha256, version } = plan;
  if (asset === undefined) {
    throw new WorkError(`BuildKit ${version} has no build for ${process.platform} on ${arch}`);
  }
  const tools = createTools(env, { log, signal });
  return obtainReleasePrograms(asset, { set, version, arch, tools, sha256, allowUnverified, log });
}

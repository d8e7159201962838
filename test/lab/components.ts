import { mountBinfmtMisc, restoreBinfmtMisc } from "./binfmt-misc.ts";
import { stopDaemon } from "./daemon.ts";
import { unpackBusybox, unpackDebian, unpackGit, unpackRootless, unpackSsh } from "./debian.ts";
import { startEngine, stopEngine } from "./engine.ts";
import { buildBuildkit, buildBuildx, buildRegistryTools, buildPrograms, downloadBuildkit } from "./go.ts";
import { busyboxPlatforms, provideImage } from "./images.ts";
import type { Lab } from "./lab.ts";
import { providePodman, removePodman } from "./podman.ts";
import { startRegistry, startRegistryAuth } from "./registry.ts";
import { packReleases, startReleaseServer } from "./releases.ts";

export interface Component {
  readonly name: string;
  readonly needs: readonly string[];
  /** Only brought up when it is asked for. */
  readonly extra?: true;
  /** Does what is missing; false when nothing was. */
  up(lab: Lab): Promise<boolean>;
  /** Undoes what is not just files of the lab's own. */
  down?(lab: Lab): Promise<void>;
}

const foreign = busyboxPlatforms.map(({ debian }) => debian);
const binfmtNeeds = ["packages", "programs", "registry"];
const buildkitNeeds = ["packages", "programs", "buildkit", "registry"];

/** All of the lab. Up goes by what needs what, as much as possible at a time; down goes from the last to the first. */
export const components: readonly Component[] = [
  { name: "packages", needs: [], up: unpackDebian },
  { name: "foreign packages", needs: [], up: (lab) => unpackBusybox(lab, foreign) },
  { name: "git packages", needs: [], up: unpackGit },
  { name: "programs", needs: [], up: buildPrograms },
  { name: "buildkit modules", needs: [], up: downloadBuildkit },
  // After the programs, which the engine waits for; both compile Go's own library, and only the first has to.
  { name: "buildkit", needs: ["buildkit modules", "programs"], up: buildBuildkit },
  { name: "binfmt_misc", needs: [], up: mountBinfmtMisc, down: restoreBinfmtMisc },
  { name: "registry", needs: ["packages"], up: startRegistry, down: (lab) => stopDaemon(lab, "registry") },
  {
    name: "registry with credentials",
    needs: ["packages"],
    up: startRegistryAuth,
    down: (lab) => stopDaemon(lab, "registry-auth"),
  },
  { name: "engine", needs: ["packages", "programs"], up: startEngine, down: stopEngine },
  { name: "image linuxkit/binfmt", needs: binfmtNeeds, up: (lab) => provideImage(lab, "linuxkitBinfmt") },
  { name: "image tonistiigi/binfmt", needs: binfmtNeeds, up: (lab) => provideImage(lab, "tonistiigiBinfmt") },
  {
    name: "image library/busybox",
    needs: ["packages", "foreign packages", "registry"],
    up: (lab) => provideImage(lab, "busybox"),
  },
  {
    name: "image moby/buildkit",
    needs: [...buildkitNeeds, "git packages"],
    up: (lab) => provideImage(lab, "buildkit"),
  },
  { name: "image docker/dockerfile", needs: buildkitNeeds, up: (lab) => provideImage(lab, "dockerfile") },
  { name: "release files", needs: ["packages", "buildkit"], up: packReleases },
  {
    name: "release server",
    needs: ["programs", "release files"],
    up: startReleaseServer,
    down: (lab) => stopDaemon(lab, "releases"),
  },
  { name: "ssh", needs: [], extra: true, up: unpackSsh },
  { name: "rootless", needs: [], extra: true, up: unpackRootless },
  {
    name: "podman",
    needs: ["packages", "programs", "engine", "registry"],
    extra: true,
    up: providePodman,
    down: removePodman,
  },
  { name: "buildx", needs: ["buildkit"], extra: true, up: buildBuildx },
  { name: "registry-tools", needs: ["buildkit"], extra: true, up: buildRegistryTools },
];

/** Brings all components up; the first failure stops the others. */
export async function bringUp(lab: Lab, extras: readonly string[] = []): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(lab.signal === undefined ? [] : [lab.signal])]);
  const stoppable: Lab = { ...lab, signal };
  const running = new Map<string, Promise<void>>();
  for (const component of components) {
    if (component.extra && !extras.includes(component.name)) continue;
    const needs = component.needs.map(
      (name) => running.get(name) ?? Promise.reject(new Error(`no component ${name}`)),
    );
    const up = bringUpOne(component, stoppable, needs);
    up.catch((error: unknown) => failed.abort(error));
    running.set(component.name, up);
  }
  const ends = await Promise.allSettled(running.values());
  if (ends.some((end) => end.status === "rejected")) throw signal.reason;
}

async function bringUpOne(component: Component, lab: Lab, needs: readonly Promise<void>[]): Promise<void> {
  await Promise.all(needs);
  lab.signal?.throwIfAborted();
  const started = performance.now();
  const changed = await component.up(lab);
  if (changed) lab.log(`${component.name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** Takes down what is up; a failure does not keep the others up. */
export async function takeDown(lab: Lab): Promise<void> {
  const failures: unknown[] = [];
  for (const component of components.toReversed()) {
    try {
      await component.down?.(lab);
    } catch (error) {
      failures.push(error);
      lab.log(`${component.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} parts of the lab did not go down`);
}

import { createHash, randomBytes } from "node:crypto";
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { WorkError } from "./errors.ts";
import type { Env } from "./inputs/parse.ts";
import type { Annotation } from "./buildkit/annotation.ts";
import type { DriverName, Endpoint, Removal } from "./buildkit/drivers/driver.ts";
import type { Descriptor } from "./oci/descriptor.ts";
import type { Digest } from "./oci/digest.ts";
import type { Owner } from "./owner.ts";
import type { RegistryTrust } from "./registry/trust.ts";

/** What the steps of one job know of each other. It holds no secret. */
export interface State {
  readonly version: 1;
  /** The value of the label `multiarch` on all that this job creates. */
  readonly job: string;
  readonly builder?: BuilderState;
  /** Repository to the images that were built for it, one per platform. */
  readonly builds: Readonly<Record<string, readonly BuiltDescriptor[]>>;
  /** What build was told to put on the index and on its descriptors. */
  readonly annotations?: readonly Annotation[];
  /** How registries are reached, with absolute paths. */
  readonly registries?: readonly RegistryTrust[];
}

/** What build pushed. */
export type BuiltDescriptor = Descriptor & {
  /** Digest of the image's config, where BuildKit told it: publishing then need not ask the registry for it. */
  readonly configDigest?: Digest;
};

/** The BuildKit that setup started or found. */
export interface BuilderState {
  readonly driver: DriverName;
  /** Where it answers; empty until it does. */
  readonly endpoints: readonly Endpoint[];
  /** The same daemon for others, on TCP. */
  readonly exposed?: Endpoint;
  readonly removal: Removal;
  /** Of the daemon's machine, in Go's words. */
  readonly architecture?: string;
  /** Absolute path of the buildctl that fits the daemon; missing until setup has it. */
  readonly buildctl?: string;
  /** What the daemon lives for: the setup that is starting it, then the job, where its process is known. */
  readonly owner?: Owner;
}

/** The state as a file; `update` replaces it as a whole. */
export interface StateStore {
  readonly path: string;
  readonly read: () => State;
  readonly update: (change: (state: State) => State) => void;
  readonly remove: () => void;
}

/** Where the state of this job is: `MULTIARCH_STATE`, the runner's temp folder, or the user's, by working directory. */
export function statePath(env: Env, cwd: string): string {
  const given = env["MULTIARCH_STATE"];
  if (given !== undefined && given !== "") return given;
  const runnerTemp = env["RUNNER_TEMP"];
  if (env["GITHUB_ACTIONS"] === "true" && runnerTemp !== undefined && runnerTemp !== "") {
    return join(runnerTemp, "multiarch.json");
  }
  const { uid, username } = userInfo();
  const folder = env["XDG_RUNTIME_DIR"] || join(tmpdir(), `multiarch-${uid === -1 ? username : uid}`);
  const key = createHash("sha256").update(cwd).digest("hex").slice(0, 16);
  return join(folder, `multiarch-${key}.json`);
}

/** A folder beside the state for what the job needs on disk: mode 0700, removed by teardown. */
export function jobFolder(statePath: string, job: string): string {
  return join(dirname(statePath), `multiarch-${job}`);
}

/** Reads the state that another job left; undefined when it is gone or can't be read. */
export function peekState(path: string): State | undefined {
  try {
    return readState(path);
  } catch {
    return undefined;
  }
}

/** Opens the state at `path`; with `dryRun` changes stay in memory. */
export function openState(path: string, options: { readonly dryRun: boolean }): StateStore {
  let memory: State | undefined;
  // One name for the whole run, also before the first update has written it.
  const fresh: State = { version: 1, job: randomBytes(6).toString("hex"), builds: {} };
  const read = (): State => memory ?? readState(path) ?? fresh;
  return {
    path,
    read,
    update: (change) => {
      const next = change(read());
      if (options.dryRun) memory = next;
      else writeState(path, next);
    },
    remove: () => {
      memory = undefined;
      if (!options.dryRun) rmSync(path, { force: true });
    },
  };
}

function readState(path: string): State | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new WorkError(`the state file ${path} can't be read`, { cause: error });
  }
  try {
    const state = JSON.parse(text) as { readonly version?: unknown };
    if (state.version === 1) return state as State;
  } catch {
    // Said below, together with a version that we do not know.
  }
  throw new WorkError(`the state file ${path} was not written by this version of multiarch`, {
    fix: `remove ${path}, or name another file with MULTIARCH_STATE`,
  });
}

function writeState(path: string, state: State): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  refuseForeignFolder(folder);
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(draft, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new WorkError(`the state file ${path} can't be written`, {
      cause: error,
      fix: "name another place for it with MULTIARCH_STATE",
    });
  }
}

/** In a shared temp folder somebody else could have made ours first, to read or to swap what we write. */
function refuseForeignFolder(folder: string): void {
  const { uid } = userInfo();
  const stat = lstatSync(folder);
  if (folder.startsWith(join(tmpdir(), "multiarch-")) && uid !== -1 && stat.uid !== uid) {
    throw new WorkError(`${folder} belongs to another user`, {
      fix: "name another place for the state with MULTIARCH_STATE",
    });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

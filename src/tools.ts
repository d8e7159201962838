import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { explainWriteError } from "./disk.ts";
import type { DownloadOptions, Downloads } from "./download.ts";
import { createDownloads } from "./download.ts";
import { withLock } from "./lock.ts";
import type { Env } from "./inputs/parse.ts";

/** A tool by its name, exact version (`0.32.2`) and architecture in the cache. */
export interface ToolKey {
  readonly tool: string;
  readonly version: string;
  readonly arch: string;
}

/** The runner's tool cache and its downloads. */
export interface Tools {
  /** Where a tool is kept, whether it is there or not. */
  readonly folderOf: (key: ToolKey) => string;
  /** The folder of a cached tool, or undefined. */
  readonly find: (key: ToolKey) => string | undefined;
  /** Keeps what is in a folder, in the place of what was cached; gives the folder where it is now. */
  readonly keep: (key: ToolKey, folder: string) => Promise<string>;
  /** Removes a tool from the cache. */
  readonly forget: (key: ToolKey) => Promise<void>;
  /** Does the work while no other process of this machine does work for the same tool. */
  readonly exclusively: <T>(key: ToolKey, work: () => Promise<T>) => Promise<T>;
  /** Does the work with a folder that is this user's alone and is removed after it. */
  readonly inTemporaryFolder: <T>(work: (folder: string) => Promise<T>) => Promise<T>;
  /** Does the work with connections that are closed after it. */
  readonly downloading: <T>(work: (downloads: Downloads) => Promise<T>) => Promise<T>;
}

/** Longer than any download may take. */
const lockMilliseconds = 40 * 60_000;
const silent: DownloadOptions["log"] = { debug: () => {}, info: () => {}, warning: () => {} };

/** @actions/tool-cache, usable off GitHub: with folders of the user's, and silent on stdout. */
export function createTools(env: Env, options: Partial<Omit<DownloadOptions, "env">> = {}): Tools {
  const { log = silent, signal, clock } = options;
  const root = resolve(
    env["RUNNER_TOOL_CACHE"] ||
      join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "multiarch", "tools"),
  );
  const folderOf = ({ tool, version, arch }: ToolKey): string => join(root, tool, version, arch);
  const quietly = async <T>(work: () => Promise<T>): Promise<T> =>
    env["GITHUB_ACTIONS"] === "true" ? work() : withoutStdout(work);
  const writing = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw await explainWriteError(error, path);
    }
  };
  const forget = async (key: ToolKey): Promise<void> => {
    const folder = folderOf(key);
    await rm(`${folder}.complete`, { force: true });
    await rm(folder, { recursive: true, force: true });
  };
  return {
    folderOf,
    // This is what tool-cache's own find does for an exact version; loading it takes longer than all of a warm setup.
    find: (key) => {
      const folder = folderOf(key);
      return existsSync(folder) && existsSync(`${folder}.complete`) ? folder : undefined;
    },
    keep: (key, folder) =>
      writing(folderOf(key), async () => {
        // tool-cache hides why it can't be made.
        await mkdir(dirname(folderOf(key)), { recursive: true });
        const { cacheDir } = await import("@actions/tool-cache");
        try {
          return await quietly(() =>
            withToolCache(root, () => cacheDir(folder, key.tool, key.version, key.arch)),
          );
        } catch (error) {
          await forget(key).catch(() => {});
          throw error;
        }
      }),
    forget,
    exclusively: (key, work) => {
      const name = createHash("sha256").update(folderOf(key)).digest("hex").slice(0, 16);
      return withLock(`tool-${name}`, work, {
        milliseconds: lockMilliseconds,
        onWait: (owner) => log.info(`waiting for ${owner}, which is getting ${key.tool}`),
        ...(signal === undefined ? {} : { signal }),
      });
    },
    inTemporaryFolder: async (work) => {
      const parent = env["RUNNER_TEMP"] || tmpdir();
      const folder = await writing(join(parent, `multiarch-tools-${randomUUID()}`), async () => {
        await mkdir(parent, { recursive: true });
        return mkdtemp(join(parent, "multiarch-tools-"));
      });
      try {
        return await work(folder);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    downloading: async (work) => {
      const downloads = createDownloads({ env, log, signal, clock });
      try {
        return await work(downloads);
      } finally {
        await downloads.close();
      }
    },
  };
}

/** tool-cache reads its folder from the process; nobody else is to see what we put there. */
async function withToolCache<T>(root: string, work: () => Promise<T>): Promise<T> {
  const before = process.env["RUNNER_TOOL_CACHE"];
  process.env["RUNNER_TOOL_CACHE"] = root;
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env["RUNNER_TOOL_CACHE"];
    else process.env["RUNNER_TOOL_CACHE"] = before;
  }
}

let muted = 0;

/** Off GitHub stdout belongs to results, and @actions/core writes `::debug::` lines there. */
async function withoutStdout<T>(work: () => Promise<T>): Promise<T> {
  if (muted === 0) process.stdout.write = () => true;
  muted += 1;
  try {
    return await work();
  } finally {
    muted -= 1;
    // Uncovers the method that the stream's class has.
    if (muted === 0) Reflect.deleteProperty(process.stdout, "write");
  }
}

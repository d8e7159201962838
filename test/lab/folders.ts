import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Environment } from "./lab.ts";

/** Where everything of the lab is. `cache` outlives the lab, `run` is the lab that is up. */
export interface Folders {
  readonly home: string;
  readonly cache: string;
  readonly run: string;
}

// The kernel's limit for the path of a unix socket, and the longest one that the engine makes below `run`.
const longestSocket = 107;
const longestName = "docker/exec/libnetwork/0123456789ab.sock";

export function labFolders(env: Environment): Folders {
  const caches = env["XDG_CACHE_HOME"] || join(env["HOME"] || homedir(), ".cache");
  const home = resolve(env["MULTIARCH_LAB_HOME"] || join(caches, "multiarch-lab"));
  const run = join(home, "run");
  if (join(run, longestName).length > longestSocket) {
    throw new Error(`${home} is too long a path for unix sockets: set MULTIARCH_LAB_HOME to a shorter one`);
  }
  return { home, cache: join(home, "cache"), run };
}

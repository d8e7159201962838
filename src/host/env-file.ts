import { appendFileSync } from "node:fs";
import { WorkError } from "../errors.ts";
import type { Env } from "../inputs/parse.ts";

/**
 * The file that a user names for values that later steps are to have: `MULTIARCH_ENV_FILE`, or the setting `env_file` of a
 * Drone or Woodpecker plugin. There is none by default, because it would lie in the build context.
 */
export function namedEnvFile(env: Env): string | undefined {
  return env["MULTIARCH_ENV_FILE"] || env["PLUGIN_ENV_FILE"];
}

/** Appends to a file that later steps read, if there is one. Throws a WorkError when that can't be done. */
export function appendToEnvFile(path: string | undefined, lines: string): void {
  if (path === undefined || path === "" || lines === "") return;
  try {
    appendFileSync(path, lines);
  } catch (error) {
    throw new WorkError(`the values for later steps could not be written to ${path}`, {
      cause: error,
      fix: "see to it that the file can be written",
    });
  }
}

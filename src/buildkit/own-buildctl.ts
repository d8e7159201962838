import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { WorkError } from "../errors.ts";
import type { Exec } from "../exec.ts";
import { ExecError } from "../exec.ts";

/** A buildctl of the user's, checked: it is there, may be run, and says which version it is (`v0.32.2`). */
export async function useOwnBuildctl(
  path: string,
  { cwd, exec }: { readonly cwd: string; readonly exec: Exec },
): Promise<{ readonly path: string; readonly version: string }> {
  const program = resolve(cwd, path);
  const wrong = (why: string, fix: string, cause?: unknown): WorkError =>
    new WorkError(`buildctl-path: ${program} ${why}`, { fix, cause });
  const found = await stat(program).catch(() => undefined);
  if (found === undefined) throw wrong("is not there", "check the path, or leave buildctl-path out");
  if (!found.isFile()) throw wrong("is not a file", "name the program itself, not its folder");
  try {
    await access(program, constants.X_OK);
  } catch (error) {
    throw wrong("may not be run", `chmod +x ${program}`, error);
  }
  let said: string;
  try {
    said = (await exec({ program, args: ["--version"] })).stdout;
  } catch (error) {
    if (!(error instanceof WorkError)) throw error;
    const cause = error instanceof ExecError ? error : error.cause;
    throw wrong("does not run here", "is it built for this machine's architecture?", cause);
  }
  // `buildctl github.com/moby/buildkit v0.32.2 9a9b4b1`
  const [, version] = /^buildctl\s+\S+\s+(\S+)/m.exec(said) ?? [];
  if (version === undefined) {
    throw wrong(`is not buildctl: it answers ${JSON.stringify(said.trim().slice(0, 100))}`, "check the path");
  }
  return { path: program, version };
}

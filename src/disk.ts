import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { WorkError } from "./errors.ts";

/** What a failed write means, with the free space where the disk is full; other errors stay as they are. */
export async function explainWriteError(error: unknown, path: string): Promise<unknown> {
  if (error instanceof WorkError || !(error instanceof Error) || !("code" in error)) return error;
  if (error.code === "ENOSPC" || error.code === "EDQUOT") {
    return new WorkError(`the disk is full: ${path} could not be written, ${await freeSpace(path)}`, {
      cause: error,
      fix: "free some space, or set RUNNER_TEMP and RUNNER_TOOL_CACHE to folders on another disk",
    });
  }
  if (["EACCES", "EPERM", "EROFS", "ENOTDIR"].includes(String(error.code))) {
    return new WorkError(`${path} can't be written`, {
      cause: error,
      fix: "set RUNNER_TEMP and RUNNER_TOOL_CACHE to folders that this user may write",
    });
  }
  return error;
}

async function freeSpace(path: string): Promise<string> {
  try {
    const { bavail, bsize } = await statfs(dirname(path));
    return `${bavail * bsize} bytes are free`;
  } catch {
    return "and its file system does not say how much is free";
  }
}

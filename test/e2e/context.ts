import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TestJob } from "./job.ts";

/** Writes files into a folder of the job's, such as a build context; gives the folder's path. */
export function writeContext(
  { folder }: Pick<TestJob, "folder">,
  name: string,
  files: Readonly<Record<string, string | readonly string[]>>,
): string {
  const context = join(folder, name);
  for (const [path, content] of Object.entries(files)) {
    const file = join(context, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : `${content.join("\n")}\n`);
  }
  return context;
}

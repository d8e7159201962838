import { rename, rm, writeFile } from "node:fs/promises";
import { explainWriteError } from "../../disk.ts";
import type { Descriptor } from "../../oci/descriptor.ts";

/** What publishing in another job reads. It is there whole or not at all. */
export async function writeDescriptors(path: string, descriptors: readonly Descriptor[]): Promise<void> {
  const draft = `${path}.${process.pid}`;
  try {
    await writeFile(draft, `${JSON.stringify(descriptors, undefined, 2)}\n`);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw await explainWriteError(error, path);
  }
}

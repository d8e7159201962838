import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { InputError } from "../../errors.ts";
import { type Descriptor, parseDescriptor } from "../../oci/descriptor.ts";
import { isJsonObject } from "../../oci/json.ts";

/** The descriptors in the output of build, or a single one. Throws an Error that says what is wrong. */
export function parseDescriptors(value: string): readonly Descriptor[] {
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch {
    throw new Error("this is not JSON");
  }
  const list: readonly unknown[] = Array.isArray(json) ? json : isJsonObject(json) ? [json] : [];
  if (list.length === 0) throw new Error("this is not a JSON array of descriptors");
  return list.map((item, index) => parseDescriptor(item, `descriptor ${index + 1}`));
}

/** Those in files, one after the other. Throws InputError naming the file. */
export function readDescriptorFiles(files: readonly string[], cwd: string): readonly Descriptor[] {
  return files.flatMap((file) => {
    try {
      return parseDescriptors(readFileSync(resolve(cwd, file), "utf8"));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new InputError(`descriptors-file: ${file}: ${why}`, { cause: error });
    }
  });
}

import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Inputs } from "../../inputs/field.ts";
import { missingRegistryFiles, repeatedPlatforms } from "../fields.ts";
import type { Ports } from "../step.ts";
import type { buildInputs } from "./inputs.ts";

/** The absolute paths of the build context and of the Dockerfile, which is relative to the working directory. */
export function buildPaths(
  inputs: Pick<Inputs<typeof buildInputs>, "context" | "file">,
  cwd: string,
): { readonly context: string; readonly file: string } {
  const context = resolve(cwd, inputs.context);
  return { context, file: inputs.file === "" ? join(context, "Dockerfile") : resolve(cwd, inputs.file) };
}

export function checkBuild(inputs: Inputs<typeof buildInputs>, { cwd, env }: Ports): string[] {
  const { context, file } = buildPaths(inputs, cwd);
  return [
    ...repeatedPlatforms("platforms", inputs.platforms),
    ...missingRegistryFiles(inputs.registries, cwd),
    ...checkPaths(inputs, context, file),
    ...inputs.buildArgs
      .filter((argument) => !argument.includes("=") && env[argument] === undefined)
      .map((name) => `build-args: ${name} has no value, and there is no environment variable ${name}`),
  ];
}

function checkPaths(inputs: Inputs<typeof buildInputs>, context: string, file: string): string[] {
  const contextStat = statSync(context, { throwIfNoEntry: false });
  if (contextStat === undefined) return [`context: there is no folder ${inputs.context} (${context})`];
  if (!contextStat.isDirectory()) return [`context: ${inputs.context} is not a folder`];
  const fileStat = statSync(file, { throwIfNoEntry: false });
  if (fileStat === undefined) {
    return [
      inputs.file === ""
        ? `file: there is no Dockerfile in ${inputs.context}; name it with file`
        : `file: there is no file ${inputs.file} (${file})`,
    ];
  }
  return fileStat.isFile() ? [] : [`file: ${inputs.file || file} is not a file`];
}

import { kebabCase } from "../inputs/field.ts";
import { buildInputs } from "./build/inputs.ts";
import { multiarchInputs } from "./multiarch/inputs.ts";
import { publishInputs } from "./publish-manifest/inputs.ts";
import { setupInputs } from "./setup/inputs.ts";

/** The kebab-case names of all inputs of all steps: one environment serves several steps. */
export function inputNames(): Set<string> {
  const tables = [setupInputs, buildInputs, publishInputs, multiarchInputs];
  return new Set(tables.flatMap((table) => Object.keys(table).map(kebabCase)));
}

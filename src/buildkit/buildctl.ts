import type { Command } from "../exec.ts";
import type { RegistryTrust } from "../registry/trust.ts";
import { authTlsArguments } from "../registry/trust.ts";
import type { Cache } from "./cache.ts";
import { formatCache } from "./cache.ts";
import { formatCsv } from "./csv.ts";
import type { Endpoint } from "./drivers/driver.ts";
import { endpointArguments } from "./drivers/endpoint.ts";
import type { Output } from "./output.ts";
import { formatOutput } from "./output.ts";
import type { Ssh } from "./ssh.ts";
import { formatSsh } from "./ssh.ts";

/** One run of `buildctl build` with the Dockerfile frontend. */
export interface Solve {
  readonly buildctl: string;
  readonly endpoint: Endpoint;
  /** Options of the frontend by name, such as `platform` or `build-arg:NAME`. */
  readonly options: Pairs;
  /** Folders that the daemon may read, by name: absolute paths. */
  readonly locals: Pairs;
  /** OCI layouts that the daemon may read, by id: absolute paths. */
  readonly ociLayouts: Pairs;
  readonly secrets: readonly SolveSecret[];
  readonly ssh: readonly Ssh[];
  readonly allow: readonly string[];
  readonly noCache: boolean;
  readonly cacheImports: readonly Cache[];
  readonly cacheExports: readonly Cache[];
  readonly outputs: readonly Output[];
  readonly registries: readonly RegistryTrust[];
  /** Absolute path; undefined where nothing is built. */
  readonly metadataFile?: string;
}

export type Pairs = readonly (readonly [name: string, value: string])[];

/** A secret by where buildctl finds it: its value is never in an argument. */
export type SolveSecret =
  | { readonly id: string; readonly file: string }
  | { readonly id: string; readonly env: string };

/** The whole `buildctl build` of a solve; every value stands behind a `=`, so none can become a flag. */
export function solveCommand(solve: Solve): Command {
  return {
    program: solve.buildctl,
    args: [
      ...endpointArguments(solve.endpoint),
      "build",
      "--progress=rawjson",
      "--frontend=dockerfile.v0",
      ...flags("local", solve.locals.map(joined)),
      ...flags("oci-layout", solve.ociLayouts.map(joined)),
      ...flags("opt", solve.options.map(joined)),
      ...flags("secret", solve.secrets.map(secretFields)),
      ...flags("ssh", solve.ssh.map(formatSsh)),
      ...flags("allow", solve.allow),
      ...(solve.noCache ? ["--no-cache"] : []),
      ...flags("import-cache", solve.cacheImports.map(formatCache)),
      ...flags("export-cache", solve.cacheExports.map(formatCache)),
      ...flags("output", solve.outputs.map(formatOutput)),
      ...authTlsArguments(solve.registries),
      ...(solve.metadataFile === undefined ? [] : [`--metadata-file=${solve.metadataFile}`]),
    ],
  };
}

function flags(name: string, values: readonly string[]): string[] {
  return values.map((value) => `--${name}=${value}`);
}

function joined([name, value]: readonly [string, string]): string {
  return `${name}=${value}`;
}

function secretFields(secret: SolveSecret): string {
  return formatCsv([
    `id=${secret.id}`,
    ...("file" in secret ? ["type=file", `src=${secret.file}`] : ["type=env", `env=${secret.env}`]),
  ]);
}

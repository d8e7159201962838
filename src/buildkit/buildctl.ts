import { basename, dirname } from "node:path";
import type { Command } from "../exec.ts";
import type { Platform } from "../oci/platform.ts";
import { formatPlatform } from "../oci/platform.ts";
import type { Reference } from "../oci/reference.ts";
import { formatReference } from "../oci/reference.ts";
import type { RegistryTrust } from "../registry/trust.ts";
import { authTlsArguments } from "../registry/trust.ts";
import { formatCsv } from "./csv.ts";
import type { Endpoint } from "./drivers/driver.ts";
import { endpointArguments } from "./drivers/endpoint.ts";

/** One build of one platform, pushed by digest. */
export interface Solve {
  readonly buildctl: string;
  readonly endpoint: Endpoint;
  readonly platform: Platform;
  /** Absolute path of the folder that is sent to the daemon. */
  readonly context: string;
  /** Absolute path of the Dockerfile. */
  readonly file: string;
  readonly target?: string;
  /** `NAME=value`, always with a value: buildctl would read one that is missing from its environment. */
  readonly buildArgs: readonly string[];
  readonly repositories: readonly Reference[];
  readonly registries: readonly RegistryTrust[];
  readonly metadataFile: string;
}

/** The whole `buildctl build` of a solve; every value stands behind a `=`, so none can become a flag. */
export function solveCommand(solve: Solve): Command {
  const { buildctl, endpoint, platform, context, file, target, buildArgs, repositories, metadataFile } =
    solve;
  return {
    program: buildctl,
    args: [
      ...endpointArguments(endpoint),
      "build",
      "--progress=rawjson",
      "--frontend=dockerfile.v0",
      `--local=context=${context}`,
      `--local=dockerfile=${dirname(file)}`,
      `--opt=filename=${basename(file)}`,
      `--opt=platform=${formatPlatform(platform)}`,
      ...(target === undefined ? [] : [`--opt=target=${target}`]),
      ...buildArgs.map((argument) => `--opt=build-arg:${argument}`),
      `--output=${imageOutput(repositories)}`,
      ...authTlsArguments(solve.registries),
      `--metadata-file=${metadataFile}`,
    ],
  };
}

function imageOutput(repositories: readonly Reference[]): string {
  return formatCsv([
    "type=image",
    `name=${repositories.map(formatReference).join(",")}`,
    "push=true",
    "push-by-digest=true",
    "name-canonical=true",
  ]);
}

import { WorkError } from "../errors.ts";
import type { Command, Exec } from "../exec.ts";
import type { Endpoint } from "./drivers/driver.ts";
import { endpointArguments } from "./drivers/endpoint.ts";
import type { Platform } from "../oci/platform.ts";
import { normalizePlatform } from "../oci/platform.ts";

/**
 * What a BuildKit daemon can build, its own platform first. The daemon knows by running a tiny program of each
 * architecture, anew for every such question.
 */
export async function probeWorkers(
  buildctl: string,
  endpoint: Endpoint,
  exec: Exec,
): Promise<readonly Platform[]> {
  const { stdout } = await exec(workersCommand(buildctl, endpoint));
  return parseWorkers(stdout);
}

export function workersCommand(buildctl: string, endpoint: Endpoint): Command {
  return {
    program: buildctl,
    args: [...endpointArguments(endpoint), "debug", "workers", "--format={{json .}}"],
  };
}

/** The output of `buildctl debug workers --format '{{json .}}'`. */
export function parseWorkers(text: string): readonly Platform[] {
  const workers = JSON.parse(text) as readonly { readonly platforms?: readonly Platform[] }[];
  const platforms = workers.flatMap((worker) => worker.platforms ?? []).map(normalizePlatform);
  if (platforms.length === 0) throw new WorkError("the BuildKit daemon has no worker that builds anything");
  return platforms;
}

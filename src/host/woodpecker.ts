import type { Host, HostWorld } from "./host.ts";
import { createStreamHost } from "./stream-host.ts";

/**
 * Woodpecker: no groups, no annotations, nothing that masks at run time. Every step is a container of its own, and they
 * share the workspace: https://woodpecker-ci.org/docs/usage/volumes. A file there, named by MULTIARCH_ENV_FILE or the
 * plugin's setting `env_file`, is for `. ./file`.
 */
export function createWoodpeckerHost(world: HostWorld): Host {
  return createStreamHost("woodpecker", world, {});
}

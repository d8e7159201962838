import { appendToEnvFile, namedEnvFile } from "./env-file.ts";
import type { Host, HostWorld } from "./host.ts";
import { renderDotenv, renderShell } from "./outputs.ts";
import { createStreamHost } from "./stream-host.ts";

/**
 * Drone: no groups, no annotations, nothing that masks at run time. Every step is a container of its own, and they share
 * the workspace: a file there, named by MULTIARCH_ENV_FILE or the plugin's setting `env_file`, is for `. ./file`. Where
 * Harness runs the step, it reads the file that DRONE_OUTPUT names.
 */
export function createDroneHost(world: HostWorld): Host {
  const { env } = world;
  return createStreamHost("drone", world, {
    handOn: (outputs) => {
      appendToEnvFile(namedEnvFile(env), renderShell(outputs));
      appendToEnvFile(env["DRONE_OUTPUT"], renderDotenv(outputs));
    },
  });
}

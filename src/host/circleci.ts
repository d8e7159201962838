import { appendToEnvFile } from "./env-file.ts";
import type { Host, HostWorld } from "./host.ts";
import { renderShell } from "./outputs.ts";
import { createStreamHost } from "./stream-host.ts";

/**
 * CircleCI: no groups within a step, no annotations, nothing that masks at run time. Every step sources the file that
 * BASH_ENV names: https://circleci.com/docs/env-vars/#parameters-and-bash-environment.
 */
export function createCircleciHost(world: HostWorld): Host {
  return createStreamHost("circleci", world, {
    handOn: (outputs) => {
      appendToEnvFile(world.env["BASH_ENV"], renderShell(outputs));
    },
  });
}

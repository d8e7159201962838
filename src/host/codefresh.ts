import { join } from "node:path";
import { appendToEnvFile } from "./env-file.ts";
import type { Host, HostWorld } from "./host.ts";
import { oneLine, stepVariables } from "./outputs.ts";
import { createStreamHost } from "./stream-host.ts";

/**
 * Codefresh: no groups, no annotations, nothing that masks at run time but variables. Later steps get what stands in a file
 * of the volume that they share: https://codefresh.io/docs/docs/pipelines/variables/#using-cf_export-command.
 */
export function createCodefreshHost(world: HostWorld): Host {
  return createStreamHost("codefresh", world, {
    handOn: (outputs, log) => {
      const volume = world.env["CF_VOLUME_PATH"] ?? "";
      if (volume === "") return;
      const variables = stepVariables(outputs);
      // Codefresh would put another variable in its place, and knows no way to say that it should not.
      const [taken, refused] = [false, true].map((isReference) =>
        variables.filter(([, value]) => value.includes("${{") === isReference),
      );
      for (const [name] of refused ?? [])
        log.warning(`${name} is not handed on: Codefresh would expand \${{ in it`);
      const lines = (taken ?? []).map(([name, value]) => `${name}=${oneLine(value)}\n`).join("");
      appendToEnvFile(join(volume, "env_vars_to_export"), lines);
    },
  });
}

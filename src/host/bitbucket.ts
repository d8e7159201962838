import { appendToEnvFile } from "./env-file.ts";
import type { Host, HostWorld } from "./host.ts";
import { renderDotenv } from "./outputs.ts";
import { createStreamHost } from "./stream-host.ts";

/**
 * Bitbucket Pipelines: no groups, no annotations, nothing that masks at run time. Of what is in the file that it names,
 * later steps get what the step lists as `output-variables`: https://support.atlassian.com/bitbucket-cloud/docs/variable-sharing/.
 */
export function createBitbucketHost(world: HostWorld): Host {
  return createStreamHost("bitbucket", world, {
    handOn: (outputs) => {
      appendToEnvFile(world.env["BITBUCKET_PIPELINES_VARIABLES_PATH"], renderDotenv(outputs));
    },
  });
}

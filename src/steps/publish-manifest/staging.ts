import { describeError, WorkError } from "../../errors.ts";
import type { Inputs } from "../../inputs/field.ts";
import { formatReference, type Reference, withTarget } from "../../oci/reference.ts";
import { RegistryError } from "../../registry/error.ts";
import type { Ports } from "../step.ts";
import type { PublishClient } from "./given.ts";
import { wantedTags } from "./handoff.ts";
import type { publishInputs } from "./inputs.ts";

/**
 * Deletes the tags by which build handed its images over, as far as the registries let go of a tag alone; the images stay,
 * which the index lists by their digests.
 */
export async function deleteStagingTags(
  { handoff, platforms }: Inputs<typeof publishInputs>,
  repositories: readonly Reference[],
  client: PublishClient,
  { job, log }: Pick<Ports, "job" | "log">,
): Promise<void> {
  const [home] = repositories;
  if (handoff !== "registry" || home === undefined) return;
  const left: string[] = [];
  try {
    const facts = (await job.withGit()).job;
    const wanted = await wantedTags({ repository: home, job: facts, platforms }, client);
    const tags = repositories.flatMap((repository) =>
      wanted.map(({ tag }) => ({ ...tag, ...withTarget(repository) })),
    );
    await Promise.all(
      tags.map(async (tag) => {
        if (!(await client.deleteManifest(tag))) left.push(formatReference(tag));
      }),
    );
  } catch (error) {
    log.info(`handoff: the tags of the single images were not deleted: ${describeError(error)}`);
  }
  if (left.length > 0) {
    log.debug(`handoff: the registry can't delete a tag alone, so these stay: ${left.join(", ")}`);
  }
}

/** Whether running again could end otherwise, with the images that are there or still to come: they must be found then. */
export function mayBeTriedAgain(error: unknown): boolean {
  if (!(error instanceof WorkError) || error.message.startsWith("handoff: ")) return true;
  return error instanceof RegistryError || (error.cause !== undefined && mayBeTriedAgain(error.cause));
}

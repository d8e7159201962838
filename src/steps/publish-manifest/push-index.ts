import { WorkError } from "../../errors.ts";
import type { BuiltIndex } from "../../oci/image-index.ts";
import { formatReference, type Reference, withTarget } from "../../oci/reference.ts";
import { RegistryError } from "../../registry/error.ts";
import { backoff } from "../../registry/retry.ts";
import type { Ports } from "../step.ts";
import type { PublishClient } from "./given.ts";
import type { WaitClock } from "./handoff.ts";

const maxTries = 6;
/** How long a registry may take to know of a child that it has; milliseconds. */
const patience = 30_000;

/**
 * Pushes the index, by its digest or a tag. Some registries know of a child only a while after it was pushed: as long as all
 * children are there, the registry is asked again. Throws WorkError naming those that are not.
 */
export async function pushIndex(
  reference: Reference,
  index: BuiltIndex,
  { client, clock }: { readonly client: PublishClient; readonly clock: WaitClock },
  { log }: Pick<Ports, "log">,
): Promise<void> {
  const end = clock.now() + patience;
  for (let tries = 1; ; tries++) {
    try {
      await client.putManifest(reference, index.bytes, index.mediaType);
      return;
    } catch (error) {
      if (!missesChild(error)) throw error;
      const missing = await missingChildren(reference, index, client);
      if (missing.length > 0) {
        throw new WorkError(
          `${formatReference(withTarget(reference))} lacks images of the index:\n${missing.join("\n")}`,
          { cause: error, fix: "build them again: somebody, or a retention policy, has deleted them" },
        );
      }
      const wait = Math.min(backoff(tries, Math.random()), end - clock.now());
      if (tries === maxTries || wait <= 0) throw error;
      log.warning(
        `${formatReference(withTarget(reference))} says that an image of the index is missing, and has all of them; ` +
          `trying again in ${(wait / 1000).toFixed(1)} s (try ${tries + 1} of ${maxTries})`,
      );
      await clock.sleep(wait);
    }
  }
}

function missesChild(error: unknown): error is RegistryError {
  return (
    error instanceof RegistryError &&
    error.codes.some((code) => /^(?:MANIFEST_BLOB_UNKNOWN|MANIFEST_UNKNOWN|BLOB_UNKNOWN)$/.test(code))
  );
}

async function missingChildren(
  reference: Reference,
  { manifests }: BuiltIndex,
  client: PublishClient,
): Promise<readonly string[]> {
  const names = manifests.map(({ digest }) => withTarget(reference, { digest }));
  const found = await Promise.all(names.map((name) => client.headManifest(name)));
  return names.filter((_, position) => found[position] === undefined).map(formatReference);
}

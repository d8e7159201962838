import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../host/host.ts";
import type { Env } from "../inputs/parse.ts";
import { parseReference } from "../oci/reference.ts";
import { createRegistryClient } from "../registry/client.ts";
import { RegistryError } from "../registry/error.ts";

/**
 * Asks the registry of an image whether it has it, and so waits as the registry wants, which no engine tells. Throws a
 * RegistryError when the registry stays limited or down, or when that takes longer than the patience, in milliseconds.
 */
export async function askRegistry(
  reference: string,
  patience: number,
  {
    env,
    log,
    signal,
  }: { readonly env: Env; readonly log: Pick<Log, "debug" | "warning">; readonly signal: AbortSignal },
): Promise<void> {
  let waited = 0;
  const sleep = async (duration: number): Promise<void> => {
    waited += duration;
    if (waited > patience) {
      const seconds = Math.ceil(duration / 1000);
      throw new RegistryError(`${reference} would have to be waited for ${seconds} s more`, {
        temporary: true,
      });
    }
    await delay(duration, undefined, { signal });
  };
  const client = createRegistryClient({ env, log, clock: { sleep } });
  const drop = (): void => void client.close();
  signal.addEventListener("abort", drop);
  try {
    await client.headManifest(parseReference(reference));
  } finally {
    signal.removeEventListener("abort", drop);
    await client.close();
  }
}

import { setTimeout as delay } from "node:timers/promises";
import type { Reference } from "../oci/reference.ts";
import type { RegistryClient } from "../registry/client.ts";
import { createRegistryClient } from "../registry/client.ts";
import type { RegistryTrust } from "../registry/trust.ts";
import type { Ports } from "./step.ts";

/** One registry client for all that a step does, so that tokens and connections are made once; a cancellation drops it. */
export async function withRegistryClient<T>(
  options: { readonly registries: readonly RegistryTrust[]; readonly pushTo: readonly Reference[] },
  { env, log, signal }: Ports,
  work: (client: RegistryClient) => Promise<T>,
): Promise<T> {
  const sleep = (duration: number): Promise<void> => delay(duration, undefined, { signal });
  const client = createRegistryClient({ env, log, ...options, clock: { sleep } });
  const drop = (): void => void client.close();
  signal.addEventListener("abort", drop);
  try {
    return await work(client);
  } finally {
    signal.removeEventListener("abort", drop);
    await client.close();
  }
}

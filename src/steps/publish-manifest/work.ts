import { setTimeout as delay } from "node:timers/promises";
import type { Inputs } from "../../inputs/field.ts";
import { formatPlatform } from "../../oci/platform.ts";
import { formatReference } from "../../oci/reference.ts";
import type { RegistryClient } from "../../registry/client.ts";
import { createRegistryClient } from "../../registry/client.ts";
import { formatBytes, renderTable } from "../../report/table.ts";
import { resolveRegistries } from "../fields.ts";
import type { Ports, StepWork } from "../step.ts";
import type { PublishResult } from "./execute.ts";
import { executePublish } from "./execute.ts";
import type { publishInputs } from "./inputs.ts";
import type { PublishPlan } from "./plan.ts";
import { describePublish, planPublish } from "./plan.ts";
import type { PublishFacts } from "./probe.ts";
import { probePublish } from "./probe.ts";

export function createPublishWork(
  client: RegistryClient,
): StepWork<typeof publishInputs, PublishFacts, PublishPlan, PublishResult> {
  return {
    probe: (inputs, ports) => probePublish(inputs, ports, client),
    plan: planPublish,
    describe: describePublish,
    execute: (plan, ports) => executePublish(plan, ports, client),
    report: ({ index, tags }, { images, previous }) => ({
      outputs: {
        digest: index.digest,
        tags: tags.map(formatReference).join("\n"),
        index: new TextDecoder().decode(index.bytes),
        previous: JSON.stringify(previous),
      },
      variables: {},
      paths: [],
      lines: [
        ...renderTable([
          ["platform", "digest", "size"],
          ...images.map(({ descriptor: { platform, digest }, imageSize }) => [
            platform === undefined ? "" : formatPlatform(platform),
            digest,
            formatBytes(imageSize),
          ]),
        ]),
        ...tags.map((tag) => `${formatReference(tag)} → ${index.digest}`),
      ],
    }),
  };
}

/** One registry client serves probe and execute, so that tokens and connections are made once; a cancellation drops it. */
export async function withRegistryClient<T>(
  inputs: Inputs<typeof publishInputs>,
  { cwd, env, log, signal, state }: Ports,
  work: (client: RegistryClient) => Promise<T>,
): Promise<T> {
  const sleep = (duration: number): Promise<void> => delay(duration, undefined, { signal });
  const given = resolveRegistries(inputs.registries, cwd);
  const registries = given.length > 0 ? given : (state.read().registries ?? []);
  const client = createRegistryClient({ env, log, registries, pushTo: inputs.image, clock: { sleep } });
  const drop = (): void => void client.close();
  signal.addEventListener("abort", drop);
  try {
    return await work(client);
  } finally {
    signal.removeEventListener("abort", drop);
    await client.close();
  }
}

import { setTimeout as delay } from "node:timers/promises";
import { formatPlatform } from "../../oci/platform.ts";
import { formatReference } from "../../oci/reference.ts";
import type { RegistryClient } from "../../registry/client.ts";
import { formatBytes, renderTable } from "../../report/table.ts";
import { missingRegistryFiles, repeatedPlatforms, resolveRegistries } from "../fields.ts";
import type { Job, Step } from "../step.ts";
import { performStep } from "../step.ts";
import type { PublishResult } from "./execute.ts";
import { executePublish } from "./execute.ts";
import { publishInputs } from "./inputs.ts";
import type { PublishPlan } from "./plan.ts";
import { describePublish, planPublish } from "./plan.ts";
import type { PublishFacts } from "./probe.ts";
import { probePublish } from "./probe.ts";

const declaration = {
  name: "publish-manifest",
  summary: "Put one tag over the images of all platforms, once they are checked.",
  inputs: publishInputs,
  outputs: {
    digest: "Digest of the image index.",
    tags: "References of the tags that point at it, one per line.",
    index: "The JSON that was published.",
    previous: "JSON object: for each tag that existed, the digest that it pointed at before.",
  },
  check: ({ platforms, registries }, { cwd }) => [
    ...repeatedPlatforms("platforms", platforms),
    ...missingRegistryFiles(registries, cwd),
  ],
} satisfies Partial<Step<typeof publishInputs, PublishFacts, PublishPlan, PublishResult>>;

function createPublishStep(
  client: RegistryClient,
): Step<typeof publishInputs, PublishFacts, PublishPlan, PublishResult> {
  return {
    ...declaration,
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

/** One registry client serves probe and execute, so that tokens and connections are made once. */
export const publishJob: Job<typeof publishInputs> = {
  ...declaration,
  perform: async (inputs, ports) => {
    const { createRegistryClient } = await import("../../registry/client.ts");
    const { env, log, signal } = ports;
    const sleep = (duration: number): Promise<void> => delay(duration, undefined, { signal });
    const given = resolveRegistries(inputs.registries, ports.cwd);
    const registries = given.length > 0 ? given : (ports.state.read().registries ?? []);
    const client = createRegistryClient({ env, log, registries, pushTo: inputs.image, clock: { sleep } });
    const drop = (): void => void client.close();
    signal.addEventListener("abort", drop);
    try {
      return await performStep(createPublishStep(client), inputs, ports);
    } finally {
      signal.removeEventListener("abort", drop);
      await client.close();
    }
  },
};

import type { Inputs } from "../../inputs/field.ts";
import { formatPlatform } from "../../oci/platform.ts";
import { formatReference } from "../../oci/reference.ts";
import type { RegistryClient } from "../../registry/client.ts";
import { formatBytes, renderTable } from "../../report/table.ts";
import { resolveRegistries } from "../fields.ts";
import type { StepOutputs } from "../../host/host.ts";
import { withRegistryClient } from "../registry-client.ts";
import type { Ports, StepWork } from "../step.ts";
import { performWork } from "../step.ts";
import type { Target } from "../targets.ts";
import { findTargets } from "../targets.ts";
import type { PublishResult } from "./execute.ts";
import { executePublish } from "./execute.ts";
import type { publishInputs } from "./inputs.ts";
import type { PublishPlan } from "./plan.ts";
import { describePublish, planPublish } from "./plan.ts";
import type { PublishFacts } from "./probe.ts";
import { probePublish } from "./probe.ts";

export function createPublishWork(
  client: RegistryClient,
  targets: readonly Target[],
): StepWork<typeof publishInputs, PublishFacts, PublishPlan, PublishResult> {
  return {
    probe: (inputs, ports) => probePublish({ inputs, targets, client }, ports),
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

/** The step whole; the targets are known before the registries are asked, and one client asks them. */
export async function performPublish(
  inputs: Inputs<typeof publishInputs>,
  ports: Ports,
): Promise<StepOutputs> {
  const given = resolveRegistries(inputs.registries, ports.cwd);
  const registries = given.length > 0 ? given : (ports.state.read().registries ?? []);
  const { targets } = await findTargets(inputs, ports);
  const pushTo = targets.map(({ repository }) => repository);
  return withRegistryClient({ registries, pushTo }, ports, (client) =>
    performWork("publish-manifest", createPublishWork(client, targets), inputs, ports),
  );
}

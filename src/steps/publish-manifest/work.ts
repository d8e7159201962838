import { setTimeout as delay } from "node:timers/promises";
import type { StepOutputs } from "../../host/host.ts";
import type { Inputs } from "../../inputs/field.ts";
import { layoutPath } from "../../oci-layout/reference.ts";
import { formatPlatform } from "../../oci/platform.ts";
import { formatReference } from "../../oci/reference.ts";
import type { RegistryClient } from "../../registry/client.ts";
import { formatBytes, renderTable } from "../../report/table.ts";
import { resolveRegistries } from "../fields.ts";
import { withRegistryClient } from "../registry-client.ts";
import { renderMarkdownTable } from "../../report/markdown.ts";
import type { Ports, StepWork } from "../step.ts";
import { performWork } from "../step.ts";
import type { Target } from "../targets.ts";
import { findTargets } from "../targets.ts";
import { describePublish } from "./describe.ts";
import type { PublishResult } from "./execute.ts";
import { executePublish } from "./execute.ts";
import type { PublishClient } from "./given.ts";
import type { WaitClock } from "./handoff.ts";
import type { publishInputs } from "./inputs.ts";
import type { PublishTools, WithLastingClient } from "./move-tags.ts";
import type { PublishPlan } from "./plan.ts";
import { planPublish } from "./plan.ts";
import type { PublishFacts } from "./probe.ts";
import { probePublish } from "./probe.ts";
import { deleteStagingTags, mayBeTriedAgain } from "./staging.ts";

export function createPublishWork(
  tools: PublishTools,
  targets: readonly Target[],
): StepWork<typeof publishInputs, PublishFacts, PublishPlan, PublishResult> {
  return {
    probe: (inputs, ports) => probePublish({ inputs, targets, ...tools }, ports),
    plan: planPublish,
    describe: describePublish,
    execute: (plan, ports) => executePublish(plan, ports, tools),
    report: (result, plan) => ({
      outputs: {
        digest: result.index.digest,
        tags: result.tags.map(formatReference).join("\n"),
        index: new TextDecoder().decode(result.index.bytes),
        previous: JSON.stringify(plan.previous),
        changed: String(result.changed),
        keep: JSON.stringify(keptDigests(result, plan)),
      },
      variables: {},
      paths: [],
      lines: reportLines(result, plan),
      summary: renderMarkdownTable("Published", [
        ["tag", "digest"],
        ...result.tags.map((tag) => [formatReference(tag), result.index.digest]),
      ]),
    }),
  };
}

/** The index and all that it needs: what must outlive any clean-up of untagged manifests. */
function keptDigests({ index, referrers }: PublishResult, plan: PublishPlan): readonly string[] {
  const listed = plan.index?.manifests.map(({ digest }) => digest) ?? [];
  return [...new Set([index.digest, ...listed, ...referrers])];
}

function reportLines({ changed, index, tags }: PublishResult, { images }: PublishPlan): readonly string[] {
  return [
    ...renderTable([
      ["platform", "digest", "size"],
      ...images.map(({ descriptor: { digest, platform }, imageSize }) => [
        platform === undefined ? "" : formatPlatform(platform),
        digest,
        imageSize === undefined ? "" : formatBytes(imageSize),
      ]),
    ]),
    ...tags.map((tag) => `${formatReference(tag)} → ${index.digest}`),
    ...(changed ? [] : ["nothing was pushed: the tags have these images already"]),
  ];
}

/** The step whole; the targets are known before the registries are asked, and one client asks them. */
export async function performPublish(
  inputs: Inputs<typeof publishInputs>,
  ports: Ports,
): Promise<StepOutputs> {
  const given = resolveRegistries(inputs.registries, ports.cwd);
  const registries = given.length > 0 ? given : (ports.state.read().registries ?? []);
  const { targets } = await findTargets(inputs, ports);
  const repositories = targets.map(({ repository }) => repository);
  const pushTo = repositories.filter((repository) => layoutPath(repository) === undefined);
  const { signal } = ports;
  const clock: WaitClock = {
    now: () => performance.now(),
    sleep: (duration) => delay(duration, undefined, { signal }),
  };
  return withRegistryClient({ registries, pushTo }, ports, async (registry) => {
    const opened = await openLayouts(inputs, targets, registry, ports);
    const { client } = opened;
    const withLastingClient: WithLastingClient = (work) =>
      signal.aborted
        ? withRegistryClient(
            { registries, pushTo },
            { ...ports, signal: new AbortController().signal },
            (lasting) => work(opened.over(lasting)),
          )
        : work(client);
    try {
      const work = createPublishWork({ client, withLastingClient, clock }, targets);
      const outputs = await performWork("publish-manifest", work, inputs, ports);
      if (!ports.dryRun) {
        await opened.finish();
        await deleteStagingTags(inputs, repositories, client, ports);
      }
      return outputs;
    } catch (error) {
      if (!ports.dryRun && !signal.aborted && !mayBeTriedAgain(error)) {
        await deleteStagingTags(inputs, repositories, client, ports);
      }
      throw error;
    } finally {
      await opened.discard();
    }
  });
}

interface OpenedLayouts {
  readonly client: PublishClient;
  /** The same layouts beside another client. */
  readonly over: (registry: RegistryClient) => PublishClient;
  readonly finish: () => Promise<void>;
  readonly discard: () => Promise<void>;
}

/** Layouts are rare, so what reads them is only loaded for them. */
async function openLayouts(
  inputs: Inputs<typeof publishInputs>,
  targets: readonly Target[],
  registry: RegistryClient,
  { cwd }: Ports,
): Promise<OpenedLayouts> {
  const sources = inputs.sources.flatMap((source) => (source.kind === "reference" ? [source.reference] : []));
  const places = [...sources, ...targets.map(({ repository }) => repository)];
  if (places.every((place) => layoutPath(place) === undefined)) {
    const nothing = async (): Promise<void> => {};
    return { client: registry, over: (other) => other, finish: nothing, discard: nothing };
  }
  const { openLayoutStores, withLayouts } = await import("../../oci-layout/client.ts");
  const stores = openLayoutStores(cwd);
  return {
    client: withLayouts(registry, stores),
    over: (other) => withLayouts(other, stores),
    finish: stores.finish,
    discard: stores.discard,
  };
}

import { WorkError } from "../../errors.ts";
import type { Inputs } from "../../inputs/field.ts";
import type { LayoutClient } from "../../oci-layout/client.ts";
import { layoutPath } from "../../oci-layout/reference.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { formatReference, type Reference, withTarget } from "../../oci/reference.ts";
import type { Platform } from "../../oci/platform.ts";
import type { FetchedManifest, RegistryClient } from "../../registry/client.ts";
import type { BuiltDescriptor } from "../../state.ts";
import type { Ports } from "../step.ts";
import { parseDescriptors, readDescriptorFiles } from "./descriptors.ts";
import { awaitHandoff, type WaitClock } from "./handoff.ts";
import type { publishInputs } from "./inputs.ts";

type PublishInputs = Inputs<typeof publishInputs>;

/** An image, or an index of some, as it was handed over: before anything of it is believed. */
export interface GivenImage {
  /** Where it is; by its digest where that is known. */
  readonly reference: Reference;
  /** The platform that somebody says it is for. */
  readonly platform?: Platform;
  readonly annotations?: Readonly<Record<string, string>>;
  /** What BuildKit said of it in this job, after it had pushed it there. */
  readonly built?: BuiltDescriptor;
  readonly fetched?: FetchedManifest;
}

/** How references are read: the registry's client, which may know layouts, too. */
export type PublishClient = RegistryClient & Partial<Pick<LayoutClient, "listLayout">>;

/** The images that the inputs name, else those that build pushed in this job. */
export async function findGivenImages(
  inputs: PublishInputs,
  home: Reference,
  { client, clock }: { readonly client: PublishClient; readonly clock: WaitClock },
  ports: Ports,
): Promise<readonly GivenImage[]> {
  if (namesImages(inputs)) {
    const descriptors = [
      ...(inputs.descriptors === "" ? [] : parseDescriptors(inputs.descriptors)),
      ...readDescriptorFiles(inputs.descriptorsFile, ports.cwd),
    ];
    const sources = await Promise.all(
      inputs.sources.map(async (source) =>
        source.kind === "digest"
          ? [{ reference: withTarget(home, { digest: source.digest }) }]
          : readSource(source.reference, client),
      ),
    );
    return [...descriptors.map((descriptor) => describe(descriptor, home)), ...sources.flat()];
  }
  if (inputs.handoff === "registry") {
    const { job } = await ports.job.withGit();
    const { platforms, wait } = inputs;
    const found = await awaitHandoff({ repository: home, job, platforms, wait }, client, clock, ports.log);
    return found.map(({ fetched, platform, tag }) => ({
      reference: withTarget(tag, { digest: fetched.descriptor.digest }),
      fetched,
      ...(platform === undefined ? {} : { platform }),
    }));
  }
  const built = ports.state.read().builds[formatReference(home)];
  // A dry run of all steps comes here before anything is built.
  if (built === undefined && ports.dryRun) return [];
  if (built === undefined) {
    throw new WorkError(`nothing was built for ${formatReference(home)} in this job`, {
      fix: "run build with the same image before, pass its output as descriptors, or name the images as sources",
    });
  }
  return built.map((descriptor) => ({ ...describe(descriptor, home), built: descriptor }));
}

/** Whether the inputs say which images they are. */
export function namesImages({ descriptors, descriptorsFile, sources }: PublishInputs): boolean {
  return descriptors !== "" || descriptorsFile.length > 0 || sources.length > 0;
}

function describe({ annotations, digest, platform }: Descriptor, home: Reference): GivenImage {
  return {
    reference: withTarget(home, { digest }),
    ...(platform === undefined ? {} : { platform }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

/** A layout without a tag stands for all that it lists. */
async function readSource(reference: Reference, client: PublishClient): Promise<readonly GivenImage[]> {
  const isWhole =
    layoutPath(reference) !== undefined && reference.tag === undefined && reference.digest === undefined;
  if (!isWhole) return [{ reference }];
  const listed = (await client.listLayout?.(reference)) ?? [];
  if (listed.length === 0) {
    throw new WorkError(`sources: there is no image in the OCI layout ${formatReference(reference)}`);
  }
  return listed.map(({ digest }) => ({ reference: withTarget(reference, { digest }) }));
}

import { WorkError } from "../../errors.ts";
import type { Inputs } from "../../inputs/field.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { isAttestation } from "../../oci/descriptor.ts";
import type { Digest } from "../../oci/digest.ts";
import { parseImageConfig } from "../../oci/image-config.ts";
import { formatPlatform, samePlatform } from "../../oci/platform.ts";
import type { Reference } from "../../oci/reference.ts";
import { formatReference, withTarget } from "../../oci/reference.ts";
import type { RegistryClient } from "../../registry/client.ts";
import type { Ports } from "../step.ts";
import type { Target } from "../targets.ts";
import type { publishInputs } from "./inputs.ts";
import { parseDescriptors } from "./inputs.ts";

export interface PublishFacts {
  /** Where the index goes; the first repository is the one that the images are read from. */
  readonly targets: readonly Target[];

  /** Images with the platform that their config names, and attestations about them. */
  readonly children: readonly Child[];
  /** Tag reference to what it points at now; tags that do not exist are left out. */
  readonly previous: Readonly<Record<string, Digest>>;
}

export interface Child {
  readonly descriptor: Descriptor;
  /** Bytes that a pull of this image downloads. */
  readonly imageSize: number;
}

/** Reads every image and every tag, all at once. */
export async function probePublish(
  {
    client,
    inputs,
    targets,
  }: {
    readonly inputs: Inputs<typeof publishInputs>;
    readonly targets: readonly Target[];
    readonly client: RegistryClient;
  },
  ports: Ports,
): Promise<PublishFacts> {
  const [home, ...others] = targets.map(({ repository }) => repository);
  if (home === undefined) throw new WorkError("there is no repository to publish to");
  const descriptors = findDescriptors(inputs, home, ports);
  const [children, previous] = await Promise.all([
    Promise.all(descriptors.map((descriptor) => readChild(descriptor, home, client))),
    readTags(targets, client),
    requireEverywhere(descriptors, others, client),
  ]);
  return { targets, children: children.flat(), previous };
}

function findDescriptors(
  inputs: Inputs<typeof publishInputs>,
  home: Reference,
  ports: Ports,
): readonly Descriptor[] {
  if (inputs.descriptors !== "") return parseDescriptors(inputs.descriptors);
  const built = ports.state.read().builds[formatReference(home)];
  // A dry run of all steps comes here before anything is built.
  if (built === undefined && ports.dryRun) return [];
  if (built === undefined) {
    throw new WorkError(`nothing was built for ${formatReference(home)} in this job`, {
      fix: "run build with the same image before, or pass its output as descriptors",
    });
  }
  return built;
}

/** The image, or when it is itself an index (an image with attestations), what that lists. */
async function readChild(descriptor: Descriptor, home: Reference, client: RegistryClient): Promise<Child[]> {
  const reference = withTarget(home, { digest: descriptor.digest });
  const { descriptor: found, manifest } = await client.getManifest(reference);
  if (manifest.kind === "index") {
    // What was said of the index is said of its image.
    const said = descriptor.platform === undefined ? {} : { platform: descriptor.platform };
    const nested = manifest.manifests.map((entry) =>
      isAttestation(entry)
        ? Promise.resolve([{ descriptor: entry, imageSize: 0 }])
        : readChild({ ...entry, ...said }, home, client),
    );
    return (await Promise.all(nested)).flat();
  }
  const name = formatReference(reference);
  const config = await client.getBlob(home, manifest.config.digest);
  const { platform } = parseImageConfig(config, `the config of ${name}`);
  if (platform === undefined)
    throw new WorkError(`the config of ${name} does not say for which platform it is`);
  if (descriptor.platform !== undefined && !samePlatform(descriptor.platform, platform)) {
    throw new WorkError(
      `${name} was to be for ${formatPlatform(descriptor.platform)}, but its config says ${formatPlatform(platform)}`,
      { fix: "nothing was tagged: check the Dockerfile's FROM --platform, or build this platform again" },
    );
  }
  const layers = manifest.layers.reduce((sum, { size }) => sum + size, 0);
  return [
    {
      descriptor: { ...found, ...annotationsOf(descriptor), platform },
      imageSize: found.size + manifest.config.size + layers,
    },
  ];
}

function annotationsOf({ annotations }: Descriptor): Pick<Descriptor, "annotations"> {
  return annotations === undefined ? {} : { annotations };
}

async function requireEverywhere(
  descriptors: readonly Descriptor[],
  repositories: readonly Reference[],
  client: RegistryClient,
): Promise<void> {
  const references = repositories.flatMap((repository) =>
    descriptors.map(({ digest }) => withTarget(repository, { digest })),
  );
  const found = await Promise.all(references.map((reference) => client.headManifest(reference)));
  const missing = references.filter((_, index) => found[index] === undefined).map(formatReference);
  if (missing.length > 0) {
    throw new WorkError(`these images are not there; nothing was tagged:\n${missing.join("\n")}`, {
      fix: "build for all repositories in one call: --image first,second",
    });
  }
}

async function readTags(targets: readonly Target[], client: RegistryClient): Promise<Record<string, Digest>> {
  const references = targets.flatMap(({ tags }) => tags);
  const found = await Promise.all(references.map((reference) => client.headManifest(reference)));
  return Object.fromEntries(
    references.flatMap((reference, index) => {
      const descriptor = found[index];
      return descriptor === undefined ? [] : [[formatReference(reference), descriptor.digest]];
    }),
  );
}

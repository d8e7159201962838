import { WorkError } from "../../errors.ts";
import type { Inputs } from "../../inputs/field.ts";
import { layoutPath } from "../../oci-layout/reference.ts";
import type { Digest } from "../../oci/digest.ts";
import { formatPlatform } from "../../oci/platform.ts";
import type { Reference } from "../../oci/reference.ts";
import { formatReference, withTarget } from "../../oci/reference.ts";
import type { FetchedManifest } from "../../registry/client.ts";
import { RegistryError } from "../../registry/error.ts";
import type { Annotation } from "../../buildkit/annotation.ts";
import type { Ports } from "../step.ts";
import type { Target } from "../targets.ts";
import { findGivenImages, type GivenImage, namesImages, type PublishClient } from "./given.ts";
import type { WaitClock } from "./handoff.ts";
import type { publishInputs } from "./inputs.ts";
import { type Child, type FoundImages, readImage } from "./read-image.ts";

export interface PublishFacts extends FoundImages {
  /** Where the index goes; the first repository is the one that the images are looked for in. */
  readonly targets: readonly Target[];
  /** Repository to the children that are to be copied there. */
  readonly absent: Readonly<Record<string, readonly Child[]>>;
  /** Tag reference to what it points at now; tags that do not exist are left out. */
  readonly previous: Readonly<Record<string, TagFacts>>;
  /** What build in this job was told to put on the index. */
  readonly annotations: readonly Annotation[];
}

export interface TagFacts {
  readonly digest: Digest;
  /** Where it could be read. */
  readonly fetched?: FetchedManifest;
}

type PublishInputs = Inputs<typeof publishInputs>;

/** Reads every image and every tag, as much as possible at once. */
export async function probePublish(
  {
    client,
    clock,
    inputs,
    targets,
  }: {
    readonly inputs: PublishInputs;
    readonly targets: readonly Target[];
    readonly client: PublishClient;
    readonly clock: WaitClock;
  },
  ports: Ports,
): Promise<PublishFacts> {
  const repositories = targets.map(({ repository }) => repository);
  const [home] = repositories;
  if (home === undefined) throw new WorkError("there is no repository to publish to");
  const [found, previous] = await Promise.all([
    findGivenImages(inputs, home, { client, clock }, ports).then((given) => readAll(given, client)),
    // Whether a tag is in the way is all that these want to know of it.
    readTags(targets, client, inputs.ifExists === "fail" || inputs.ifExists === "skip"),
  ]);
  const { attestations, images } = found;
  const isFromState = !namesImages(inputs) && inputs.handoff === "none";
  return {
    ...found,
    targets,
    previous,
    absent: await findAbsent(
      [...images, ...(inputs.attestations === "none" ? [] : attestations)],
      repositories,
      client,
    ),
    annotations: isFromState ? (ports.state.read().annotations ?? []) : [],
  };
}

/** All images; those that are missing are told together. */
async function readAll(given: readonly GivenImage[], client: PublishClient): Promise<FoundImages> {
  const settled = await Promise.allSettled(given.map((image) => readImage(image, client)));
  const missing: string[] = [];
  for (const [index, outcome] of settled.entries()) {
    if (outcome.status === "fulfilled") continue;
    const { reason } = outcome as { readonly reason: unknown };
    if (!(reason instanceof RegistryError && reason.status === 404)) throw reason;
    const { platform, reference } = given[index] ?? {};
    if (reference !== undefined) missing.push(describeMissing(reference, platform, reason));
  }
  if (missing.length > 0) {
    throw new WorkError(`these images are not there; nothing was tagged:\n${missing.join("\n")}`, {
      fix: "build and push them first, to the first repository of image, or name them as sources where they are",
    });
  }
  const found = settled.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  return {
    images: found.flatMap(({ images }) => images),
    attestations: found.flatMap(({ attestations }) => attestations),
    strays: found.flatMap(({ strays }) => strays),
  };
}

/** The children that repositories other than their own do not have. */
async function findAbsent(
  children: readonly Child[],
  repositories: readonly Reference[],
  client: PublishClient,
): Promise<PublishFacts["absent"]> {
  const absent = repositories.map(async (repository): Promise<[string, readonly Child[]]> => {
    const name = formatReference(repository);
    const strangers = children.filter(({ home }) => formatReference(home) !== name);
    const there = await Promise.all(
      strangers.map(({ descriptor: { digest } }) => client.headManifest(withTarget(repository, { digest }))),
    );
    return [name, strangers.filter((_, index) => there[index] === undefined)];
  });
  return Object.fromEntries(await Promise.all(absent));
}

async function readTags(
  targets: readonly Target[],
  client: PublishClient,
  existenceOnly: boolean,
): Promise<PublishFacts["previous"]> {
  const tags = targets.flatMap((target) => target.tags);
  const found = await Promise.all(
    tags.map((tag) => (existenceOnly ? headTag(tag, client) : readTag(tag, client))),
  );
  return Object.fromEntries(
    tags.flatMap((tag, index) => {
      const facts = found[index];
      return facts === undefined ? [] : [[formatReference(tag), facts]];
    }),
  );
}

async function headTag(tag: Reference, client: PublishClient): Promise<TagFacts | undefined> {
  const descriptor = await client.headManifest(tag);
  return descriptor === undefined ? undefined : { digest: descriptor.digest };
}

async function readTag(tag: Reference, client: PublishClient): Promise<TagFacts | undefined> {
  try {
    const fetched = await client.getManifest(tag);
    return { digest: fetched.descriptor.digest, fetched };
  } catch (error) {
    if (error instanceof RegistryError) {
      if (error.status === 404) return undefined;
      throw error;
    }
    // A chart, or an image of the first format: it can be replaced, if not compared.
    return headTag(tag, client);
  }
}

function describeMissing(
  reference: Reference,
  platform: GivenImage["platform"],
  error: RegistryError,
): string {
  const name = formatReference(reference);
  const config = error.message.includes("/blobs/") ? `: its config is missing` : "";
  const where = layoutPath(reference) === undefined ? "" : " (OCI layout)";
  return `${platform === undefined ? "" : `${formatPlatform(platform)}: `}${name}${where}${config}`;
}

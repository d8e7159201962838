import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { lab } from "./job.ts";

// https://github.com/opencontainers/image-spec/blob/main/manifest.md and image-index.md
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
}

export interface Manifest {
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
  readonly subject?: Descriptor;
}

export interface Index {
  readonly mediaType: string;
  readonly manifests: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface ImageConfig {
  readonly created?: string;
  readonly architecture: string;
  readonly config: { readonly Labels?: Readonly<Record<string, string>>; readonly Env?: readonly string[] };
  readonly rootfs: { readonly diff_ids: readonly string[] };
}

export interface RegistryImage {
  /** Of the document that the reference names. */
  readonly digest: string;
  /** When that is an index: one image with what BuildKit says of it. */
  readonly index: Index | undefined;
  readonly image: Descriptor | undefined;
  readonly manifest: Manifest;
  readonly config: ImageConfig;
  readonly attestations: readonly Attestation[];
}

export interface Attestation {
  readonly descriptor: Descriptor;
  readonly manifest: Manifest;
  /** The in-toto statements, in the order of the layers. */
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly predicateType: string;
  readonly predicate: unknown;
}

/** The image of one platform that was pushed to the lab's registry. */
export async function readImage(repository: string, reference: string): Promise<RegistryImage> {
  const { digest, json } = await readManifest(repository, reference);
  const index = "manifests" in json ? json : undefined;
  const image = index?.manifests.find(({ platform }) => platform?.os === "linux");
  const manifest = image === undefined ? json : (await readManifest(repository, image.digest)).json;
  const others = index?.manifests.filter(({ platform }) => platform?.os === "unknown") ?? [];
  return {
    digest,
    index,
    image,
    manifest,
    config: (await readJson(repository, manifest.config.digest)) as ImageConfig,
    attestations: await Promise.all(others.map((descriptor) => readAttestation(repository, descriptor))),
  };
}

async function readAttestation(repository: string, descriptor: Descriptor): Promise<Attestation> {
  const { json: manifest } = await readManifest(repository, descriptor.digest);
  const statements = await Promise.all(manifest.layers.map(({ digest }) => readJson(repository, digest)));
  return { descriptor, manifest, statements: statements as Statement[] };
}

/** The fields of the other kind are not there. */
export async function readManifest(
  repository: string,
  reference: string,
): Promise<{ readonly digest: string; readonly json: Manifest & Index }> {
  const types = ["image.index.v1", "image.manifest.v1"].map((type) => `application/vnd.oci.${type}+json`);
  const path = `${repository}/manifests/${reference}`;
  const response = await get(path, {
    accept: [...types, "application/vnd.docker.distribution.manifest.v2+json"].join(", "),
  });
  return {
    digest: response.headers.get("docker-content-digest") ?? "",
    json: (await response.json()) as Manifest & Index,
  };
}

async function readJson(repository: string, digest: string): Promise<unknown> {
  return JSON.parse((await readBlob(repository, digest)).toString());
}

export async function readBlob(repository: string, digest: string): Promise<Buffer> {
  return Buffer.from(await (await get(`${repository}/blobs/${digest}`)).arrayBuffer());
}

/** The tags of a repository; none when it does not exist. */
export async function readTags(repository: string): Promise<readonly string[]> {
  const response = await fetch(`http://${lab.LAB_REGISTRY}/v2/${repository}/tags/list`);
  if (response.status === 404) return [];
  const { tags } = (await response.json()) as { readonly tags: readonly string[] | null };
  return (tags ?? []).toSorted();
}

/** Path to content of the files in an image's gzipped layers, the upper ones on top. */
export async function readFiles(
  repository: string,
  { layers }: Pick<Manifest, "layers">,
): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  for (const { digest } of layers) {
    Object.assign(files, await readTar(await readBlob(repository, digest)));
  }
  return files;
}

/** Path to content of the regular files in a gzipped archive. */
async function readTar(bytes: Buffer): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  for await (const entry of Readable.from([bytes]).pipe(createGunzip()).pipe(extract())) {
    if (entry.header.type === "file") files[entry.header.name] = await text(entry);
    else entry.resume();
  }
  return files;
}

async function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const response = await fetch(`http://${lab.LAB_REGISTRY}/v2/${path}`, { headers });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response;
}

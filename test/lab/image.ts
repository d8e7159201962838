import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { pack } from "tar-stream";

/** One path in an image (absolute, without the leading slash): exactly one of the last four says what it is. */
export interface ImageFile {
  readonly path: string;
  readonly mode?: number;
  readonly copyOf?: string;
  readonly text?: string;
  readonly linkTo?: string;
  readonly folder?: true;
}

export interface ImagePlatform {
  readonly os: "linux";
  readonly architecture: string;
  readonly variant?: string;
}

/** https://github.com/opencontainers/image-spec/blob/main/config.md */
export interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly Labels?: Readonly<Record<string, string>>;
  readonly Volumes?: Readonly<Record<string, Record<string, never>>>;
}

export interface Image {
  readonly platform: ImagePlatform;
  readonly config: ImageConfig;
  readonly files: readonly ImageFile[];
}

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: ImagePlatform;
}

export const mediaTypes = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
} as const;

// The same files make the same bytes whenever they are packed.
const epoch = new Date(0);

/**
 * Writes an OCI layout that holds one image, or an image index when there are several. Without an engine: the first image is
 * needed before there is one. https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export async function writeLayout(folder: string, images: readonly Image[]): Promise<void> {
  await mkdir(join(folder, "blobs/sha256"), { recursive: true });
  const manifests: Descriptor[] = [];
  for (const image of images) manifests.push(await writeImage(folder, image));
  const [only] = manifests;
  const root =
    manifests.length === 1 && only !== undefined
      ? only
      : await writeJson(folder, mediaTypes.index, {
          schemaVersion: 2,
          mediaType: mediaTypes.index,
          manifests,
        });
  await writeFile(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await writeFile(
    join(folder, "index.json"),
    JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: [root] }),
  );
}

export function blobFile(folder: string, digest: string): string {
  return join(folder, "blobs", digest.replace(":", "/"));
}

async function writeImage(folder: string, image: Image): Promise<Descriptor> {
  const tar = await packFiles(image.files);
  const layer = await writeBlob(folder, mediaTypes.layer, await promisify(gzip)(tar));
  const config = await writeJson(folder, mediaTypes.config, {
    created: epoch.toISOString(),
    ...image.platform,
    config: image.config,
    rootfs: { type: "layers", diff_ids: [digestOf(tar)] },
    history: [{ created: epoch.toISOString(), created_by: "multiarch's lab" }],
  });
  const manifest = { schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers: [layer] };
  return { ...(await writeJson(folder, mediaTypes.manifest, manifest)), platform: image.platform };
}

async function packFiles(files: readonly ImageFile[]): Promise<Buffer> {
  const tar = pack();
  const bytes = buffer(tar);
  for (const file of withParents(files)) {
    const header = { name: file.path, mtime: epoch, mode: file.mode ?? 0o755 };
    if (file.folder) tar.entry({ ...header, name: `${file.path}/`, type: "directory" });
    else if (file.linkTo !== undefined) tar.entry({ ...header, type: "symlink", linkname: file.linkTo });
    else tar.entry(header, file.copyOf === undefined ? (file.text ?? "") : await readFile(file.copyOf));
  }
  tar.finalize();
  return bytes;
}

/** In an order in which each folder comes before what is in it. */
function withParents(files: readonly ImageFile[]): ImageFile[] {
  const all = new Map(files.map((file) => [file.path, file]));
  for (const { path } of files) {
    for (let parent = dirname(path); parent !== "."; parent = dirname(parent)) {
      if (!all.has(parent)) all.set(parent, { path: parent, folder: true });
    }
  }
  return [...all.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function writeJson(folder: string, mediaType: string, value: unknown): Promise<Descriptor> {
  return writeBlob(folder, mediaType, Buffer.from(JSON.stringify(value)));
}

async function writeBlob(folder: string, mediaType: string, bytes: Buffer): Promise<Descriptor> {
  const digest = digestOf(bytes);
  await writeFile(blobFile(folder, digest), bytes);
  return { mediaType, digest, size: bytes.length };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

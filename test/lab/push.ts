import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { blobFile, mediaTypes } from "./image.ts";
import type { Descriptor } from "./image.ts";

export interface PushTarget {
  readonly registry: string;
  readonly repository: string;
  readonly tags: readonly string[];
}

interface Manifest {
  readonly manifests?: readonly Descriptor[];
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
}

/** Pushes an OCI layout unless the tags name it already. https://github.com/opencontainers/distribution-spec/blob/main/spec.md */
export async function pushLayout(folder: string, target: PushTarget): Promise<boolean> {
  const index = JSON.parse(await readFile(join(folder, "index.json"), "utf8")) as Manifest;
  const root = index.manifests?.[0];
  if (root === undefined) throw new Error(`${folder} holds no image`);
  const base = `http://${target.registry}/v2/${target.repository}`;
  const missing: string[] = [];
  for (const tag of target.tags) {
    const response = await fetch(`${base}/manifests/${tag}`, {
      method: "HEAD",
      headers: { accept: root.mediaType },
    });
    if (response.headers.get("docker-content-digest") !== root.digest) missing.push(tag);
  }
  if (missing.length === 0) return false;
  for (const tag of missing) await pushManifest(folder, base, root, tag);
  return true;
}

async function pushManifest(
  folder: string,
  base: string,
  descriptor: Descriptor,
  name: string,
): Promise<void> {
  const bytes = await readFile(blobFile(folder, descriptor.digest));
  const manifest = JSON.parse(bytes.toString()) as Manifest;
  for (const child of manifest.manifests ?? []) await pushManifest(folder, base, child, child.digest);
  if (descriptor.mediaType === mediaTypes.manifest) {
    for (const blob of [manifest.config, ...(manifest.layers ?? [])]) {
      if (blob !== undefined) await pushBlob(folder, base, blob);
    }
  }
  await put(`${base}/manifests/${name}`, descriptor.mediaType, bytes);
}

async function pushBlob(folder: string, base: string, { digest }: Descriptor): Promise<void> {
  if ((await fetch(`${base}/blobs/${digest}`, { method: "HEAD" })).ok) return;
  const started = await fetch(`${base}/blobs/uploads/`, { method: "POST" });
  const location = new URL(started.headers.get("location") ?? "", `${base}/`);
  location.searchParams.set("digest", digest);
  await put(location.href, "application/octet-stream", await readFile(blobFile(folder, digest)));
}

async function put(url: string, type: string, body: Buffer): Promise<void> {
  const response = await fetch(url, { method: "PUT", headers: { "content-type": type }, body });
  if (response.status !== 201) {
    throw new Error(`PUT ${url}: ${response.status} ${await response.text()}`);
  }
}

import { createHash, randomUUID } from "node:crypto";

export type StoredManifest = { readonly bytes: Buffer; readonly mediaType: string };

/** A tag, and what it pointed at before it last moved. */
export type StoredTag = {
  readonly digest: string;
  readonly before: string | undefined;
  /** On the registry's clock. */
  readonly moved: number;
};

export type Repository = {
  readonly blobs: Map<string, Buffer>;
  readonly manifests: Map<string, StoredManifest>;
  readonly tags: Map<string, StoredTag>;
  readonly uploads: Map<string, Buffer>;
};

/** All repositories of a registry, by name. */
export type Store = {
  readonly find: (name: string) => Repository | undefined;
  readonly open: (name: string) => Repository;
};

export function createStore(): Store {
  const repositories = new Map<string, Repository>();
  return {
    find: (name) => repositories.get(name),
    open: (name) => {
      const known = repositories.get(name);
      if (known !== undefined) return known;
      const created = { blobs: new Map(), manifests: new Map(), tags: new Map(), uploads: new Map() };
      repositories.set(name, created);
      return created;
    },
  };
}

export function moveTag(repository: Repository, tag: string, digest: string, now: number): void {
  repository.tags.set(tag, { digest, before: repository.tags.get(tag)?.digest, moved: now });
}

export function newUpload(repository: Repository): string {
  const id = randomUUID();
  repository.uploads.set(id, Buffer.alloc(0));
  return id;
}

/** The digest of the bytes, by the algorithm that `like` names. */
export function digestLike(bytes: Uint8Array, like = "sha256:"): string {
  const algorithm = like.startsWith("sha512:") ? "sha512" : "sha256";
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}

export function isDigest(text: string): boolean {
  return /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/.test(text);
}

type Document = {
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config?: { readonly mediaType: string };
  readonly manifests?: readonly { readonly digest: string }[];
  readonly subject?: { readonly digest: string };
  readonly annotations?: Readonly<Record<string, string>>;
};

/** A manifest's JSON; undefined when it is none. */
export function documentOf(bytes: Buffer): Document | undefined {
  try {
    const document = JSON.parse(bytes.toString("utf8")) as Document | null;
    return typeof document === "object" && document !== null ? document : undefined;
  } catch {
    return undefined;
  }
}

/** Descriptors of the manifests whose subject is the digest, as the referrers API lists them. */
export function referrersOf(repository: Repository | undefined, subject: string): readonly object[] {
  return [...(repository?.manifests ?? [])].flatMap(([digest, { bytes, mediaType }]) => {
    const document = documentOf(bytes);
    if (document?.subject?.digest !== subject) return [];
    const artifactType = document.artifactType ?? document.config?.mediaType;
    const { annotations } = document;
    return [{ mediaType, digest, size: bytes.length, artifactType, annotations }];
  });
}

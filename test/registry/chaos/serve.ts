// distribution-spec 1.1 over the store: an honest registry, but for what the faults of a request say.
import type { Faults, Headers } from "./fault.ts";
import { digestLike, documentOf, isDigest, moveTag, newUpload, referrersOf } from "./store.ts";
import type { Repository, Store } from "./store.ts";

export type Answer = { readonly status: number; readonly headers: Headers; readonly body?: Buffer | string };

export type Asked = {
  readonly method: string;
  readonly url: URL;
  readonly header: (name: string) => string | undefined;
  readonly body: Buffer;
  readonly faults: Faults;
  readonly now: number;
  /** Whether who asks may read this other repository: what a mount needs. */
  readonly mayPull: (repository: string) => boolean;
};

export type ServeOptions = {
  /** Whether there is the referrers API, and OCI-Subject with it. */
  readonly referrers: boolean;
  /** Whether manifests can be deleted: all, none, or by digest alone. */
  readonly deletes: "all" | "none" | "digests";
  /** Whether blobs are mounted from other repositories; else an upload begins, as the spec allows. */
  readonly mounts: boolean;
};

const ociIndex = "application/vnd.oci.image.index.v1+json";

/** The repository that a path is about, and the rest of the path. */
export function splitPath(path: string): { readonly name: string; readonly route: string } {
  const [, name = "", route = ""] =
    /^\/v2\/(.+?)\/((?:manifests|blobs|referrers)\/.*|tags\/list)$/.exec(path) ?? [];
  return { name, route };
}

export function serve(store: Store, asked: Asked, options: ServeOptions): Answer {
  const { name, route } = splitPath(asked.url.pathname);
  if (name === "")
    return { status: /^\/v2\/?$/.test(asked.url.pathname) ? 200 : 404, headers: {}, body: "{}" };
  const [kind = "", ...rest] = route.split("/");
  const target = rest.join("/");
  if (kind === "tags") return listTags(store.find(name), name, asked.url);
  if (kind === "referrers") return listReferrers(store.find(name), target, asked.url, options);
  if (kind === "manifests") return serveManifest(store.open(name), name, target, asked, options);
  if (rest[0] === "uploads") return serveUpload(store, name, rest[1] ?? "", asked, options);
  return serveBlob(store.open(name), target, asked);
}

export function failed(status: number, code: string, message: string): Answer {
  const body = JSON.stringify({ errors: [{ code, message }] });
  return { status, headers: { "content-type": "application/json" }, body };
}

function listTags(repository: Repository | undefined, name: string, url: URL): Answer {
  if (repository === undefined) return failed(404, "NAME_UNKNOWN", `no repository ${name}`);
  const after = url.searchParams.get("last") ?? "";
  const most = Number(url.searchParams.get("n") ?? 1000);
  const later = [...repository.tags.keys()].toSorted().filter((tag) => tag > after);
  const tags = later.slice(0, most);
  const last = tags.at(-1);
  const link =
    later.length > tags.length && last !== undefined
      ? { link: `</v2/${name}/tags/list?n=${most}&last=${last}>; rel="next"` }
      : {};
  const headers = { "content-type": "application/json", ...link };
  return { status: 200, headers, body: JSON.stringify({ name, tags }) };
}

function listReferrers(
  repository: Repository | undefined,
  digest: string,
  url: URL,
  { referrers }: ServeOptions,
): Answer {
  if (!referrers) return failed(404, "UNSUPPORTED", "no such API");
  if (!isDigest(digest)) return failed(400, "DIGEST_INVALID", `no digest: ${digest}`);
  const type = url.searchParams.get("artifactType");
  const all = referrersOf(repository, digest) as readonly { readonly artifactType?: string }[];
  const manifests = type === null ? all : all.filter(({ artifactType }) => artifactType === type);
  const applied = type === null ? {} : { "oci-filters-applied": "artifactType" };
  const body = JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests });
  return { status: 200, headers: { "content-type": ociIndex, ...applied }, body };
}

function serveManifest(
  repository: Repository,
  name: string,
  target: string,
  asked: Asked,
  options: ServeOptions,
): Answer {
  const { manifests, tags } = repository;
  if (asked.method === "PUT") return putManifest(repository, name, target, asked, options);
  if (asked.method === "DELETE") {
    if (options.deletes === "none") return failed(405, "UNSUPPORTED", "deletes are disabled");
    if (!target.includes(":")) {
      if (options.deletes === "digests") return failed(400, "DIGEST_INVALID", `no digest: ${target}`);
      return tags.delete(target)
        ? { status: 202, headers: {} }
        : failed(404, "MANIFEST_UNKNOWN", `no tag ${target}`);
    }
    if (!manifests.delete(target)) return failed(404, "MANIFEST_UNKNOWN", `no manifest ${target}`);
    for (const [tag, { digest }] of tags) if (digest === target) tags.delete(tag);
    return { status: 202, headers: {} };
  }
  const stale = asked.faults.attendant("stale-read");
  const tag = tags.get(target);
  const isStale = stale !== undefined && tag !== undefined && asked.now < tag.moved + stale.ms;
  const digest = target.includes(":") ? target : isStale ? tag.before : tag?.digest;
  const manifest = digest === undefined ? undefined : manifests.get(digest);
  if (digest === undefined || manifest === undefined) {
    return failed(404, "MANIFEST_UNKNOWN", `no manifest ${target}`);
  }
  const headers = { "content-type": manifest.mediaType, "docker-content-digest": digest };
  return { status: 200, headers, body: manifest.bytes };
}

function putManifest(
  repository: Repository,
  name: string,
  target: string,
  { body, faults, header, now }: Asked,
  { referrers }: ServeOptions,
): Answer {
  const isDigested = target.includes(":");
  if (isDigested && target !== digestLike(body, target)) {
    return failed(400, "DIGEST_INVALID", "the digest does not match");
  }
  const document = documentOf(body);
  if (document === undefined) return failed(400, "MANIFEST_INVALID", "this is not JSON");
  const before = repository.tags.get(target);
  const frozen = faults.attendant("immutable-tags");
  if (frozen !== undefined && before !== undefined) {
    return failed(frozen.status ?? 400, "TAG_INVALID", `the tag ${target} exists and cannot be overwritten`);
  }
  const strict = faults.attendant("reject-missing-child");
  const missing = (document.manifests ?? []).filter(({ digest }) => !repository.manifests.has(digest));
  if (strict !== undefined && missing.length > 0) {
    const names = missing.map(({ digest }) => digest).join(", ");
    return failed(strict.status ?? 400, "MANIFEST_BLOB_UNKNOWN", `no manifest ${names}`);
  }
  const rewritten =
    faults.attendant("rewrite-manifest") === undefined ? body : Buffer.concat([body, Buffer.from(" ")]);
  const digest = digestLike(rewritten, target);
  const mediaType = header("content-type") ?? document.mediaType ?? "application/octet-stream";
  repository.manifests.set(digest, { bytes: rewritten, mediaType });
  if (!isDigested) moveTag(repository, target, digest, now);
  const subject =
    referrers && document.subject !== undefined ? { "oci-subject": document.subject.digest } : {};
  const headers = {
    location: `/v2/${name}/manifests/${digest}`,
    "docker-content-digest": digest,
    ...subject,
  };
  return { status: 201, headers };
}

function serveBlob(repository: Repository, digest: string, { header, method }: Asked): Answer {
  const blob = repository.blobs.get(digest);
  if (blob === undefined) return failed(404, "BLOB_UNKNOWN", `no blob ${digest}`);
  if (method === "DELETE") {
    repository.blobs.delete(digest);
    return { status: 202, headers: {} };
  }
  const headers = { "content-type": "application/octet-stream", "docker-content-digest": digest };
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(header("range") ?? "") ?? [];
  if (from === undefined) return { status: 200, headers, body: blob };
  const end = to === "" ? blob.length - 1 : Math.min(Number(to), blob.length - 1);
  if (Number(from) > end) return { status: 416, headers: { "content-range": `bytes */${blob.length}` } };
  return {
    status: 206,
    headers: { ...headers, "content-range": `bytes ${from}-${end}/${blob.length}` },
    body: blob.subarray(Number(from), end + 1),
  };
}

function serveUpload(store: Store, name: string, id: string, asked: Asked, { mounts }: ServeOptions): Answer {
  const { body, header, method, url } = asked;
  const repository = store.open(name);
  const digest = url.searchParams.get("digest");
  if (method === "POST") {
    const mounted = mounts ? mount(store, name, asked) : undefined;
    if (mounted !== undefined) return mounted;
    if (digest !== null) return finish(repository, name, body, digest);
    return progress(name, newUpload(repository), 0, 202);
  }
  const before = repository.uploads.get(id);
  if (before === undefined) return failed(404, "BLOB_UPLOAD_UNKNOWN", "no such upload");
  if (method === "GET") return progress(name, id, before.length, 204);
  if (method === "DELETE") {
    repository.uploads.delete(id);
    return { status: 204, headers: {} };
  }
  const [, start] = /^(\d+)-\d+$/.exec(header("content-range") ?? "") ?? [];
  if (start !== undefined && Number(start) !== before.length) {
    return { ...progress(name, id, before.length, 416), body: "" };
  }
  const bytes = Buffer.concat([before, body]);
  if (method === "PATCH") {
    repository.uploads.set(id, bytes);
    return progress(name, id, bytes.length, 202);
  }
  const answer = finish(repository, name, bytes, digest ?? "");
  if (answer.status === 201) repository.uploads.delete(id);
  // Bytes that were taken stay, as in the real thing: who sends them again to the same upload sends too many.
  else repository.uploads.set(id, bytes);
  return answer;
}

function mount(store: Store, name: string, { url, mayPull }: Asked): Answer | undefined {
  const [digest, from] = [url.searchParams.get("mount"), url.searchParams.get("from")];
  if (digest === null || from === null || !mayPull(from)) return undefined;
  const blob = store.find(from)?.blobs.get(digest);
  if (blob === undefined) return undefined;
  store.open(name).blobs.set(digest, blob);
  return created(name, digest);
}

function finish(repository: Repository, name: string, bytes: Buffer, digest: string): Answer {
  if (!isDigest(digest) || digest !== digestLike(bytes, digest)) {
    return failed(400, "DIGEST_INVALID", "the digest does not match");
  }
  repository.blobs.set(digest, bytes);
  return created(name, digest);
}

function created(name: string, digest: string): Answer {
  const headers = { location: `/v2/${name}/blobs/${digest}`, "docker-content-digest": digest };
  return { status: 201, headers };
}

function progress(name: string, id: string, size: number, status: number): Answer {
  const headers = { location: `/v2/${name}/blobs/uploads/${id}`, range: `0-${Math.max(0, size - 1)}` };
  return { status, headers };
}

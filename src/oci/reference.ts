import { InputError } from "../errors.ts";
import { type Digest, isDigest } from "./digest.ts";

/**
 * `registry/repository[:tag][@digest]`, with Docker's familiar names expanded: `ubuntu` is `docker.io/library/ubuntu`.
 * Of an OCI layout, `registry` is `oci:` and its path, and `repository` is empty.
 */
export type Reference = {
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
};

const hostName = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const registryPattern = new RegExp(`^(?:${hostName}(?:\\.${hostName})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const pathPart = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const repositoryPattern = new RegExp(`^${pathPart}(?:/${pathPart})*$`);
const tagPattern = /^[\w][\w.-]{0,127}$/;
/** `tag` and `digest` are cut off first: neither holds a slash, and `@` stands nowhere else. */
const partsPattern = /^([^@]*?)(?::([^:/@]*))?(?:@(.*))?$/s;

/**
 * The grammar of distribution/reference (`ParseNormalizedNamed`). Throws InputError naming the text and the part of it
 * that is wrong.
 */
export function parseReference(text: string): Reference {
  const wrong = (why: string): InputError =>
    new InputError(`not an image reference: ${JSON.stringify(text)}: ${why}`);
  if (text === "") throw wrong("it is empty");
  if (/^[a-f0-9]{64}$/.test(text)) throw wrong("64 hex digits alone are an image id");
  const [, name = "", tag, digest] = partsPattern.exec(text) ?? [];
  if (/^[a-z]+:\/\//i.test(text)) throw wrong("leave out the scheme");
  const { registry, repository } = splitRegistry(name);
  if (!registryPattern.test(registry))
    throw wrong(`${JSON.stringify(registry)} is not a registry's host[:port]`);
  if (/[A-Z]/.test(repository)) {
    throw wrong(
      `a repository is lower case: did you mean ${JSON.stringify(text.replace(name, lowerPath(name)))}?`,
    );
  }
  if (!repositoryPattern.test(repository)) throw wrong(`${JSON.stringify(repository)} is not a repository`);
  if (repository.length > 255) throw wrong("a repository has at most 255 letters");
  if (tag !== undefined && !tagPattern.test(tag)) throw wrong(`${JSON.stringify(tag)} is not a tag`);
  if (digest !== undefined && !isDigest(digest)) throw wrong(`${JSON.stringify(digest)} is not a digest`);
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/**
 * A reference that a person wants to push to. Docker reads `MyName/app` as the app on a host called MyName; nobody means
 * that. Throws InputError suggesting the lower-case spelling.
 */
export function parseTarget(text: string): Reference {
  const reference = parseReference(text);
  if (/[A-Z]/.test(reference.registry) && !/[.:]/.test(reference.registry)) {
    throw new InputError(
      `not an image reference: ${JSON.stringify(text)}: a repository is lower case: did you mean ` +
        `${JSON.stringify(text.replace(reference.registry, reference.registry.toLowerCase()))}?`,
    );
  }
  return reference;
}

/** The full spelling: `docker.io/library/ubuntu:24.04`. Inverse of `parseReference`. */
export function formatReference(reference: Reference): string {
  const { registry, repository } = reference;
  return `${registry}${repository === "" ? "" : `/${repository}`}${suffix(reference)}`;
}

/** Docker's short spelling: `ubuntu:24.04`. Also read by `parseReference`. */
export function formatFamiliar(reference: Reference): string {
  const { registry, repository } = reference;
  if (registry !== "docker.io") return formatReference(reference);
  const short = repository.replace(/^library\/(?=[^/]+$)/, "");
  // A first part that looks like a host would be read as one.
  const { registry: read } = splitRegistry(short);
  return (read === "docker.io" ? short : repository) + suffix(reference);
}

/** The same repository with another tag or digest, or with none. */
export function withTarget(
  reference: Reference,
  target: { readonly tag?: string; readonly digest?: Digest } = {},
): Reference {
  return { registry: reference.registry, repository: reference.repository, ...target };
}

function suffix(reference: Reference): string {
  const tag = reference.tag === undefined ? "" : `:${reference.tag}`;
  return reference.digest === undefined ? tag : `${tag}@${reference.digest}`;
}

/** The first part is a registry only if it looks like a host, as docker decides it. */
function splitRegistry(name: string): { readonly registry: string; readonly repository: string } {
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  const isHost =
    slash !== -1 && (/[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase());
  const registry = isHost ? first : "docker.io";
  const path = isHost ? name.slice(slash + 1) : name;
  if (registry !== "docker.io" && registry !== "index.docker.io") return { registry, repository: path };
  return { registry: "docker.io", repository: path.includes("/") || path === "" ? path : `library/${path}` };
}

function lowerPath(name: string): string {
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  const isHost = /[.:]/.test(first) || first.toLowerCase() === "localhost";
  return isHost ? first + name.slice(slash).toLowerCase() : name.toLowerCase();
}

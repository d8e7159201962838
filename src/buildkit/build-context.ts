import { suggest } from "../inputs/suggestion.ts";
import type { Digest } from "../oci/digest.ts";
import { isDigest } from "../oci/digest.ts";
import { formatFamiliar, parseReference } from "../oci/reference.ts";
import { redactUrl } from "../registry/url.ts";
import { isBoolean } from "./attribute.ts";

/** Where a build's files come from: a folder of ours, or what BuildKit fetches itself, by git or HTTP. */
export type ContextSource =
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "url"; readonly url: string };

/** A named context: what stands in for the image or the stage of that name. */
export interface BuildContext {
  readonly name: string;
  readonly source:
    | ContextSource
    | { readonly kind: "image"; readonly reference: string }
    | {
        readonly kind: "oci-layout";
        readonly path: string;
        readonly tag?: string;
        readonly digest?: Digest;
      };
}

const mainSchemes: readonly string[] = ["https", "http", "ssh", "git"];
const namedSchemes: readonly string[] = ["https", "http", "git", "docker-image", "oci-layout"];

/** What a git URL may say behind its `?`: https://github.com/moby/buildkit/tree/v0.32.2/frontend/dockerfile/dfgitutil */
const gitQuery: readonly string[] =
  "ref tag branch subdir checksum commit keep-git-dir submodules mtime fetch-by-commit".split(" ");

/** A repository's page at these hosts is a URL that BuildKit would take for a file. */
const forges: readonly string[] = ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"];

/** `git@github.com:owner/repo.git?subdir=x#ref`, as BuildKit's util/sshutil reads it. */
const scpPattern = /^([\w-]+)@([A-Za-z0-9.-]+):([^?#]*)(?:\?([^#]*))?/;

/**
 * The main context: a path, or a URL by the rules of buildx and BuildKit. Whether a folder stands at a path, or at
 * `github.com/owner/repo`, which is then meant, is for the caller to see. Throws an Error that names no credentials.
 */
export function parseContext(text: string): ContextSource {
  const scheme = schemeOf(text);
  if (scheme !== undefined) {
    checkScheme(scheme, mainSchemes);
    return { kind: "url", url: checkUrl(text) };
  }
  if (text.startsWith("github.com/")) {
    checkUrl(`https://${text}`, { isGit: true });
    return { kind: "url", url: text };
  }
  return scpPattern.test(text) ? { kind: "url", url: checkScp(text) } : pathSource(text);
}

/**
 * `name=value`, the value by buildx's rules: a URL or a path, or what its scheme says. The name is an image's or a stage's,
 * in its short form. Throws an Error that names no credentials.
 */
export function parseBuildContext(text: string): BuildContext {
  const equals = text.indexOf("=");
  if (equals === -1 || schemeOf(text) !== undefined) {
    throw new Error("a build context is NAME=PATH, NAME=URL or NAME=docker-image://REFERENCE");
  }
  const name = formatFamiliar(parseReference(text.slice(0, equals))).replace(/:latest$/, "");
  return { name, source: parseNamed(text.slice(equals + 1)) };
}

function parseNamed(text: string): BuildContext["source"] {
  const scheme = schemeOf(text);
  if (scheme === "docker-image") return imageSource(text.slice("docker-image://".length));
  if (scheme === "oci-layout") return layoutSource(text.slice("oci-layout://".length));
  if (scheme === "ssh") throw new Error("BuildKit takes no ssh:// here: write git@HOST:PATH");
  if (scheme !== undefined) {
    checkScheme(scheme, namedSchemes);
    return { kind: "url", url: checkUrl(text) };
  }
  const [, page, rest = ""] = /^(github\.com\/[^?#]+?)(?:\.git)?([?#].*)?$/s.exec(text) ?? [];
  // BuildKit knows this spelling for the main context only.
  if (page !== undefined) return { kind: "url", url: checkUrl(`https://${page}.git${rest}`) };
  const [, user] = scpPattern.exec(text) ?? [];
  if (user !== undefined && user !== "git") {
    throw new Error(`BuildKit takes no user but git here: write git@HOST:PATH instead of ${user}@HOST:PATH`);
  }
  if (user !== undefined) return { kind: "url", url: checkScp(text) };
  if (text.startsWith("target:"))
    throw new Error("target: is for bake files: stages of one Dockerfile have names");
  return pathSource(text);
}

function pathSource(path: string): ContextSource {
  if (path === "") throw new Error("the path is empty: . is the current folder");
  if (path === "-") throw new Error("- would be standard input, which is not read: name a folder or a URL");
  return { kind: "path", path };
}

function imageSource(reference: string): BuildContext["source"] {
  if (/^[^/]*@[^/]*\//.test(reference)) throw credentialsIn("docker-image://…", "docker login");
  parseReference(reference);
  return { kind: "image", reference };
}

/** https://github.com/docker/buildx/blob/v0.36.1/util/ocilayout/parse.go */
function layoutSource(text: string): BuildContext["source"] {
  const at = text.lastIndexOf("@");
  const digest = text.slice(at + 1);
  const hasDigest = at !== -1 && isDigest(digest);
  const rest = hasDigest ? text.slice(0, at) : text;
  const [, path = rest, tag] = /^(.+):(\w[\w.-]{0,127})$/s.exec(rest) ?? [];
  if (path === "") throw new Error("oci-layout:// names no folder: write oci-layout://FOLDER:TAG");
  if (hasDigest) return { kind: "oci-layout", path, ...(tag === undefined ? {} : { tag }), digest };
  return { kind: "oci-layout", path, tag: tag ?? "latest" };
}

function schemeOf(text: string): string | undefined {
  return /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1];
}

function checkScheme(scheme: string, known: readonly string[]): void {
  if (known.includes(scheme)) return;
  const schemes = known.map((word) => `${word}://`);
  throw new Error(`unknown scheme ${scheme}://: ${suggest(`${scheme}://`, schemes)}`);
}

function checkUrl(text: string, { isGit = false } = {}): string {
  if (/\s/.test(text) || !URL.canParse(text)) {
    throw new Error(
      `what begins with ${schemeOf(text)}:// is not a URL (it is not shown: it may hold credentials)`,
    );
  }
  const url = new URL(text);
  const { hash, host, hostname, password, pathname, protocol, searchParams, username } = url;
  const shown = redactUrl(url);
  const isRepository = isGit || protocol === "git:" || pathname.endsWith(".git");
  if (protocol === "ssh:") {
    if (password !== "") throw credentialsIn(shown, "an SSH agent or key");
    checkGitQuery(shown, searchParams);
  } else if (username !== "" || password !== "") {
    // BuildKit looks for these by itself.
    throw credentialsIn(
      shown,
      `the secret ${isRepository ? `GIT_AUTH_TOKEN.${host}` : `HTTP_AUTH_TOKEN_${hostname}`}`,
    );
  } else if (isRepository) {
    checkGitQuery(shown, searchParams);
  } else if (forges.includes(hostname) && /^\/[^/]+\/[^/]+\/?$/.test(pathname)) {
    const repository = `${protocol}//${host}${pathname.replace(/\/$/, "")}.git`;
    throw new Error(`${shown} is a page, not a repository: write ${repository}${hash}`);
  }
  return text;
}

function checkScp(text: string): string {
  const [, user = "", host = "", path = "", query = ""] = scpPattern.exec(text) ?? [];
  if (/\s/.test(text)) throw new Error(`${user}@${host}: a URL has no spaces`);
  checkGitQuery(`${user}@${host}:${path}`, new URLSearchParams(query));
  return text;
}

function checkGitQuery(shown: string, query: URLSearchParams): void {
  for (const [key, value] of query) {
    const wrong = (why: string): Error => new Error(`${shown}: ${why}`);
    if (!gitQuery.includes(key)) throw wrong(`there is no ${JSON.stringify(key)}: ${suggest(key, gitQuery)}`);
    if (query.getAll(key).length > 1) throw wrong(`${key} is given twice`);
    const isSwitch = ["submodules", "keep-git-dir", "fetch-by-commit"].includes(key);
    if (isSwitch && value !== "" && !isBoolean(value)) throw wrong(`${key} is true or false`);
    if (!isSwitch && value === "") throw wrong(`${key} has no value`);
  }
}

function credentialsIn(shown: string, instead: string): Error {
  return new Error(`${shown} carries a user name or a password: leave them out, and use ${instead}`);
}

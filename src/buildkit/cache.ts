import { suggest } from "../inputs/suggestion.ts";
import type { Platform } from "../oci/platform.ts";
import { checkTemplate, fillPlatform, hasPlatform } from "../oci/platform-template.ts";
import { parseTarget } from "../oci/reference.ts";
import type { AttributeTable } from "./attribute.ts";
import { checkAttribute, compressionAttributes } from "./attribute.ts";
import { checkKey, formatFields, parseFields, splitFields, takeType } from "./fields.ts";

/** BuildKit's cache backends. */
export type CacheType = "inline" | "registry" | "local" | "gha" | "s3" | "azblob";

/** One `--import-cache` or `--export-cache` of a solve. */
export interface Cache {
  readonly type: CacheType;
  /** All but `type`, with keys in lower case and values as they were written. */
  readonly attributes: ReadonlyMap<string, string>;
}

interface Backend {
  /** Attributes of both directions: where the cache is, and how it is reached. */
  readonly place: AttributeTable;
  readonly imports: AttributeTable;
  readonly exports: AttributeTable;
  /** Attributes that must be there in the directions that have them. */
  readonly required: readonly string[];
}

const exported = { mode: ["min", "max"], "ignore-error": "boolean" } as const satisfies AttributeTable;
const manifest = {
  ...compressionAttributes,
  "image-manifest": "boolean",
  "oci-mediatypes": "boolean",
} as const satisfies AttributeTable;
const bucket = {
  name: "text",
  prefix: "text",
  manifests_prefix: "text",
  blobs_prefix: "text",
} as const satisfies AttributeTable;

/** https://github.com/moby/buildkit/tree/v0.32.2/cache/remotecache */
const backends: Readonly<Record<CacheType, Backend>> = {
  inline: { place: {}, imports: {}, exports: exported, required: [] },
  registry: {
    place: { ref: "text", "registry.insecure": "boolean" },
    imports: {},
    exports: { ...exported, ...manifest },
    required: ["ref"],
  },
  local: {
    place: { tag: "text" },
    imports: { src: "text", digest: "text" },
    exports: { ...exported, ...manifest, dest: "text", reset: "boolean" },
    required: ["src", "dest"],
  },
  gha: {
    place: {
      scope: "text",
      timeout: "duration",
      version: ["1", "2"],
      url: "text",
      url_v2: "text",
      token: "text",
      ghtoken: "text",
      repository: "text",
    },
    imports: {},
    exports: exported,
    required: [],
  },
  s3: {
    place: {
      ...bucket,
      bucket: "text",
      region: "text",
      endpoint_url: "text",
      use_path_style: "boolean",
      access_key_id: "text",
      secret_access_key: "text",
      session_token: "text",
      touch_refresh: "duration",
      upload_parallelism: "positive",
      disable_accept_encoding: "boolean",
      retry_mode: ["standard", "adaptive"],
      retry_max_attempts: "positive",
    },
    imports: {},
    exports: exported,
    required: ["bucket", "region"],
  },
  azblob: {
    place: {
      ...bucket,
      account_url: "text",
      account_name: "text",
      container: "text",
      secret_access_key: "text",
    },
    imports: {},
    exports: exported,
    required: ["account_url"],
  },
};

const secretKeys: readonly string[] = ["token", "ghtoken", "secret_access_key", "session_token"];

/** Where a cache is read from: a reference, or `type=registry,ref=…`. Throws an Error that names no secret. */
export function parseCacheImport(text: string): Cache {
  const cache = parseCache(text);
  const { exports, imports, place } = backends[cache.type];
  if (cache.type === "inline") {
    throw new Error("an inline cache is read from its image: write type=registry,ref=IMAGE");
  }
  if (cache.attributes.has("dest")) throw new Error("dest is where a cache is written: write src=FOLDER");
  // Lines are copied from the exports: docker passes over mode=max and the like in an import.
  checkCache(cache, { ...place, ...imports }, exports);
  return cache;
}

/** Where a cache is written to: a reference, or `type=registry,ref=…`. Throws an Error that names no secret. */
export function parseCacheExport(text: string): Cache {
  const cache = parseCache(text);
  const { exports, place } = backends[cache.type];
  if (cache.attributes.has("src")) throw new Error("src is where a cache is read from: write dest=FOLDER");
  checkCache(cache, { ...place, ...exports });
  if (isPinned(cache))
    throw new Error(`${cache.attributes.get("ref")} has a digest: a cache is written to a tag`);
  return cache;
}

/** The value of `--import-cache=` or `--export-cache=`. */
export function formatCache({ attributes, type }: Cache): string {
  return formatFields([["type", type], ...attributes]);
}

/** The values of a cache's attributes that must not be seen. */
export function cacheSecrets({ attributes }: Cache): readonly string[] {
  return secretKeys.map((key) => attributes.get(key) ?? "").filter((value) => value !== "");
}

/**
 * What one of `several` platforms reads for a line: its own cache, as `cacheExportFor` names it, and then the one that is
 * written there, which another tool may have left. What does not exist is passed over by BuildKit.
 */
export function cacheImportsFor(cache: Cache, platform: Platform, several: boolean): readonly Cache[] {
  if (!several || namesPlatform(cache) || isPinned(cache)) return [filled(cache, platform)];
  const own = separated(cache, platform);
  return cache.type === "local" ? [own] : [own, cache];
}

/**
 * Where one of `several` platforms writes its cache: without a placeholder in the line, at a place of its own beside the one
 * that is named, because the platforms would replace each other's (https://github.com/docker/buildx/issues/1044).
 */
export function cacheExportFor(cache: Cache, platform: Platform, several: boolean): Cache {
  return !several || namesPlatform(cache) ? filled(cache, platform) : separated(cache, platform);
}

function parseCache(text: string): Cache {
  const { attributes, type: word } = takeType(readFields(text));
  if (word === undefined) {
    const hint = attributes.has("ref") ? "type=registry" : "type=registry, type=local or the like";
    throw new Error(`${[...attributes.keys()].join(", ")}: no type is named: write ${hint} before it`);
  }
  const types = Object.keys(backends) as CacheType[];
  const type = types.find((candidate) => candidate === word);
  if (type === undefined) throw new Error(`unknown type ${JSON.stringify(word)}: ${suggest(word, types)}`);
  return { type, attributes };
}

function readFields(text: string): ReadonlyMap<string, string> {
  try {
    const fields = splitFields(text);
    const references = fields.map(({ key, value }) => (value === undefined ? key : undefined));
    if (references.length > 1 && references.every((reference) => reference !== undefined)) {
      throw new Error(`put ${references.join(" and ")} on lines of their own`);
    }
    const [reference] = references;
    if (fields.length === 1 && reference !== undefined) {
      return new Map([
        ["type", "registry"],
        ["ref", reference],
      ]);
    }
    return parseFields(text, undefined);
  } catch (error) {
    // The messages quote the line, and a secret that has a comma in it has ended up in a field without a name.
    if (!/(?:token|secret|key|password)\w*\s*=/i.test(text)) throw error;
    // oxlint-disable-next-line eslint/preserve-caught-error -- the cause would show the secret
    throw new Error(
      "the line is not KEY=VALUE,… and is not shown, for it has a secret: quote a field that has a comma whole",
    );
  }
}

function checkCache({ attributes, type }: Cache, own: AttributeTable, passedOver: AttributeTable = {}): void {
  const table = { ...passedOver, ...own };
  for (const [key, value] of attributes) {
    checkKey(key, Object.keys(table));
    checkAttribute(key, value, table[key]);
    if (!secretKeys.includes(key)) checkTemplate(value);
  }
  for (const key of backends[type].required) {
    if (key in own && (attributes.get(key) ?? "") === "") throw new Error(`type=${type} needs ${key}=`);
  }
  const reference = attributes.get("ref");
  if (reference !== undefined) parseTarget(fillPlatform(reference, { os: "linux", architecture: "amd64" }));
}

function namesPlatform({ attributes }: Cache): boolean {
  return [...attributes].some(([key, value]) => !secretKeys.includes(key) && hasPlatform(value));
}

function filled({ attributes, type }: Cache, platform: Platform): Cache {
  const fill = (key: string, value: string): string =>
    secretKeys.includes(key) ? value : fillPlatform(value, platform);
  const pairs = Array.from(attributes, ([key, value]) => [key, fill(key, value)] as const);
  return { type, attributes: new Map(pairs) };
}

/** Whether only one content fits, which no other place has. */
function isPinned({ attributes }: Cache): boolean {
  return attributes.has("digest") || (attributes.get("ref") ?? "").includes("@");
}

/** The same cache at the platform's own place. */
function separated(cache: Cache, platform: Platform): Cache {
  const slug = fillPlatform("{platform}", platform);
  const { attributes, type } = cache;
  const moved = (key: string, otherwise: string, move: (value: string) => string): Cache => ({
    type,
    attributes: new Map([...attributes, [key, move(attributes.get(key) ?? otherwise)] as const]),
  });
  if (type === "inline") return cache;
  if (type === "registry") return moved("ref", "", (reference) => ownTag(reference, slug));
  if (type === "gha") return moved("scope", "buildkit", (scope) => `${scope}-${slug}`);
  if (type === "local") {
    return moved(attributes.has("src") ? "src" : "dest", "", (path) => `${path.replace(/\/+$/, "")}/${slug}`);
  }
  const apart = (names: string): string => names.replaceAll(/[^;]+/g, (name) => `${name}-${slug}`);
  return moved("name", "buildkit", apart);
}

/** A reference without a tag means `latest`. */
function ownTag(reference: string, slug: string): string {
  const [, name = reference, tag = "latest"] = /^(.*):([^:/]+)$/.exec(reference) ?? [];
  return `${name}:${tag.slice(0, 127 - slug.length)}-${slug}`;
}

import { suggest } from "../inputs/suggestion.ts";
import { checkTemplate, fillPlatform } from "../oci/platform-template.ts";
import { parseTarget } from "../oci/reference.ts";
import type { AttributeTable } from "./attribute.ts";
import { checkAttribute, compressionAttributes } from "./attribute.ts";
import { parseCsv } from "./csv.ts";
import { checkKey, formatFields, parseFields, takeType } from "./fields.ts";

/** BuildKit's exporters, and buildx's word for none. */
export type ExporterType = "image" | "oci" | "docker" | "local" | "tar" | "cacheonly";

/** One `--output` of a solve. */
export interface Output {
  readonly type: ExporterType;
  /** All but `type`, with keys in lower case and values as they were written. */
  readonly attributes: ReadonlyMap<string, string>;
}

const layers = {
  ...compressionAttributes,
  name: "text",
  "oci-mediatypes": "boolean",
  "oci-artifact": "boolean",
  "attestation-inline": "boolean",
  "prefer-nondist-layers": "boolean",
  "rewrite-timestamp": "boolean",
  "source-date-epoch": "integer",
} as const satisfies AttributeTable;

const archive = { ...layers, dest: "text", tar: "boolean" } as const satisfies AttributeTable;

const files = {
  dest: "text",
  "platform-split": "boolean",
  "attestation-prefix": "text",
  "source-date-epoch": "integer",
} as const satisfies AttributeTable;

/** https://github.com/moby/buildkit/blob/v0.32.2/exporter/containerimage/exptypes/keys.go, and its neighbours. */
const attributesOf: Readonly<Record<ExporterType, AttributeTable>> = {
  image: {
    ...layers,
    push: "boolean",
    "push-by-digest": "boolean",
    "registry.insecure": "boolean",
    "name-canonical": "boolean",
    unpack: "boolean",
    store: "boolean",
    "dangling-name-prefix": "text",
    // BuildKit's own spelling.
    "danging-name-empty-only": "boolean",
  },
  oci: archive,
  docker: archive,
  local: { ...files, mode: ["copy", "delete"] },
  tar: files,
  cacheonly: {},
};

const annotated: readonly ExporterType[] = ["image", "oci", "docker"];
/** https://github.com/moby/buildkit/blob/v0.32.2/exporter/containerimage/exptypes/annotations.go */
const annotationPattern = /^annotation(?:-(?:manifest|index)(?:-descriptor)?)?(?:\[[a-z0-9_/-]+\])?\.\S+$/;
const levels = "manifest, index, manifest-descriptor and index-descriptor";

const example = { os: "linux", architecture: "amd64" };

/**
 * What docker's actions take as an output: `type=image,name=…`, `type=registry` for an image that is pushed, or the path of
 * a folder. Throws an Error naming what is wrong.
 */
export function parseOutput(text: string): Output {
  const path = barePath(text);
  if (path !== undefined) {
    checkDestination("local", path);
    return { type: "local", attributes: new Map([["dest", path]]) };
  }
  const { attributes: given, type: word } = takeType(parseFields(text, undefined));
  if (word === undefined)
    throw new Error(`${JSON.stringify(text)} names no type: write type=image or the like`);
  const isRegistry = word === "registry";
  const type = isRegistry ? "image" : exporterType(word);
  const attributes = isRegistry ? new Map([...given, ["push", "true"] as const]) : given;
  checkAttributes(type, attributes);
  return { type, attributes };
}

/** The value of `--output=` from which buildctl, and `parseOutput`, read the same. */
export function formatOutput({ attributes, type }: Output): string {
  return formatFields([["type", type], ...attributes]);
}

/** A line of one field is the path of a folder, unless it is KEY=VALUE. */
function barePath(text: string): string | undefined {
  const [field = "", ...others] = parseCsv(text);
  if (others.length > 0) return undefined;
  return !field.includes("=") || /^(?:\.{0,2}|[A-Za-z]:)[/\\]/.test(field) ? field : undefined;
}

function exporterType(word: string): ExporterType {
  const types = Object.keys(attributesOf) as ExporterType[];
  const type = types.find((candidate) => candidate === word);
  if (type === undefined) {
    throw new Error(`unknown type ${JSON.stringify(word)}: ${suggest(word, [...types, "registry"])}`);
  }
  return type;
}

function checkAttributes(type: ExporterType, attributes: ReadonlyMap<string, string>): void {
  const table = attributesOf[type];
  for (const [key, value] of attributes) {
    if (annotated.includes(type) && key.startsWith("annotation")) {
      checkAnnotation(key);
      continue;
    }
    checkKey(key, Object.keys(table));
    checkAttribute(key, value, table[key]);
  }
  for (const name of attributes.get("name")?.split(",") ?? []) checkName(name);
  if ("dest" in table) checkDestination(type, attributes.get("dest") ?? "");
}

function checkAnnotation(key: string): void {
  if (annotationPattern.test(key)) return;
  throw new Error(
    `${JSON.stringify(key)} is neither annotation.KEY nor annotation-LEVEL.KEY, with one of the levels ${levels}`,
  );
}

/** `*` is the name that the frontend gave the image. */
function checkName(name: string): void {
  if (name === "" || name === "*") return;
  checkTemplate(name);
  parseTarget(fillPlatform(name, example));
}

function checkDestination(type: ExporterType, destination: string): void {
  if (destination === "-") {
    throw new Error("nothing can be written to - (standard output), which is the step's own: name a file");
  }
  // Docker itself is where an image for docker goes by default.
  if (destination === "" && type === "docker") return;
  if (destination === "") throw new Error(`type=${type} needs dest=${type === "local" ? "FOLDER" : "FILE"}`);
  checkTemplate(destination);
}

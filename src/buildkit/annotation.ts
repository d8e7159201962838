import { suggest } from "../inputs/suggestion.ts";
import type { Platform } from "../oci/platform.ts";
import { parsePlatform, samePlatform } from "../oci/platform.ts";

/** What an annotation is put on: an image's manifest, the index over all, or the descriptor of either. */
export type AnnotationLevel = "manifest" | "index" | "manifest-descriptor" | "index-descriptor";

export interface Annotation {
  readonly level: AnnotationLevel;
  /** The only platform that gets it; only on the levels of manifests. */
  readonly platform?: Platform;
  readonly key: string;
  readonly value: string;
}

const levels: readonly AnnotationLevel[] = ["manifest", "index", "manifest-descriptor", "index-descriptor"];

/**
 * buildx's `key=value`, `index,manifest:key=value`, `manifest[linux/amd64]:key=value`: one annotation per level, on the
 * manifest when none is named. Throws an Error naming what is wrong.
 */
export function parseAnnotation(text: string): readonly Annotation[] {
  const [, left, value] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (left === undefined || value === undefined) throw new Error(`${JSON.stringify(text)} is not KEY=VALUE`);
  const colon = left.indexOf(":");
  const key = left.slice(colon + 1);
  // A key that does not fit is no annotation to BuildKit, and is dropped.
  if (!/^\S+$/.test(key)) throw new Error(`${JSON.stringify(text)}: ${JSON.stringify(key)} can't be a key`);
  const places = colon === -1 ? ["manifest"] : left.slice(0, colon).split(",");
  return places.map((place) => {
    const { level, platform } = parsePlace(place);
    if (level === "manifest" && key !== key.toLowerCase()) {
      throw new Error(
        `${JSON.stringify(key)}: buildctl makes the keys of a manifest's annotations lower case: write ${key.toLowerCase()}`,
      );
    }
    return { level, ...(platform === undefined ? {} : { platform }), key, value };
  });
}

/**
 * The attributes of a platform's exporter: `annotation.<key>` for what is on the manifest of this platform. One for this
 * platform wins over one for all, then the last. The other levels are for who publishes the index.
 */
export function annotationAttributes(
  annotations: readonly Annotation[],
  platform: Platform,
): [string, string][] {
  const ours = annotations.filter(({ level }) => level === "manifest");
  const general = ours.filter((annotation) => annotation.platform === undefined);
  const special = ours.filter(
    (annotation) => annotation.platform !== undefined && samePlatform(annotation.platform, platform),
  );
  const values = new Map([...general, ...special].map(({ key, value }) => [key, value]));
  return Array.from(values, ([key, value]) => [`annotation.${key}`, value]);
}

function parsePlace(text: string): { readonly level: AnnotationLevel; readonly platform?: Platform } {
  const [, word = text, platform] = /^([a-z-]+)(?:\[([\w/-]+)\])?$/.exec(text) ?? [];
  const level = levels.find((candidate) => candidate === word);
  if (level === undefined) throw new Error(`unknown level ${JSON.stringify(word)}: ${suggest(word, levels)}`);
  const isIndex = level.startsWith("index");
  // buildx passes over the platform of an index, which has none.
  return platform === undefined || isIndex ? { level } : { level, platform: parsePlatform(platform) };
}

import { nearest } from "../inputs/nearest.ts";
import type { Platform } from "./platform.ts";
import { formatPlatform, normalizePlatform } from "./platform.ts";

const placeholders = ["platform", "os", "arch", "variant"];

/** `{word}`, but neither `{{word}}`, which is docker/metadata-action's, nor JSON. */
const placeholderPattern = /(?<!\{)\{([A-Za-z]+)\}(?!\})/g;

/** Whether the text has a placeholder that `fillPlatform` fills. */
export function hasPlatform(template: string): boolean {
  return words(template).some((word) => placeholders.includes(word));
}

/**
 * `{platform}` becomes `linux-arm-v7`, `{os}` `linux`, `{arch}` `arm`, `{variant}` `v7` or nothing. What is filled in fits
 * into a tag and into a file's name. Other braces stay.
 */
export function fillPlatform(template: string, platform: Platform): string {
  const { architecture, os, variant = "" } = normalizePlatform(platform);
  const values = new Map([
    ["platform", formatPlatform(normalizePlatform(platform))],
    ["os", os],
    ["arch", architecture],
    ["variant", variant],
  ]);
  return template.replaceAll(placeholderPattern, (whole, word: string) => {
    const value = values.get(word);
    return value === undefined ? whole : value.replaceAll(/[^\w.]+/g, "-");
  });
}

/** Throws an Error for a placeholder that is one of ours with a slip in it. */
export function checkTemplate(template: string): void {
  for (const word of words(template)) {
    if (placeholders.includes(word)) continue;
    const meant = meantBy(word.toLowerCase());
    if (meant !== undefined) {
      throw new Error(`${JSON.stringify(template)}: there is no {${word}}: did you mean {${meant}}?`);
    }
  }
}

function words(template: string): readonly string[] {
  return [...template.matchAll(placeholderPattern)].map(([, word = ""]) => word);
}

function meantBy(word: string): string | undefined {
  if (word === "architecture") return "arch";
  // A short word is near to too many others: `{as}` need not be `{os}`.
  return nearest(word, placeholders, Math.floor(word.length / 4));
}

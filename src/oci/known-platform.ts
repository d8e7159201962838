import { InputError } from "../errors.ts";
import { formatPlatform, isKnownPlatform, type Platform, parsePlatform } from "./platform.ts";

/** What people build for: the candidates of "did you mean". */
const usualPlatforms: readonly string[] = [
  "linux/amd64",
  "linux/arm64",
  "linux/arm/v7",
  "linux/arm/v6",
  "linux/arm/v5",
  "linux/386",
  "linux/ppc64le",
  "linux/s390x",
  "linux/riscv64",
  "linux/loong64",
  "linux/mips64le",
  "windows/amd64",
  "windows/arm64",
  "darwin/amd64",
  "darwin/arm64",
  "freebsd/amd64",
];

/** A platform that a person typed. Throws InputError for a word that no tool knows, naming the nearest that one does. */
export function checkKnownPlatform(text: string, host?: Platform): Platform {
  const platform = parsePlatform(text, host);
  const usualVariant = variantPatterns[platform.architecture]?.test(platform.variant ?? "") ?? true;
  if (isKnownPlatform(platform) && usualVariant) return platform;
  throw new InputError(`unknown platform ${JSON.stringify(text)}: did you mean ${nearestPlatform(text)}?`);
}

/** The usual platform with the fewest letters between it and the text. */
export function nearestPlatform(text: string): string {
  const lower = formattedOrRaw(text).toLowerCase();
  let nearest = "linux/amd64";
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of usualPlatforms) {
    const edits = editDistance(lower, candidate);
    if (edits < fewest) [nearest, fewest] = [candidate, edits];
  }
  return nearest;
}

const variantPatterns: Readonly<Record<string, RegExp>> = {
  amd64: /^(?:v[1-4])?$/,
  arm: /^(?:v[4-8])?$/,
  arm64: /^(?:v[89](?:\.\d+)?)?$/,
};

function formattedOrRaw(text: string): string {
  try {
    return formatPlatform(parsePlatform(text));
  } catch {
    return text;
  }
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [row, letter] of [...a].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...b].entries()) {
      const replaced = (previous[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min((previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1, replaced));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}

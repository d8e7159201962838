import { InputError } from "../errors.ts";
import { formatPlatform, isKnownPlatform, type Platform, parsePlatform } from "../oci/platform.ts";
import { nearest } from "./nearest.ts";

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
  const suggestion = nearest(formatPlatform(platform), usualPlatforms);
  const hint = suggestion === undefined ? "it is one such as linux/arm64" : `did you mean ${suggestion}?`;
  throw new InputError(`unknown platform ${JSON.stringify(text)}: ${hint}`);
}

const variantPatterns: Readonly<Record<string, RegExp>> = {
  amd64: /^(?:v[1-4])?$/,
  arm: /^(?:v[4-8])?$/,
  arm64: /^(?:v[89](?:\.\d+)?)?$/,
};

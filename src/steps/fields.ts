import { list } from "../inputs/field.ts";
import { checkKnownPlatform } from "../inputs/known-platform.ts";
import type { Platform } from "../oci/platform.ts";
import { formatPlatform, normalizePlatform } from "../oci/platform.ts";
import type { Reference } from "../oci/reference.ts";
import { formatReference, parseTarget } from "../oci/reference.ts";

/** Platforms such as `linux/arm/v7`, normalized. */
export function platformList(description: string) {
  return list<Platform>({
    description,
    commas: true,
    placeholder: "linux/amd64,linux/arm64",
    item: (text) => normalizePlatform(checkKnownPlatform(text)),
  });
}

/** Repositories without tag or digest. */
export function repositoryList(description: string) {
  return list<Reference>({
    description,
    commas: true,
    required: true,
    placeholder: "REGISTRY/REPOSITORY",
    item: (text) => {
      const reference = parseTarget(text);
      if (reference.tag !== undefined || reference.digest !== undefined) {
        const { registry, repository } = reference;
        throw new Error(
          `${JSON.stringify(text)} names a tag or digest: give the repository ` +
            `${formatReference({ registry, repository })} here, and tags as tags`,
        );
      }
      return reference;
    },
  });
}

/** Platforms that stand twice in a list, once their spellings are made one. */
export function repeatedPlatforms(name: string, platforms: readonly Platform[]): string[] {
  const texts = platforms.map(formatPlatform);
  return [...new Set(texts.filter((text, index) => texts.indexOf(text) !== index))].map(
    (text) => `${name}: ${text} stands there twice`,
  );
}

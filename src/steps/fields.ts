import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { list } from "../inputs/field.ts";
import { checkKnownPlatform } from "../inputs/known-platform.ts";
import type { Platform } from "../oci/platform.ts";
import { formatPlatform, normalizePlatform } from "../oci/platform.ts";
import type { Reference } from "../oci/reference.ts";
import type { RegistryTrust } from "../registry/trust.ts";
import { parseRegistryTrust } from "../registry/trust.ts";
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

/** How registries are reached: mirrors, plain HTTP, certificates. */
export function registryTrustList() {
  return list<RegistryTrust>({
    description:
      "How registries are reached that are not on HTTPS with a public certificate, one per line: HOST and behind " +
      "commas http, insecure, mirror=HOST, ca=FILE, cert=FILE, key=FILE. It counts for the daemon, for buildctl and " +
      "for publishing.",
    commas: false,
    placeholder: "HOST,FIELD,…",
    item: parseRegistryTrust,
  });
}

/** The registries with absolute paths. */
export function resolveRegistries(
  registries: readonly RegistryTrust[],
  cwd: string,
): readonly RegistryTrust[] {
  const file = (name: "ca" | "cert" | "key", path: string | undefined) =>
    path === undefined ? {} : { [name]: resolve(cwd, path) };
  return registries.map((trust) => ({
    ...trust,
    ...file("ca", trust.ca),
    ...file("cert", trust.cert),
    ...file("key", trust.key),
  }));
}

/** Files of registries that are not there. */
export function missingRegistryFiles(registries: readonly RegistryTrust[], cwd: string): string[] {
  return resolveRegistries(registries, cwd).flatMap(({ ca, cert, host, key }) =>
    [ca, cert, key]
      .filter((path) => path !== undefined && !existsSync(path))
      .map((path) => `registries: there is no file ${path} (for ${host})`),
  );
}

/** Platforms that stand twice in a list, once their spellings are made one. */
export function repeatedPlatforms(name: string, platforms: readonly Platform[]): string[] {
  const texts = platforms.map(formatPlatform);
  return [...new Set(texts.filter((text, index) => texts.indexOf(text) !== index))].map(
    (text) => `${name}: ${text} stands there twice`,
  );
}

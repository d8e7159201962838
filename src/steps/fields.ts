import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { list } from "../inputs/field.ts";
import { checkKnownPlatform } from "../inputs/known-platform.ts";
import type { Platform } from "../oci/platform.ts";
import { formatPlatform, normalizePlatform } from "../oci/platform.ts";
import type { Reference } from "../oci/reference.ts";
import type { RegistryTrust } from "../registry/trust.ts";
import { checkFlavor } from "../tags/flavor.ts";
import type { TagSpec } from "../tags/spec.ts";
import { parseTagSpec, splitTagList } from "../tags/spec.ts";
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
    placeholder: "REGISTRY/REPOSITORY",
    item: parseRepository,
  });
}

/** A repository alone. Throws an Error that says where a tag belongs. */
export function parseRepository(text: string): Reference {
  const reference = parseTarget(text);
  if (reference.tag === undefined && reference.digest === undefined) return reference;
  const { registry, repository } = reference;
  throw new Error(
    `${JSON.stringify(text)} names a tag or digest: give the repository ` +
      `${formatReference({ registry, repository })} here, and tags as tags`,
  );
}

/** Tags, whole references, and rules that make tags. */
export function tagList(description: string) {
  return list<TagSpec>({
    description,
    commas: splitTagList,
    placeholder: "TAG|REFERENCE|RULE",
    item: parseTagSpec,
  });
}

/** What all tags have in common: `latest=auto`, `prefix=…`, `suffix=…`. */
export function flavorList() {
  return list({
    description:
      "What the tags made by rules have in common, one per line: latest=auto|true|false, prefix=TEXT, suffix=TEXT.",
    commas: false,
    placeholder: "NAME=value",
    item: checkFlavor,
  });
}

/** Privileges of builds, as `--allow` of buildctl takes them. */
export function entitlementList(description: string) {
  return list({
    description,
    commas: true,
    placeholder: "PRIVILEGE",
    item: (entitlement) => {
      if (!/^(network\.host|security\.insecure|device(=.+)?)$/.test(entitlement)) {
        throw new Error(
          `${JSON.stringify(entitlement)} is not one of network.host, security.insecure, device and device=NAME`,
        );
      }
      return entitlement;
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

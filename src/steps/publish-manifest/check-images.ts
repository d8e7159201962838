import { WorkError } from "../../errors.ts";
import { formatPlatform, type Platform, samePlatform } from "../../oci/platform.ts";
import { formatReference, withTarget } from "../../oci/reference.ts";
import { agrees, type Child } from "./read-image.ts";

/** Throws WorkError unless the images are for exactly the wanted platforms, one for each. */
export function requirePlatforms(required: readonly Platform[], images: readonly Child[]): void {
  const repeated = sharedPlatforms(images);
  const missing = required.filter((platform) => !images.some((image) => isFor(image, platform)));
  const unexpected =
    required.length === 0
      ? []
      : images.filter((image) => !required.some((platform) => isFor(image, platform)));
  if (repeated.length + missing.length + unexpected.length === 0) return;
  throw new WorkError(
    [
      "the images are not those that the index needs; nothing was tagged",
      ...(missing.length === 0 ? [] : [`missing: ${missing.map(formatPlatform).join(", ")}`]),
      ...repeated,
      ...(unexpected.length === 0 ? [] : [`not asked for: ${unexpected.map(describe).join(", ")}`]),
    ].join("\n"),
    { fix: "build the same platforms that you publish, each once" },
  );
}

/** Throws WorkError when the images say that they come of different states of the source. */
export function requireOneRevision(images: readonly Child[]): void {
  const revisions = new Set(images.flatMap(({ revision }) => revision ?? []));
  if (revisions.size < 2) return;
  const lines = images.flatMap(({ descriptor, revision }) =>
    revision === undefined ? [] : [`${platformText(descriptor.platform)}: ${revision}`],
  );
  throw new WorkError(
    `the images were built from different revisions; nothing was tagged:\n${lines.join("\n")}`,
    { fix: "build all platforms of one commit, or set allow-mixed if they are meant to be together" },
  );
}

function sharedPlatforms(images: readonly Child[]): readonly string[] {
  return images.flatMap((image, index) => {
    const { digest, platform } = image.descriptor;
    const other = images
      .slice(0, index)
      .find(
        ({ descriptor }) =>
          descriptor.digest !== digest &&
          descriptor.platform !== undefined &&
          platform !== undefined &&
          samePlatform(descriptor.platform, platform),
      );
    return other === undefined
      ? []
      : [`two images are for ${platformText(platform)}: ${other.descriptor.digest} and ${digest}`];
  });
}

function isFor({ descriptor: { platform } }: Child, wanted: Platform): boolean {
  return platform !== undefined && agrees(wanted, platform);
}

function describe({ descriptor: { digest, platform }, home }: Child): string {
  return `${platformText(platform)} (${formatReference(withTarget(home, { digest }))})`;
}

function platformText(platform: Platform | undefined): string {
  return platform === undefined ? "no platform" : formatPlatform(platform);
}

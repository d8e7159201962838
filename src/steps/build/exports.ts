import { join, resolve } from "node:path";
import { annotationAttributes } from "../../buildkit/annotation.ts";
import type { Annotation } from "../../buildkit/annotation.ts";
import type { Output } from "../../buildkit/output.ts";
import type { Platform } from "../../oci/platform.ts";
import { formatPlatform } from "../../oci/platform.ts";
import { fillPlatform, hasPlatform } from "../../oci/platform-template.ts";
import type { Reference } from "../../oci/reference.ts";
import { formatReference } from "../../oci/reference.ts";
import { isLoaded, isPushed } from "./pushing.ts";

/** What the results of one platform become. */
export interface ExportRequest {
  readonly outputs: readonly Output[];
  readonly push: boolean;
  readonly load: boolean;
  /** Repositories to push to. */
  readonly repositories: readonly Reference[];
  /** What the image of this platform is called where it is not pushed. */
  readonly names: readonly Reference[];
  readonly annotations: readonly Annotation[];
  /** Give the files the time of SOURCE_DATE_EPOCH, too. */
  readonly rewriteTimestamps: boolean;
  readonly platform: Platform;
  /** Whether other platforms are exported beside it. */
  readonly several: boolean;
  readonly cwd: string;
  /** Absolute path for the archive that is loaded into Docker. */
  readonly archive: string;
}

/**
 * The exporters of one platform. The pushed image is the last one, because buildctl's metadata is that of the last exporter
 * that makes an image.
 */
export function planExports(request: ExportRequest): readonly Output[] {
  const { archive, load, names, outputs, push } = request;
  const kept = outputs
    .filter(
      (output) => output.type !== "cacheonly" && !isLoaded(output) && !(push && output.type === "image"),
    )
    .map((output) => withDefaults(output, request));
  const loaded: Output = {
    type: "docker",
    attributes: new Map([
      ...nameAttribute(names),
      ...(outputs.find(isLoaded)?.attributes ?? []),
      ["dest", archive],
    ]),
  };
  const pushed = outputs.find(isPushed) ?? outputs.find(({ type }) => type === "image");
  return [...kept, ...(load ? [loaded] : []), ...(push ? [pushedImage(pushed, request)] : [])].map(
    (output) => ({
      type: output.type,
      attributes: new Map(
        [...output.attributes].map(([name, value]) => [name, fillAttribute(name, value, output, request)]),
      ),
    }),
  );
}

function fillAttribute(name: string, value: string, output: Output, request: ExportRequest): string {
  if (name === "name") return fillPlatform(value, request.platform);
  return name === "dest" ? (destinationOf(output, request) ?? value) : value;
}

/** The absolute path that an exporter writes to for one of the platforms. */
export function destinationOf(
  { attributes, type }: Output,
  { cwd, platform, several }: Pick<ExportRequest, "cwd" | "platform" | "several">,
): string | undefined {
  const given = attributes.get("dest");
  if (given === undefined) return undefined;
  const path = resolve(cwd, fillPlatform(given, platform));
  // As BuildKit lays out a folder for several platforms.
  const apart = type === "local" && several && !hasPlatform(given);
  return apart ? join(path, formatPlatform(platform).replaceAll("/", "_")) : path;
}

function pushedImage(given: Output | undefined, request: ExportRequest): Output {
  return {
    type: "image",
    attributes: new Map([
      ...(given?.attributes ?? []),
      ...imageAttributes(request),
      ["name", request.repositories.map(formatReference).join(",")],
      ["push", "true"],
      ["push-by-digest", "true"],
      ["name-canonical", "true"],
    ]),
  };
}

function withDefaults(output: Output, request: ExportRequest): Output {
  const { attributes, type } = output;
  switch (type) {
    case "image":
    case "oci":
    case "docker":
      return {
        type,
        attributes: new Map([
          ...nameAttribute(request.names),
          ...(type === "docker" ? [] : imageAttributes(request)),
          ...attributes,
        ]),
      };
    default:
      return output;
  }
}

function imageAttributes({ annotations, platform, rewriteTimestamps }: ExportRequest): [string, string][] {
  return [
    ...(rewriteTimestamps ? [["rewrite-timestamp", "true"] satisfies [string, string]] : []),
    ...annotationAttributes(annotations, platform),
  ];
}

function nameAttribute(names: readonly Reference[]): [string, string][] {
  return names.length === 0 ? [] : [["name", names.map(formatReference).join(",")]];
}

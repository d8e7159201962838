import { InputError } from "../errors.ts";

/** `platform` of an image-spec descriptor, with the spec's own field names. */
export type Platform = {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly "os.version"?: string;
  readonly "os.features"?: readonly string[];
};

/** What fills in the half that `linux` or `arm64` alone leaves out. */
const defaultHost: Platform = { os: "linux", architecture: "amd64" };

const knownSystems = new Set(
  (
    "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris " +
    "wasip1 windows zos"
  ).split(" "),
);

const knownArchitectures = new Set(
  (
    "386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le " +
    "ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm"
  ).split(" "),
);

const systemPattern = /^([A-Za-z0-9_-]+)(?:\(([A-Za-z0-9_.%-]*)((?:\+[A-Za-z0-9_.%-]+)*)\))?$/;
const componentPattern = /^[A-Za-z0-9_.-]+$/;

/**
 * `os[(version+feature)][/architecture[/variant]]`, read as containerd/platforms does: aliases are resolved, a lone
 * word is a system or an architecture and `host` gives the other half. Throws InputError naming the text.
 */
export function parsePlatform(text: string, host: Platform = defaultHost): Platform {
  const [system = "", architecture, variant, ...rest] = text.split("/");
  const match = systemPattern.exec(system);
  const components = [architecture, variant].filter((component) => component !== undefined);
  if (match === null || rest.length > 0 || !components.every((c) => componentPattern.test(c))) {
    throw new InputError(`not a platform: ${JSON.stringify(text)}: expected os/architecture[/variant]`);
  }
  const os = {
    os: systemName(match[1] ?? ""),
    ...optionalVersion(unescape(match[2] ?? "", text)),
    ...optionalFeatures((match[3] ?? "").split("+").map((feature) => unescape(feature, text))),
  };
  if (architecture === undefined) {
    if (knownSystems.has(os.os)) {
      return { ...os, architecture: host.architecture, ...optionalVariant(host.variant) };
    }
    const alone = withoutDefaultVariant(instructionSet(system, ""));
    if (knownArchitectures.has(alone.architecture)) return { os: host.os, ...alone };
    throw new InputError(`unknown platform ${JSON.stringify(text)}: neither a system nor an architecture`);
  }
  if (variant === undefined) return { ...os, ...withoutDefaultVariant(instructionSet(architecture, "")) };
  const named = instructionSet(architecture, variant);
  // The variant was typed, so it is kept; only `normalizePlatform` drops it.
  return { ...os, ...named, ...optionalVariant(isPlainArm64(named) ? "v8" : named.variant) };
}

/** The inverse of `parsePlatform`: `linux/arm/v7`, `windows(10.0.20348.1)/amd64`. */
export function formatPlatform(platform: Platform): string {
  const features = [...(platform["os.features"] ?? [])]
    .filter((feature) => feature !== "")
    .toSorted(byBytes)
    .map((feature) => `+${escape(feature)}`);
  const detail = escape(platform["os.version"] ?? "") + features.join("");
  const os = detail === "" ? platform.os : `${platform.os}(${detail})`;
  return [os, platform.architecture, platform.variant ?? ""].filter((part) => part !== "").join("/");
}

/** The one spelling of a platform: aliases resolved, default variants dropped (`arm64/v8`), `arm` made `arm/v7`. */
export function normalizePlatform(platform: Platform): Platform {
  return {
    os: systemName(platform.os),
    ...instructionSet(platform.architecture, platform.variant ?? ""),
    ...optionalVersion(platform["os.version"] ?? ""),
    ...optionalFeatures([...(platform["os.features"] ?? [])].toSorted(byBytes)),
  };
}

/** Whether both normalize to the same platform, `os.version` and `os.features` included. */
export function samePlatform(a: Platform, b: Platform): boolean {
  return formatPlatform(normalizePlatform(a)) === formatPlatform(normalizePlatform(b));
}

/** Canonical order of an index: os, architecture, then the most specific first, because a reader takes the first match. */
export function comparePlatforms(a: Platform, b: Platform): number {
  const [x, y] = [normalizePlatform(a), normalizePlatform(b)];
  return (
    byBytes(x.os, y.os) ||
    byBytes(x.architecture, y.architecture) ||
    compareVersions(y.variant ?? "", x.variant ?? "") ||
    compareVersions(y["os.version"] ?? "", x["os.version"] ?? "") ||
    (y["os.features"]?.length ?? 0) - (x["os.features"]?.length ?? 0) ||
    byBytes(formatPlatform(x), formatPlatform(y))
  );
}

/** Whether both words are ones that Go, and so the container tools, has a name for. */
export function isKnownPlatform(platform: Platform): boolean {
  const { os, architecture } = normalizePlatform(platform);
  return knownSystems.has(os) && knownArchitectures.has(architecture);
}

function systemName(os: string): string {
  const lower = os.toLowerCase();
  return lower === "macos" ? "darwin" : lower;
}

type InstructionSet = { readonly architecture: string; readonly variant?: string };

function instructionSet(architecture: string, variant: string): InstructionSet {
  const [lower, version] = [architecture.toLowerCase(), variant.toLowerCase()];
  switch (lower) {
    case "i386":
    case "i686":
      return { architecture: "386" };
    case "x86_64":
    case "x86-64":
    case "amd64":
      return { architecture: "amd64", ...optionalVariant(version === "v1" ? "" : version) };
    case "aarch64":
    case "arm64":
      return { architecture: "arm64", ...optionalVariant(arm64Variant(version)) };
    case "armhf":
      return { architecture: "arm", variant: "v7" };
    case "armel":
      return { architecture: "arm", variant: "v6" };
    case "arm":
      return { architecture: "arm", variant: armVariant(version) };
    default:
      return { architecture: lower, ...optionalVariant(version) };
  }
}

function arm64Variant(version: string): string {
  if (["8", "v8", "8.0", "v8.0"].includes(version)) return "";
  if (["9", "9.0", "v9.0"].includes(version)) return "v9";
  return version;
}

function armVariant(version: string): string {
  if (version === "") return "v7";
  return /^[5-8]$/.test(version) ? `v${version}` : version;
}

function withoutDefaultVariant(set: InstructionSet): InstructionSet {
  return set.architecture === "arm" && set.variant === "v7" ? { architecture: "arm" } : set;
}

function isPlainArm64(set: InstructionSet): boolean {
  return set.architecture === "arm64" && set.variant === undefined;
}

function optionalVariant(variant: string | undefined): Pick<Platform, "variant"> {
  return variant === undefined || variant === "" ? {} : { variant };
}

function optionalVersion(version: string): Pick<Platform, "os.version"> {
  return version === "" ? {} : { "os.version": version };
}

function optionalFeatures(features: readonly string[]): Pick<Platform, "os.features"> {
  const present = features.filter((feature) => feature !== "");
  return present.length === 0 ? {} : { "os.features": present };
}

/** `v9.2` after `v9` after `v8`; a missing version is the smallest. */
function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map((version) => version.split(/[^0-9]+/).filter((part) => part !== ""));
  for (let i = 0; i < Math.max(x?.length ?? 0, y?.length ?? 0); i++) {
    const difference = Number(x?.[i] ?? -1) - Number(y?.[i] ?? -1);
    if (difference !== 0) return difference;
  }
  return byBytes(a, b);
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function escape(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_.-]/gu, (character) =>
    [...Buffer.from(character)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
      .join(""),
  );
}

function unescape(text: string, platform: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InputError(
      `not a platform: ${JSON.stringify(platform)}: ${JSON.stringify(text)} is badly escaped`,
    );
  }
}

import parse from "semver/functions/parse.js";
import { parsePep440 } from "./pep440.ts";
import type { VersionExpression } from "./template.ts";

/** What a rule may say of a version, and whether it is one that all others may be pointed at. */
type Version = { readonly isFinal: boolean } & Readonly<Record<VersionExpression, string>>;

/** Reads `v1.2.3-rc.1` (https://semver.org) or `1.2.3rc1` (PEP 440). Undefined for a text that is no such version. */
export function parseVersion(scheme: "semver" | "pep440", raw: string): Version | undefined {
  if (scheme === "semver") {
    const version = parse(raw);
    if (version === null) return undefined;
    return {
      raw,
      version: version.version,
      major: String(version.major),
      minor: String(version.minor),
      patch: String(version.patch),
      isFinal: version.prerelease.length === 0,
    };
  }
  const version = parsePep440(raw);
  if (version === undefined) return undefined;
  const [major = "0", minor = "0", patch = "0"] = version.release;
  return { raw, version: version.version, major, minor, patch, isFinal: version.isFinal };
}

import { readPlatform } from "./descriptor.ts";
import { isJsonObject, parseJsonObject, stringMap } from "./json.ts";
import { normalizePlatform, type Platform } from "./platform.ts";

/** What we read of an image config (image-spec config.md): where it runs, and its labels. */
export type ImageConfig = {
  /** Normalized. Undefined when the config does not name both system and architecture. */
  readonly platform?: Platform;
  /** It says arm and not which: `platform` has v7 then, which is what Go makes of it. */
  readonly lacksVariant: boolean;
  readonly labels: Readonly<Record<string, string>>;
};

/** The config in these bytes, OCI or Docker. Throws WorkError naming `what`. */
export function parseImageConfig(bytes: Uint8Array, what: string): ImageConfig {
  const body = parseJsonObject(bytes, what);
  const platform = readPlatform(body, what);
  const config = body["config"];
  const labels = isJsonObject(config) ? stringMap(config["Labels"], `${what}: Labels`) : undefined;
  return {
    ...(platform.os === "" || platform.architecture === "" ? {} : { platform: normalizePlatform(platform) }),
    lacksVariant: platform.architecture === "arm" && platform.variant === undefined,
    labels: labels ?? {},
  };
}

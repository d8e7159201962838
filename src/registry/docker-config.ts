import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { WorkError } from "../errors.ts";

/** docker's config.json, as far as credentials go; anything else in it is ignored. */
export type DockerConfig = {
  readonly auths?: Readonly<Record<string, unknown>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
};

/** A config and where it was read from, for messages. */
export type LoadedConfig = { readonly config: DockerConfig; readonly source: string };

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The configs to look in, first found wins: DOCKER_AUTH_CONFIG (skipped with a warning when it is not JSON), then
 * config.json in DOCKER_CONFIG or ~/.docker. A missing file is an empty config. Throws WorkError naming a broken file.
 */
export async function loadDockerConfigs(
  env: Env,
  warn: (message: string) => void = () => {},
): Promise<readonly LoadedConfig[]> {
  const configs: LoadedConfig[] = [];
  const inline = env["DOCKER_AUTH_CONFIG"] ?? "";
  if (inline.trim() !== "") {
    try {
      configs.push({ config: parseDockerConfig(inline, "DOCKER_AUTH_CONFIG"), source: "DOCKER_AUTH_CONFIG" });
    } catch (error) {
      warn(error instanceof Error ? error.message : String(error));
    }
  }
  const path = dockerConfigPath(env);
  if (path !== undefined) {
    const text = await readIfThere(path);
    configs.push({ config: text === undefined ? {} : parseDockerConfig(text, path), source: path });
  }
  return configs;
}

/** Where docker keeps its config.json; undefined when there is neither DOCKER_CONFIG nor a home. */
export function dockerConfigPath(env: Env): string | undefined {
  const folder = env["DOCKER_CONFIG"] ?? "";
  if (folder !== "") return join(folder, "config.json");
  const home = env["HOME"] ?? env["USERPROFILE"] ?? "";
  return home === "" ? undefined : join(home, ".docker", "config.json");
}

/** A config.json from its text; "" is an empty config. Throws WorkError naming the source, never the content. */
export function parseDockerConfig(text: string, source: string): DockerConfig {
  if (text.trim() === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new WorkError(`${source} is not one JSON object`, { fix: "run docker login again" });
  }
  if (!isObject(value)) throw new WorkError(`${source} is not a JSON object`);
  const { auths, credsStore, credHelpers } = value;
  if (auths !== undefined && auths !== null && !isObject(auths)) {
    throw new WorkError(`${source}: auths must be an object`);
  }
  if (credsStore !== undefined && typeof credsStore !== "string") {
    throw new WorkError(`${source}: credsStore must be a string`);
  }
  if (credHelpers !== undefined && credHelpers !== null && !isStringMap(credHelpers)) {
    throw new WorkError(`${source}: credHelpers must map registries to helper names`);
  }
  return {
    ...(isObject(auths) ? { auths } : {}),
    ...(typeof credsStore === "string" && credsStore !== "" ? { credsStore } : {}),
    ...(isStringMap(credHelpers) ? { credHelpers } : {}),
  };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (isObject(cause) && (cause["code"] === "ENOENT" || cause["code"] === "ENOTDIR")) return undefined;
    throw new WorkError(`cannot read ${path}`, { cause });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isStringMap(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every((member) => typeof member === "string");
}

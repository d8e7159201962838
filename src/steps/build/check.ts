import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { formatOutput } from "../../buildkit/output.ts";
import type { JobFacts } from "../../host/facts.ts";
import type { Inputs } from "../../inputs/field.ts";
import type { Platform } from "../../oci/platform.ts";
import { formatPlatform } from "../../oci/platform.ts";
import { missingRegistryFiles } from "../fields.ts";
import type { Ports } from "../step.ts";
import { homelessTags } from "../check-targets.ts";
import { destinationOf } from "./exports.ts";
import type { buildInputs } from "./inputs.ts";
import { loads, pushes, withOutputTargets } from "./pushing.ts";
import { findSecrets } from "./secret-sources.ts";
import type { Source } from "./source.ts";
import { findSource } from "./source.ts";

type BuildInputs = Inputs<typeof buildInputs>;

/** Everything wrong that can be seen before anything starts. */
export function checkBuild(inputs: BuildInputs, job: JobFacts, ports: Pick<Ports, "cwd" | "env">): string[] {
  const { cwd, env } = ports;
  return [
    ...missingRegistryFiles(inputs.registries, cwd),
    ...checkSource(inputs, job, cwd),
    ...checkTargets(inputs),
    ...checkExports(inputs, cwd),
    ...checkContexts(inputs, cwd),
    ...checkSsh(inputs, ports),
    ...findSecrets(inputs, ports).problems,
    ...[...inputs.buildArgs, ...inputs.platforms.flatMap(({ buildArgs }) => buildArgs)]
      .filter((argument) => !argument.includes("=") && env[argument] === undefined)
      .map((name) => `build-args: ${name} has no value, and there is no environment variable ${name}`),
  ];
}

function checkSource(inputs: BuildInputs, job: JobFacts, cwd: string): string[] {
  let source: Source;
  try {
    source = findSource(inputs, job, cwd);
  } catch (error) {
    return [`context: ${error instanceof Error ? error.message : String(error)}`];
  }
  if (source.kind === "url") return [];
  const { file, path } = source;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return [`context: there is no folder ${inputs.context} (${path})`];
  if (!stat.isDirectory()) return [`context: ${inputs.context} is not a folder`];
  const lines = inputs.platforms.filter((line) => line.file !== undefined);
  const needsOwn = inputs.platforms.length === 0 || lines.length < inputs.platforms.length;
  return [
    ...(needsOwn ? checkFile("file", inputs.file, file, inputs.context) : []),
    ...lines.flatMap((line) =>
      checkFile(
        `platforms: file of ${formatPlatform(line.platform)}`,
        line.file ?? "",
        resolve(cwd, line.file ?? ""),
        inputs.context,
      ),
    ),
  ];
}

function checkFile(name: string, given: string, path: string, context: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    return [
      given === ""
        ? `${name}: there is no Dockerfile in ${context || "."}; name it with file`
        : `${name}: there is no file ${given} (${path})`,
    ];
  }
  return stat.isFile() ? [] : [`${name}: ${given || path} is not a file`];
}

function checkTargets(inputs: BuildInputs): string[] {
  const wanted = withOutputTargets(inputs);
  const push = pushes(inputs);
  const hasTarget = wanted.image.length > 0 || wanted.tags.length > 0;
  return [
    ...homelessTags(wanted),
    ...(push && !hasTarget
      ? ["push: where to? Name the repositories with image, or whole references with tags"]
      : []),
    ...(!push && !loads(inputs) && inputs.platformTags.length > 0
      ? ["platform-tags: there is nothing to tag without push or load"]
      : []),
    ...(!push && inputs.handoff === "registry" ? ["handoff: registry needs push"] : []),
  ];
}

/** Exporters, or platforms, that would overwrite each other's results. */
function checkExports(inputs: BuildInputs, cwd: string): string[] {
  if (inputs.call !== "build") return [];
  const named = inputs.platforms.map(({ platform }) => platform);
  const several = named.length > 1;
  // Of the daemon's own platform there is only one, whichever it is.
  const platforms = named.length > 0 ? named : [{ os: "linux", architecture: "amd64" }];
  const problems =
    loads(inputs) && several && inputs.platformTags.length === 0
      ? [
          "load: Docker needs a name for each of several platforms: give platform-tags, such as {tag}-{arch}{variant}",
        ]
      : [];
  const owners = new Map<string, Platform>();
  for (const platform of platforms) {
    for (const output of inputs.outputs) {
      const path = destinationOf(output, { cwd, platform, several });
      if (path === undefined) continue;
      const owner = owners.get(path);
      if (owner === platform) problems.push(`outputs: two of them go to ${path}`);
      else if (owner !== undefined) {
        problems.push(`outputs: ${formatOutput(output)} of several platforms: put {platform} into dest`);
      }
      owners.set(path, platform);
    }
  }
  return [...new Set(problems)];
}

function checkContexts({ buildContexts }: BuildInputs, cwd: string): string[] {
  const names = buildContexts.map(({ name }) => name);
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
    .map((name) => `build-contexts: ${name} is given twice`)
    .concat(
      buildContexts.flatMap(({ name, source }) => {
        if (
          source.kind === "path" &&
          statSync(resolve(cwd, source.path), { throwIfNoEntry: false })?.isDirectory() !== true
        ) {
          return [`build-contexts: there is no folder ${source.path} (for ${name})`];
        }
        return source.kind === "oci-layout" && !existsSync(resolve(cwd, source.path, "index.json"))
          ? [`build-contexts: there is no OCI layout in ${source.path} (for ${name})`]
          : [];
      }),
    );
}

function checkSsh({ ssh }: BuildInputs, { cwd, env }: Pick<Ports, "cwd" | "env">): string[] {
  return ssh.flatMap(({ id, paths }) => {
    if (paths.length === 0) {
      return env["SSH_AUTH_SOCK"] ? [] : [`ssh: ${id} needs an agent, and SSH_AUTH_SOCK is not set`];
    }
    return paths
      .filter((path) => !existsSync(resolve(cwd, path)))
      .map((path) => `ssh: there is neither a socket nor a key at ${path} (for ${id})`);
  });
}

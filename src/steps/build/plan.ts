import { join, relative, resolve } from "node:path";
import type { Solve } from "../../buildkit/buildctl.ts";
import { solveCommand } from "../../buildkit/buildctl.ts";
import type { Annotation } from "../../buildkit/annotation.ts";
import { cacheExportFor, cacheImportsFor } from "../../buildkit/cache.ts";
import type { PrivateFile } from "../../buildkit/tls/files.ts";
import { WorkError } from "../../errors.ts";
import type { Command } from "../../exec.ts";
import { formatCommand } from "../../exec.ts";
import type { Inputs } from "../../inputs/field.ts";
import type { Platform } from "../../oci/platform.ts";
import { fillPlatform } from "../../oci/platform-template.ts";
import type { Reference } from "../../oci/reference.ts";
import { formatReference, withTarget } from "../../oci/reference.ts";
import type { RegistryTrust } from "../../registry/trust.ts";
import { ociLabels } from "../../tags/oci-labels.ts";
import { stagingTag } from "../staging-tag.ts";
import type { Target } from "../targets.ts";
import { planTargets } from "../targets.ts";
import { chooseNode, runsBySelf } from "./choose-node.ts";
import { planExports } from "./exports.ts";
import { planFrontend } from "./frontend-options.ts";
import type { buildInputs } from "./inputs.ts";
import type { PlatformLine } from "./platform-line.ts";
import type { BuildFacts } from "./probe.ts";
import { loads, pushes, withOutputTargets } from "./pushing.ts";
import { planSecrets } from "./secrets.ts";

type BuildInputs = Inputs<typeof buildInputs>;

export interface BuildPlan {
  /** Absolute path of the folder for this run's files, removed at the end. */
  readonly folder: string;
  /** Secrets that were given by value. */
  readonly files: readonly PrivateFile[];
  readonly solves: readonly PlannedSolve[];
  /** Paths of the Dockerfiles as a person knows them: from the working directory where they are below it. */
  readonly dockerfiles: readonly string[];
  /** Whether images are built, or the frontend is asked about the Dockerfile. */
  readonly call: BuildInputs["call"];
  /** Where the images are pushed to by their digests; empty when they are not pushed. */
  readonly repositories: readonly Reference[];
  readonly registries: readonly RegistryTrust[];
  /** What publishing puts on the index and on its descriptors. */
  readonly annotations: readonly Annotation[];
  readonly descriptorsFile: string | undefined;
  readonly limits: Limits;
  readonly progress: BuildInputs["progress"];
  /** Whether a summary is wanted. */
  readonly summary: boolean;
}

/** What holds for every platform. */
export interface Limits {
  /** At the same time; Infinity for all. */
  readonly parallel: number;
  readonly failFast: boolean;
  /** Milliseconds; 0 for as long as it takes. */
  readonly timeout: number;
  readonly retries: number;
}

export interface PlannedSolve {
  readonly solve: Solve;
  readonly platform: Platform;
  readonly emulated: boolean;
  /** Absolute path of the archive to load into Docker. */
  readonly archive: string | undefined;
  /** Tags for this platform's image alone. */
  readonly tags: readonly Reference[];
}

/** One solve per platform, each on the node that suits it. */
export function planBuild(inputs: BuildInputs, facts: BuildFacts): BuildPlan {
  const { targets, version } = planTargets(withOutputTargets(inputs), facts.job, facts.now);
  const isBuilt = inputs.call === "build";
  const push = isBuilt && pushes(inputs);
  const repositories = push ? targets.map(({ repository }) => repository) : [];
  const annotations = allAnnotations(inputs, facts, version);
  const { files, secrets } = planSecrets(inputs, facts);
  const lines = platformLines(inputs, facts);
  return {
    folder: facts.folder,
    files,
    dockerfiles: dockerfiles(lines, facts),
    call: inputs.call,
    repositories,
    registries: facts.registries,
    annotations: annotations.filter(({ level }) => level !== "manifest"),
    descriptorsFile: inputs.descriptorsFile === "" ? undefined : resolve(facts.cwd, inputs.descriptorsFile),
    limits: {
      parallel: inputs.maxParallel === 0 ? Infinity : inputs.maxParallel,
      failFast: inputs.failFast,
      timeout: inputs.platformTimeout,
      retries: inputs.retries,
    },
    progress: inputs.progress,
    summary: facts.wantsSummary,
    solves: lines.map((line, index): PlannedSolve => {
      const { platform } = line;
      const { endpoint, workers } = chooseNode(line, facts);
      const several = lines.length > 1;
      const own = ownNames(inputs, targets, platform);
      const archive = join(facts.folder, `${index}.tar`);
      return {
        platform,
        emulated: workers[0] !== undefined && !runsBySelf(platform, workers[0]),
        archive: isBuilt && loads(inputs) ? archive : undefined,
        tags: push ? [...own, ...handoffTags(inputs, facts, repositories, platform)] : [],
        solve: {
          buildctl: facts.buildctl,
          endpoint,
          ...planFrontend(inputs, facts, line, version),
          secrets,
          ssh: inputs.ssh.map((one) => ({
            ...one,
            paths: one.paths.map((path) => resolve(facts.cwd, path)),
          })),
          allow: entitlements(inputs),
          noCache: inputs.noCache,
          cacheImports: inputs.cacheFrom.flatMap((cache) => cacheImportsFor(cache, platform, several)),
          cacheExports: isBuilt
            ? inputs.cacheTo.map((cache) => cacheExportFor(cache, platform, several))
            : [],
          outputs: isBuilt
            ? planExports({
                outputs: inputs.outputs,
                push,
                load: loads(inputs),
                repositories,
                names: several ? own : targets.flatMap(({ tags }) => tags),
                annotations,
                rewriteTimestamps: inputs.sourceDateEpoch !== "",
                platform,
                several,
                cwd: facts.cwd,
                archive,
              })
            : [],
          registries: facts.registries,
          ...(isBuilt ? { metadataFile: join(facts.folder, `${index}.json`) } : {}),
        },
      };
    }),
  };
}

/** The platforms that were asked for, else the daemon's own. */
function platformLines({ platforms }: BuildInputs, { nodes }: BuildFacts): readonly PlatformLine[] {
  if (platforms.length > 0) return platforms;
  const own = nodes[0]?.workers[0];
  if (own !== undefined) return [{ platform: own, buildArgs: [] }];
  throw new WorkError("the daemon's own platform is not known, because it can't be asked", {
    fix: "name the platforms",
  });
}

function dockerfiles(lines: readonly PlatformLine[], { context, cwd }: BuildFacts): readonly string[] {
  const all = new Set(lines.map(({ file }) => (file === undefined ? context.file : resolve(cwd, file))));
  return [...all].map((file) => {
    const path = relative(cwd, file);
    return path.startsWith("..") ? file : path;
  });
}

/** What this platform's image is called by itself. */
function ownNames(
  { platformTags }: BuildInputs,
  targets: readonly Target[],
  platform: Platform,
): readonly Reference[] {
  return targets.flatMap(({ repository, tags }) =>
    platformTags.flatMap((template) => {
      const filled = fillPlatform(template, platform);
      const names = template.includes("{tag}")
        ? tags.map(({ tag = "" }) => filled.replaceAll("{tag}", tag))
        : [filled];
      return names.map((tag) => withTarget(repository, { tag }));
    }),
  );
}

function handoffTags(
  { handoff }: BuildInputs,
  { job }: BuildFacts,
  repositories: readonly Reference[],
  platform: Platform,
): readonly Reference[] {
  if (handoff === "none") return [];
  const tag = stagingTag(job, platform);
  return repositories.map((repository) => withTarget(repository, { tag }));
}

function entitlements({ allow, network }: BuildInputs): readonly string[] {
  return [...new Set([...allow, ...(network === "host" ? ["network.host"] : [])])];
}

function allAnnotations(
  { annotations }: BuildInputs,
  facts: BuildFacts,
  version: string | undefined,
): readonly Annotation[] {
  return annotations.flatMap((annotation): readonly Annotation[] =>
    annotation === "auto"
      ? Object.entries(ociLabels(facts.job, version, facts.now, facts.git.commitTime)).flatMap(
          ([key, value]) => [
            { level: "manifest", key, value },
            { level: "index", key, value },
          ],
        )
      : annotation,
  );
}

export function describeBuild({ solves }: BuildPlan): readonly string[] {
  return solves.flatMap(({ archive, solve, tags }) => [
    formatCommand(solveCommand(solve)),
    ...(archive === undefined ? [] : [formatCommand(loadCommand(archive))]),
    ...tags.map((tag) => `tag ${formatReference(tag)}`),
  ]);
}

export function loadCommand(archive: string): Command {
  return { program: "docker", args: ["load", `--input=${archive}`] };
}

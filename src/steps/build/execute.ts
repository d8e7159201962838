import { mkdir, readFile, rm } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { solveCommand } from "../../buildkit/buildctl.ts";
import { isPassing } from "../../buildkit/failure.ts";
import type { SolveMetadata } from "../../buildkit/metadata.ts";
import { parseMetadata } from "../../buildkit/metadata.ts";
import type { Output } from "../../buildkit/output.ts";
import type { ProgressReader, SolveWarning, StepCount } from "../../buildkit/progress.ts";
import { createProgressReader } from "../../buildkit/progress.ts";
import { writePrivateFiles } from "../../buildkit/tls/files.ts";
import { explainWriteError } from "../../disk.ts";
import { CancelledError, WorkError } from "../../errors.ts";
import { ExecError } from "../../exec.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import type { Platform } from "../../oci/platform.ts";
import { formatPlatform } from "../../oci/platform.ts";
import { formatReference } from "../../oci/reference.ts";
import type { ProgressDisplay } from "../../report/progress/display.ts";
import { createProgressDisplay } from "../../report/progress/display.ts";
import { chooseProgress } from "../../report/progress/mode.ts";
import type { Ports } from "../step.ts";
import { callFrontend } from "./call.ts";
import { explainDaemonEnd } from "./daemon-end.ts";
import { writeDescriptors } from "./descriptors-file.ts";
import { joinFailures, solveFailure } from "./failure.ts";
import { explainFullDisk } from "./full-disk.ts";
import type { BuildPlan, PlannedSolve } from "./plan.ts";
import { loadCommand } from "./plan.ts";
import { isPushed } from "./pushing.ts";
import { runSolves } from "./schedule.ts";

export interface BuildResult {
  readonly images: readonly BuiltImage[];
  /** What the frontend said, when it was asked instead. */
  readonly answer: string | undefined;
}

export interface BuiltImage extends SolveMetadata {
  readonly platform: Platform;
  readonly emulated: boolean;
  readonly seconds: number;
  readonly steps: StepCount;
  readonly warnings: readonly SolveWarning[];
}

/** All solves at once. When some fail, the others still finish, unless they need not, and every failure is told. */
export async function executeBuild(plan: BuildPlan, ports: Ports): Promise<BuildResult> {
  try {
    await writeFiles(plan);
    if (plan.call !== "build") return { images: [], answer: await callFrontend(plan, ports) };
    const images = await buildAll(plan, ports);
    tellWarnings(plan, images, ports);
    await Promise.all([loadArchives(plan, ports), tagBuilt(plan, images, ports)]);
    remember(plan, images, ports);
    if (plan.descriptorsFile !== undefined) {
      await writeDescriptors(plan.descriptorsFile, pushedDescriptors(images));
    }
    return { images, answer: undefined };
  } finally {
    await rm(plan.folder, { recursive: true, force: true });
  }
}

async function writeFiles({ files, folder }: BuildPlan): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    writePrivateFiles(files);
  } catch (error) {
    throw await explainWriteError(error, folder);
  }
}

async function buildAll(plan: BuildPlan, ports: Ports): Promise<readonly BuiltImage[]> {
  const { limits, solves } = plan;
  const display = createProgressDisplay({
    mode: chooseProgress(plan.progress, {
      isTerminal: ports.terminal !== undefined,
      ci: (await ports.job.fromCi()).ci !== "none",
    }),
    platforms: solves.map(({ platform }) => formatPlatform(platform)),
    log: ports.log,
    terminal: ports.terminal,
  });
  try {
    const settled = await runSolves(solves, limits, ports.signal, (solve, signal) =>
      performSolve(solve, { signal, display, retries: limits.retries }, ports),
    );
    const failures = settled.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    const cancelled = failures.find((failure) => failure instanceof CancelledError);
    if (cancelled !== undefined) throw cancelled;
    if (failures.length > 0) throw joinFailures(failures, solves.length);
    return settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  } finally {
    display.close();
  }
}

/** One solve, and again when a registry refused it for a moment: the steps that are done are cached by then. */
async function performSolve(
  planned: PlannedSolve,
  {
    display,
    retries,
    signal,
  }: { readonly display: ProgressDisplay; readonly retries: number; readonly signal: AbortSignal },
  ports: Ports,
): Promise<BuiltImage> {
  const { emulated, platform, solve } = planned;
  const name = formatPlatform(platform);
  const begin = performance.now();
  const elapsed = (): number => (performance.now() - begin) / 1000;
  for (let tries = 0; ; tries += 1) {
    const reader = createProgressReader();
    const shown = display.follow(name, reader, { emulated });
    try {
      await ports.exec(solveCommand(solve), { signal, onStderrLine: shown.read });
      const metadata = await readMetadata(planned);
      const told = { steps: reader.cached(), warnings: reader.warnings() };
      const image = { ...metadata, ...told, platform, emulated, seconds: elapsed() };
      shown.end({ ok: true, summary: summarise(image, solve.outputs) });
      return image;
    } catch (error) {
      const { error: said } = reader.said();
      const passes = error instanceof ExecError && tries < retries && isPassing(said);
      const again = passes ? `, tried again in ${2 ** tries} s: ${said}` : "";
      shown.end({ ok: false, summary: `failed after ${elapsed().toFixed(1)} s${again}` });
      if (!passes) throw await explain(error, planned, reader, ports);
      await delay(2 ** tries * 1000, undefined, { signal });
    }
  }
}

async function explain(
  error: unknown,
  { platform, solve }: PlannedSolve,
  reader: ProgressReader,
  ports: Ports,
): Promise<unknown> {
  if (!(error instanceof ExecError)) return error;
  const name = formatPlatform(platform);
  return (
    (await explainFullDisk(solve, name, `${reader.said().error}\n${reader.failure()?.error}`)) ??
    (await explainDaemonEnd(error.stderr, ports)) ??
    solveFailure(name, reader, error)
  );
}

/** buildctl writes no metadata where no exporter makes an image. */
async function readMetadata({ platform, solve }: PlannedSolve): Promise<SolveMetadata> {
  const name = formatPlatform(platform);
  let text: string;
  try {
    text = await readFile(solve.metadataFile ?? "", "utf8");
  } catch (error) {
    if (!solve.outputs.some(makesImage)) {
      return { descriptor: undefined, configDigest: undefined, document: {} };
    }
    throw new WorkError(`${name}: buildctl left no metadata`, { cause: error });
  }
  const metadata = parseMetadata(text, platform, name);
  if (metadata.descriptor === undefined && solve.outputs.some(isPushed)) {
    throw new WorkError(`${name}: BuildKit's metadata does not tell which image was pushed`);
  }
  return metadata;
}

function makesImage({ type }: Output): boolean {
  return type === "image" || type === "oci" || type === "docker";
}

function summarise({ descriptor, seconds, steps }: BuiltImage, outputs: readonly Output[]): string {
  const cached = steps.steps === 0 ? "" : `, ${steps.cached} of ${steps.steps} steps cached`;
  const done = outputs.some(isPushed) ? "pushed" : "built";
  const what = descriptor === undefined ? done : `${done} ${descriptor.digest}`;
  return `${what} after ${seconds.toFixed(1)} s${cached}`;
}

/** What BuildKit found wrong with the Dockerfile, each once, although every platform finds it. */
function tellWarnings({ dockerfiles }: BuildPlan, images: readonly BuiltImage[], { env, log }: Ports): void {
  if (/^(0|f|false)$/i.test(env["DOCKER_BUILD_CHECKS_ANNOTATIONS"] ?? "")) return;
  const told = new Set<string>();
  for (const { endLine, file, line, short, url } of images.flatMap(({ warnings }) => warnings)) {
    const path = dockerfiles.find((one) => basename(one) === file) ?? file;
    const place = {
      ...(path === "" ? {} : { file: path }),
      ...(line === undefined ? {} : { line }),
      ...(endLine === undefined ? {} : { endLine }),
    };
    const text = [short, url].filter(Boolean).join(" ");
    const key = JSON.stringify([text, place]);
    if (!told.has(key)) log.warning(text, place);
    told.add(key);
  }
}

async function loadArchives({ solves }: BuildPlan, { exec, log }: Ports): Promise<void> {
  for (const { archive } of solves) {
    if (archive === undefined) continue;
    const { stdout } = await exec(loadCommand(archive));
    log.info(stdout.trim());
  }
}

async function tagBuilt(plan: BuildPlan, images: readonly BuiltImage[], ports: Ports): Promise<void> {
  const tagged = images.flatMap(({ descriptor }, index) =>
    descriptor === undefined ? [] : [{ digest: descriptor.digest, tags: plan.solves[index]?.tags ?? [] }],
  );
  if (tagged.every(({ tags }) => tags.length === 0)) return;
  const { tagImages } = await import("./platform-tags.ts");
  await tagImages(tagged, plan.registries, ports);
}

/** What publishing needs of the images. */
export function pushedDescriptors(images: readonly BuiltImage[]): readonly Descriptor[] {
  return images.flatMap(({ descriptor }) => descriptor ?? []);
}

/** For the publish step of this job. */
function remember(
  { annotations, repositories }: BuildPlan,
  images: readonly BuiltImage[],
  ports: Ports,
): void {
  if (repositories.length === 0) return;
  const descriptors = images.flatMap(({ configDigest, descriptor }) =>
    descriptor === undefined
      ? []
      : [{ ...descriptor, ...(configDigest === undefined ? {} : { configDigest }) }],
  );
  ports.state.update((state) => ({
    ...state,
    annotations,
    builds: {
      ...state.builds,
      ...Object.fromEntries(repositories.map((repository) => [formatReference(repository), descriptors])),
    },
  }));
}

import { setTimeout as delay } from "node:timers/promises";
import type { ContainerEngine } from "../buildkit/drivers/container.ts";
import { type Complaint, recognizeComplaint } from "../container-engine.ts";
import { describeError, WorkError } from "../errors.ts";
import { type Exec, ExecError } from "../exec.ts";
import type { Log } from "../host/host.ts";
import { type ImageSource, imageSources } from "./sources.ts";

/** An image that the engine has. */
export interface ProvidedImage {
  /** How it is named to run it. */
  readonly reference: string;
  /** It was not there before. */
  readonly pulled: boolean;
}

export interface ProvideOptions {
  readonly engine: ContainerEngine;
  /** Registries that have copies of Docker Hub's images, in the order in which they are tried. */
  readonly mirrors: readonly string[];
  readonly exec: Exec;
  /** Waits as the registry of a reference wants, at most `patience` milliseconds; a RegistryError says why not. */
  readonly ask: (reference: string, patience: number) => Promise<void>;
  readonly log: Pick<Log, "debug" | "info" | "warning">;
  readonly signal?: AbortSignal;
  readonly clock?: Partial<PullClock>;
}

/** The passing of time between two tries; tests pass their own. */
export interface PullClock {
  readonly sleep: (duration: number) => Promise<void>;
  readonly random: () => number;
}

/** Why an image did not come from a source. */
interface Failure {
  readonly source: ImageSource;
  readonly said: string;
  readonly tries: number;
  readonly complaint: Complaint | undefined;
  readonly cause: ExecError;
}

/**
 * Sees to it that the engine has an image: it is left alone if it is there, and otherwise pulled from the first source that
 * gives it. What may pass is tried again; what will not leads to the next source.
 */
export async function provideImage(text: string, options: ProvideOptions): Promise<ProvidedImage> {
  const { engine, mirrors, log } = options;
  const sources = imageSources(text, mirrors, engine);
  const present = await Promise.all(sources.map((source) => isPresent(source, options)));
  const there = sources.find((_, index) => present[index] === true);
  if (there !== undefined) {
    log.debug(`${there.reference} is there already`);
    return { reference: there.reference, pulled: false };
  }
  const failures: Failure[] = [];
  for (const [index, source] of sources.entries()) {
    const isLast = index === sources.length - 1;
    const outcome = await pull(source, isLast, options);
    if (!("cause" in outcome)) {
      if (source.digest === undefined) log.info(tagOnly(source, outcome.digest));
      return { reference: source.reference, pulled: true };
    }
    failures.push(outcome);
    if (outcome.complaint?.kind === "engine-down" || outcome.complaint?.kind === "disk-full") break;
    if (!isLast) log.info(`${source.reference} can't be pulled (${outcome.said}); trying the next source`);
  }
  throw pullError(text, failures);
}

/** Presence is enough for a tag; for a pinned image the engine must know it by that digest. */
async function isPresent(
  { reference, digest }: ImageSource,
  { engine, exec }: ProvideOptions,
): Promise<boolean> {
  try {
    const { stdout } = await exec({
      program: engine,
      args: ["image", "inspect", "--format={{json .RepoDigests}}", reference],
    });
    if (digest === undefined) return true;
    const known = JSON.parse(stdout) as readonly string[] | null;
    return known?.some((name) => name.endsWith(`@${digest}`)) === true;
  } catch (error) {
    if (error instanceof ExecError || error instanceof SyntaxError) return false;
    throw error;
  }
}

/** How often one source is tried; fewer times when there is another. */
function allowedTries(complaint: Complaint | undefined, isLast: boolean, maxTries: number): number {
  switch (complaint?.kind) {
    case "rate-limit":
    case "server":
    case "interrupted":
      return isLast ? maxTries : 3;
    case "unreachable":
      return isLast ? 2 : 1;
    default:
      return 1;
  }
}

async function pull(
  source: ImageSource,
  isLast: boolean,
  options: ProvideOptions,
): Promise<Failure | { readonly digest: string | undefined }> {
  const { engine, exec, log, signal, clock } = options;
  log.info(`pulling ${source.reference}`);
  for (let tries = 1; ; tries++) {
    try {
      const { stdout } = await exec(
        { program: engine, args: ["pull", source.reference] },
        { onStdoutLine: (line) => log.debug(line) },
      );
      return { digest: /^Digest: (sha256:[0-9a-f]{64})$/m.exec(stdout)?.[1] };
    } catch (error) {
      if (!(error instanceof ExecError)) throw error;
      // Only loaded for what should not happen.
      const [{ backoff, maxTries }, { printable }] = await Promise.all([
        import("../registry/retry.ts"),
        import("../registry/error.ts"),
      ]);
      const complaint = recognizeComplaint(error.stderr);
      const said = printable(error.stderr.trim().split("\n").at(-1) ?? "").slice(0, 300) || error.message;
      const allowed = allowedTries(complaint, isLast, maxTries);
      if (tries >= allowed) return { source, said, tries, complaint, cause: error };
      const wait = backoff(tries, (clock?.random ?? Math.random)());
      log.warning(
        `${source.reference}: ${said}; trying again in ${(wait / 1000).toFixed(1)} s (try ${tries + 1} of ${allowed})`,
      );
      await sleep(wait, signal, clock);
      const hopeless = await waitAsAsked(source, isLast, complaint, options);
      if (hopeless !== undefined) return { source, said: hopeless, tries, complaint, cause: error };
    }
  }
}

/** Long enough for a limit of seconds, and not for one of hours when there is another source. */
const patience = { last: 300_000, other: 10_000 };

/** An engine does not hand on what Retry-After says, so the registry is asked for it; gives why to wait no more. */
async function waitAsAsked(
  { reference }: ImageSource,
  isLast: boolean,
  complaint: Complaint | undefined,
  { ask, log, signal }: ProvideOptions,
): Promise<string | undefined> {
  if (complaint?.kind !== "rate-limit" && complaint?.kind !== "server") return undefined;
  const [{ RegistryError }, { isTemporary }] = await Promise.all([
    import("../registry/error.ts"),
    import("../registry/retry.ts"),
  ]);
  try {
    await ask(reference, isLast ? patience.last : patience.other);
  } catch (error) {
    signal?.throwIfAborted();
    const isHopeless =
      error instanceof RegistryError &&
      (error.temporary || (error.status !== undefined && isTemporary({ status: error.status })));
    if (isHopeless) return error.message;
    // The engine may have a login, a proxy or certificates that we do not have.
    log.debug(`${reference} can't be asked for: ${describeError(error)}`);
  }
  return undefined;
}

async function sleep(
  duration: number,
  signal: AbortSignal | undefined,
  clock: ProvideOptions["clock"],
): Promise<void> {
  if (clock?.sleep !== undefined) return clock.sleep(duration);
  try {
    await delay(duration, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

function tagOnly({ reference }: ImageSource, digest: string | undefined): string {
  const pin = digest === undefined ? "@sha256:…" : `@${digest}`;
  return `${reference} is named by its tag only, so it may be another image next time; ${pin} behind it pins it`;
}

/** Kinds by how much doing something about them helps. */
const tellingKinds: readonly Complaint["kind"][] = [
  "engine-down",
  "disk-full",
  "platform",
  "rate-limit",
  "denied",
  "not-trusted",
  "unreachable",
  "server",
  "interrupted",
];

function pullError(text: string, failures: readonly Failure[]): WorkError {
  const lines = failures.map(
    ({ source, said, tries }) => `${source.reference}: ${said}${tries > 1 ? ` (${tries} tries)` : ""}`,
  );
  const rank = ({ complaint }: Failure): number => {
    const index = complaint === undefined ? -1 : tellingKinds.indexOf(complaint.kind);
    return index === -1 ? tellingKinds.length : index;
  };
  const [telling] = failures.toSorted((one, other) => rank(one) - rank(other));
  const message =
    lines.length === 1
      ? `the image ${text} could not be pulled: ${lines[0]}`
      : `the image ${text} could not be pulled from any of its sources:\n${lines.map((line) => `  ${line}`).join("\n")}`;
  return new WorkError(message, {
    // One line is in the message already.
    ...(telling?.cause.stderr.trim().includes("\n") === true ? { cause: telling.cause } : {}),
    fix: telling?.complaint?.fix ?? "check the name of the image, and that the engine reaches the registry",
  });
}

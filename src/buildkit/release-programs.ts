import { open } from "node:fs/promises";
import { join } from "node:path";
import { DownloadError, type Downloaded, type Downloads, plain } from "../download.ts";
import { WorkError } from "../errors.ts";
import type { Log } from "../host/host.ts";
import type { ToolKey, Tools } from "../tools.ts";
import { unpackPrograms } from "./release-archive.ts";
import { checkRecord, type ReleaseRecord, type Trust, writeRecord } from "./release-record.ts";
import { provenanceSha256, type ReleaseAsset } from "./release.ts";

/** The release, or the network to it, is not there: another source may be tried. */
export class ReleaseUnavailableError extends WorkError {
  override readonly name = "ReleaseUnavailableError";
}

/** Programs of a release on this machine, each as the release has it. */
export interface ReleasePrograms {
  readonly folder: string;
  /** Path by name: buildctl, buildkitd, … (without `.exe`). */
  readonly paths: Readonly<Record<string, string>>;
  readonly trust: Trust;
  /** Nothing was downloaded. */
  readonly cached: boolean;
}

export interface ReleaseOptions {
  /** buildctl is the client alone, buildkit all that the archive has. */
  readonly set: "buildctl" | "buildkit";
  /** `v0.32.2` */
  readonly version: string;
  /** Node's `process.arch`. */
  readonly arch: string;
  readonly tools: Tools;
  /** SHA-256 (hex) of the archive, given by the user. */
  readonly sha256?: string;
  /** Take an archive for which nobody says what its digest must be. */
  readonly allowUnverified?: boolean;
  readonly log: Pick<Log, "debug" | "info" | "warning">;
}

/** What the digest of an archive must be, and who says so. */
interface Expected {
  readonly trust: Trust;
  /** Undefined for trust "none". */
  readonly sha256?: string;
}

const speakers: Readonly<Record<Trust, string>> = {
  given: "buildctl-sha256",
  known: "the digest that is known here",
  provenance: "the release's provenance",
  none: "nobody",
};

/**
 * Programs from the tool cache, if they are still what was verified, or else from the release: downloaded, compared with
 * the digest that the user gives, that is known here, or that the release's provenance gives, and only then unpacked and
 * kept. Whatever differs is never kept and never run.
 */
export async function obtainReleasePrograms(
  asset: ReleaseAsset,
  options: ReleaseOptions,
): Promise<ReleasePrograms> {
  const { tools, set, arch } = options;
  const key = { tool: set, version: options.version.replace(/^v/, ""), arch };
  const early = await findCached(asset, key, options);
  if (early !== undefined) return early;
  return tools.exclusively(key, async () => {
    // Another process may have got it meanwhile; one that did wrong before would only be warned of again.
    const late = tools.find(key) === undefined ? undefined : await findCached(asset, key, quiet(options));
    return late ?? tools.downloading((downloads) => obtain(asset, key, options, downloads));
  });
}

function quiet(options: ReleaseOptions): ReleaseOptions {
  return { ...options, log: { debug: () => {}, info: () => {}, warning: () => {} } };
}

/** The cached programs, unless something about them is wrong, which is then told. */
async function findCached(
  asset: ReleaseAsset,
  key: ToolKey,
  options: ReleaseOptions,
): Promise<ReleasePrograms | undefined> {
  const { log, tools } = options;
  const folder = tools.find(key);
  if (folder === undefined) return undefined;
  const checked = await checkRecord(folder);
  if ("wrong" in checked) {
    log.warning(`${folder} in the tool cache is not used, but replaced: ${checked.wrong}`);
    return undefined;
  }
  const why = distrust(checked.record, asset, options);
  if (why !== undefined) {
    log.info(`${folder} in the tool cache is replaced: ${why}`);
    return undefined;
  }
  log.debug(`${folder} in the tool cache is as it was verified`);
  return programsIn(folder, asset, checked.record, true);
}

/** Why programs that are as they were verified may not be used this time. */
function distrust(record: ReleaseRecord, asset: ReleaseAsset, options: ReleaseOptions): string | undefined {
  const { sha256, trust } = statedDigest(asset, options) ?? {};
  if (sha256 !== undefined && trust !== undefined && record.archive !== sha256) {
    return `it is from another archive than ${speakers[trust]} says`;
  }
  const missing = neededPrograms(asset, options).filter((name) => record.programs[name] === undefined);
  if (missing.length > 0) return `it has no ${missing.join(", ")}`;
  const verified = record.trust !== "none" || sha256 !== undefined || options.allowUnverified === true;
  return verified ? undefined : "nobody vouched for its digest";
}

/** The digest that can be told without asking the release. */
function statedDigest(asset: ReleaseAsset, options: ReleaseOptions): Expected | undefined {
  if (options.sha256 !== undefined && options.sha256 !== "") {
    return { trust: "given", sha256: options.sha256 };
  }
  return asset.sha256 === undefined ? undefined : { trust: "known", sha256: asset.sha256 };
}

function neededPrograms(asset: ReleaseAsset, { set }: ReleaseOptions): readonly string[] {
  return (set === "buildctl" ? ["buildctl"] : asset.programs).map((name) => name + asset.suffix);
}

function programsIn(
  folder: string,
  asset: ReleaseAsset,
  record: Pick<ReleaseRecord, "trust" | "programs">,
  cached: boolean,
): ReleasePrograms {
  const plainName = (name: string): string =>
    asset.suffix !== "" && name.endsWith(asset.suffix) ? name.slice(0, -asset.suffix.length) : name;
  const paths = Object.keys(record.programs).map((name) => [plainName(name), join(folder, name)]);
  return { folder, paths: Object.fromEntries(paths), trust: record.trust, cached };
}

async function obtain(
  asset: ReleaseAsset,
  key: ToolKey,
  options: ReleaseOptions,
  downloads: Downloads,
): Promise<ReleasePrograms> {
  const { tools, log } = options;
  const expected = statedDigest(asset, options) ?? (await provenanceDigest(asset, options, downloads));
  return tools.inTemporaryFolder(async (temporary) => {
    const archive = join(temporary, asset.name);
    log.info(`downloading ${plain(asset.url)}`);
    const { sha256 } = await downloadVerified(asset, archive, { expected, downloads, log });
    const { trust } = expected;
    log.debug(`${asset.name} has the sha256 ${sha256}, as ${speakers[trust]} says`);
    return unpackAndKeep(archive, key, asset, options, { trust, archive: sha256 });
  });
}

/** What the release says about its archive. Without that the download is refused, unless the user says otherwise. */
async function provenanceDigest(
  asset: ReleaseAsset,
  { allowUnverified = false, log }: ReleaseOptions,
  downloads: Downloads,
): Promise<Expected> {
  try {
    return {
      trust: "provenance",
      sha256: provenanceSha256(await downloads.text(asset.provenanceUrl), asset.name),
    };
  } catch (error) {
    if (!(error instanceof WorkError)) throw error;
    if (error instanceof DownloadError && !(await answersFor(asset, error, downloads)))
      throw unavailable(asset, error);
    if (allowUnverified) {
      log.warning(`${asset.name} is taken without verification, as allow-unverified says: ${error.message}`);
      return { trust: "none" };
    }
    throw new WorkError(`nothing says what ${plain(asset.url)} must be, so it is not downloaded`, {
      cause: error,
      fix: "give its digest as buildctl-sha256, or set allow-unverified to take it as it comes",
    });
  }
}

/** Whether a release has its archive, although it has no provenance. */
async function answersFor(asset: ReleaseAsset, error: DownloadError, downloads: Downloads): Promise<boolean> {
  const isAbsent = error.status !== undefined && [401, 403, 404, 410].includes(error.status);
  return isAbsent && (await downloads.has(asset.url).catch(() => false));
}

/** The archive, once more when it is not what it must be: a proxy may have answered, or the connection may have lied. */
async function downloadVerified(
  asset: ReleaseAsset,
  archive: string,
  {
    expected,
    downloads,
    log,
  }: { readonly expected: Expected; readonly downloads: Downloads; readonly log: ReleaseOptions["log"] },
): Promise<Downloaded> {
  for (let tries = 1; ; tries++) {
    let downloaded: Downloaded;
    try {
      downloaded = await downloads.file(asset.url, archive);
    } catch (error) {
      throw error instanceof DownloadError ? unavailable(asset, error) : error;
    }
    if (expected.sha256 === undefined || downloaded.sha256 === expected.sha256) return downloaded;
    const page = (await startsLikePage(archive)) ? ", and looks like a web page" : "";
    const what =
      `${plain(asset.url)} is not what ${speakers[expected.trust]} says: ` +
      `sha256 ${downloaded.sha256} instead of ${expected.sha256}${page}`;
    if (tries === 2) throw new WorkError(what, { fix: mismatchFix[expected.trust] });
    log.warning(`${what}; downloading it once more`);
  }
}

const mismatchFix: Readonly<Record<Trust, string>> = {
  given: "check buildctl-sha256, which is the digest of the whole archive for this machine's platform",
  known: "do not use this download: something between here and GitHub changes it",
  provenance: "do not use this download: check download-mirror, or report it to the mirror's owner",
  none: "",
};

async function startsLikePage(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return /^\s*<(?:!doctype|html|head|\?xml)/i.test(buffer.toString("latin1", 0, bytesRead));
  } finally {
    await file.close();
  }
}

async function unpackAndKeep(
  archive: string,
  key: ToolKey,
  asset: ReleaseAsset,
  options: ReleaseOptions,
  origin: Pick<ReleaseRecord, "trust" | "archive">,
): Promise<ReleasePrograms> {
  const { set, tools } = options;
  return tools.inTemporaryFolder(async (folder) => {
    const needed = neededPrograms(asset, options);
    const names = await unpackPrograms(archive, folder, set === "buildctl" ? needed : "all");
    const missing = needed.filter((name) => !names.includes(name));
    if (missing.length > 0) throw new WorkError(`${asset.name} holds no ${missing.join(", ")}`);
    const { programs } = await writeRecord(folder, names, origin);
    const kept = await tools.keep(key, folder);
    return programsIn(kept, asset, { trust: origin.trust, programs }, false);
  });
}

function unavailable(asset: ReleaseAsset, error: DownloadError): ReleaseUnavailableError {
  const what =
    error.status === 404
      ? `there is no ${asset.name} at ${plain(asset.url)}`
      : "the BuildKit release can't be reached";
  return new ReleaseUnavailableError(what, { cause: error, fix: error.fix });
}

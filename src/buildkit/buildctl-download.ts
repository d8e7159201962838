import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { chmod, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { WorkError } from "../errors.ts";
import type { Tools } from "../tools.ts";
import type { ReleaseAsset } from "./release.ts";
import { provenanceSha256 } from "./release.ts";

/** The release, or the network to it, is not there: another source may be tried. */
export class ReleaseUnavailableError extends WorkError {
  override readonly name = "ReleaseUnavailableError";
}

const memberLimit = 300 * 1024 * 1024;

/**
 * buildctl from the tool cache, or else from the release: downloaded, compared with the release's provenance,
 * and only then unpacked and kept. A download that differs from its provenance is an error.
 */
export async function obtainBuildctl(
  asset: ReleaseAsset,
  options: { readonly version: string; readonly arch: string; readonly tools: Tools },
): Promise<string> {
  const { tools, arch } = options;
  const key = { tool: "buildctl", version: options.version.replace(/^v/, ""), arch };
  const program = basename(asset.member);
  const cached = await tools.find(key);
  if (cached !== undefined) return join(cached, program);

  const expected = provenanceSha256(await available(tools.fetchText(asset.provenanceUrl)), asset.name);
  const archive = await available(tools.download(asset.url));
  try {
    const actual = await sha256(archive);
    if (actual !== expected) {
      throw new WorkError(
        `${asset.url} is not what the release's provenance says: sha256 ${actual} instead of ${expected}`,
        { fix: "do not use this download: check download-mirror, or report it to the mirror's owner" },
      );
    }
    const unpacked = `${archive}.buildctl`;
    await unpackMember(archive, asset.member, unpacked);
    await chmod(unpacked, 0o755);
    const folder = await tools.keep(key, unpacked, program);
    await rm(unpacked, { force: true });
    return join(folder, program);
  } finally {
    await rm(archive, { force: true });
  }
}

async function available<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    throw new ReleaseUnavailableError("the BuildKit release can't be reached", { cause: error });
  }
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** Streams one regular file out of a .tar.gz; nothing else of the archive is written anywhere. */
async function unpackMember(archive: string, member: string, destination: string): Promise<void> {
  const { extract } = await import("tar-stream");
  const entries = createReadStream(archive).pipe(createGunzip()).pipe(extract());
  for await (const entry of entries) {
    const { name, type, size } = entry.header;
    if (name.replace(/^\.\//, "") !== member || type !== "file") {
      entry.resume();
      continue;
    }
    if ((size ?? 0) > memberLimit) throw new WorkError(`${member} in ${archive} is larger than 300 MiB`);
    await pipeline(entry, createWriteStream(destination, { flags: "wx", mode: 0o600 }));
    return;
  }
  throw new WorkError(`${archive} holds no ${member}`);
}

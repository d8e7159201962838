import { WorkError } from "../errors.ts";
import { knownDigests } from "./release-digests.ts";

/** One archive on BuildKit's release page, and the file that says what its digest is. */
export interface ReleaseAsset {
  readonly name: string;
  readonly url: string;
  readonly provenanceUrl: string;
  /** What programs end in: `.exe` on Windows. */
  readonly suffix: string;
  /** Programs that the archive must hold, without the suffix. */
  readonly programs: readonly string[];
  /**
   * SHA-256 that is known here. Undefined with a mirror: what is known is GitHub's build, and a mirror may serve
   * another build of the same version, for which the mirror's provenance or the user's digest speaks.
   */
  readonly sha256?: string;
}

const releaseHost = "https://github.com";

/** Node's `process.arch` to the release's architecture. */
const architectures: Readonly<Record<string, string>> = {
  x64: "amd64",
  arm64: "arm64",
  arm: "arm-v7",
  s390x: "s390x",
  ppc64: "ppc64le",
  riscv64: "riscv64",
};
/** Node's `process.platform` to the release's system, and what its archives hold; Darwin's have the client alone. */
const systems: Readonly<Record<string, { readonly name: string; readonly programs: readonly string[] }>> = {
  linux: { name: "linux", programs: ["buildctl", "buildkitd", "buildkit-runc"] },
  darwin: { name: "darwin", programs: ["buildctl"] },
  win32: { name: "windows", programs: ["buildctl", "buildkitd"] },
};

/** The asset for a host in Node's words (`process.platform`, `process.arch`), or undefined when there is none. */
export function releaseAsset(options: {
  readonly version: string;
  readonly platform: string;
  readonly arch: string;
  readonly mirror?: string;
}): ReleaseAsset | undefined {
  const system = systems[options.platform];
  const architecture = architectures[options.arch];
  if (system === undefined || architecture === undefined) return undefined;
  const stem = `buildkit-${options.version}.${system.name}-${architecture}`;
  const mirror = (options.mirror || releaseHost).replace(/\/+$/, "");
  const folder = `${mirror}/moby/buildkit/releases/download/${options.version}`;
  const sha256 = mirror === releaseHost ? knownDigests[stem] : undefined;
  return {
    name: `${stem}.tar.gz`,
    url: `${folder}/${stem}.tar.gz`,
    provenanceUrl: `${folder}/${stem}.provenance.json`,
    suffix: system.name === "windows" ? ".exe" : "",
    programs: system.programs,
    ...(sha256 === undefined ? {} : { sha256 }),
  };
}

interface Statement {
  readonly payload?: unknown;
  readonly subject?: readonly {
    readonly name?: unknown;
    readonly digest?: { readonly sha256?: unknown };
  }[];
}

/** The SHA-256 (hex) that an in-toto statement, bare or in a DSSE envelope, gives for a file. */
export function provenanceSha256(text: string, file: string): string {
  let statement: Statement | null;
  try {
    statement = JSON.parse(text) as Statement | null;
    if (typeof statement?.payload === "string") {
      statement = JSON.parse(Buffer.from(statement.payload, "base64").toString("utf8")) as Statement | null;
    }
  } catch (error) {
    throw new WorkError(`the provenance of ${file} is not JSON`, { cause: error });
  }
  const subjects = Array.isArray(statement?.subject) ? statement.subject : [];
  const sha256 = subjects.find((subject) => subject?.name === file)?.digest?.sha256;
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw new WorkError(`the provenance of the release says nothing about ${file}`);
  }
  return sha256;
}

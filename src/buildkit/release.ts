import { WorkError } from "../errors.ts";

/** One archive on BuildKit's release page, and the file that says what its digest is. */
export interface ReleaseAsset {
  readonly name: string;
  readonly url: string;
  readonly provenanceUrl: string;
  /** Path of buildctl inside the archive. */
  readonly member: string;
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
const systems: Readonly<Record<string, string>> = { linux: "linux", darwin: "darwin", win32: "windows" };

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
  const stem = `buildkit-${options.version}.${system}-${architecture}`;
  const mirror = (options.mirror || releaseHost).replace(/\/+$/, "");
  const folder = `${mirror}/moby/buildkit/releases/download/${options.version}`;
  return {
    name: `${stem}.tar.gz`,
    url: `${folder}/${stem}.tar.gz`,
    provenanceUrl: `${folder}/${stem}.provenance.json`,
    member: system === "windows" ? "bin/buildctl.exe" : "bin/buildctl",
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
  let statement: Statement;
  try {
    statement = JSON.parse(text) as Statement;
    if (typeof statement.payload === "string") {
      statement = JSON.parse(Buffer.from(statement.payload, "base64").toString("utf8")) as Statement;
    }
  } catch (error) {
    throw new WorkError(`the provenance of ${file} is not JSON`, { cause: error });
  }
  const subject = statement.subject?.find(({ name }) => name === file);
  const sha256 = subject?.digest?.sha256;
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw new WorkError(`the provenance of the release says nothing about ${file}`);
  }
  return sha256;
}

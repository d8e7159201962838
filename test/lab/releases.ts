import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { pack } from "tar-stream";
import { keyOf, makeArtifact } from "./artifact.ts";
import { startDaemon } from "./daemon.ts";
import { debianRoot } from "./debian.ts";
import { buildkitFolder, programsFolder } from "./go.ts";
import type { Lab } from "./lab.ts";
import { loopback } from "./port.ts";
import versions from "./versions.json" with { type: "json" };

const tarball = `buildkit-${versions.buildkit}.linux-amd64.tar.gz`;

export function releasesUrl(lab: Lab): string {
  return `http://${loopback}:${lab.ports.releases}`;
}

/** The files of BuildKit's release page, under the page's paths. */
export async function packReleases(lab: Lab): Promise<boolean> {
  return makeArtifact(await releasesFolder(lab), async (folder) => {
    const page = join(folder, "moby/buildkit/releases/download", versions.buildkit);
    await mkdir(page, { recursive: true });
    const buildkit = await buildkitFolder(lab);
    const bytes = await packTarball({
      "bin/buildctl": join(buildkit, "buildctl"),
      "bin/buildkit-runc": join(debianRoot(lab), "usr/sbin/runc"),
      "bin/buildkitd": join(buildkit, "buildkitd"),
    });
    await writeFile(join(page, tarball), bytes);
    const provenance = provenanceOf(createHash("sha256").update(bytes).digest("hex"));
    await writeFile(join(page, tarball.replace(".tar.gz", ".provenance.json")), JSON.stringify(provenance));
  });
}

export async function startReleaseServer(lab: Lab): Promise<boolean> {
  const program = join(await programsFolder(lab), "release-server");
  const address = `${loopback}:${lab.ports.releases}`;
  return startDaemon(lab, {
    name: "releases",
    argv: [program, "-address", address, "-folder", await releasesFolder(lab)],
    env: {},
    ready: () =>
      fetch(`http://${address}/`).then(
        (response) => response.status === 404,
        () => false,
      ),
  });
}

async function releasesFolder(lab: Lab): Promise<string> {
  const inputs = [await buildkitFolder(lab), debianRoot(lab)].map((folder) => basename(folder));
  const recipe = await readFile(import.meta.filename, "utf8");
  return join(lab.folders.cache, "releases", keyOf([inputs, recipe]));
}

async function packTarball(programs: Readonly<Record<string, string>>): Promise<Buffer> {
  const tar = pack();
  const bytes = buffer(tar);
  const header = { mtime: new Date(0), mode: 0o755 };
  tar.entry({ ...header, name: "bin/", type: "directory" });
  for (const [name, file] of Object.entries(programs)) tar.entry({ ...header, name }, await readFile(file));
  tar.finalize();
  return promisify(gzip)(await bytes);
}

/** https://github.com/in-toto/attestation/blob/main/spec/v0.1.0/statement.md */
function provenanceOf(sha256: string): unknown {
  return {
    _type: "https://in-toto.io/Statement/v0.1",
    predicateType: "https://slsa.dev/provenance/v0.2",
    subject: [{ name: tarball, digest: { sha256 } }],
    predicate: {
      builder: { id: "multiarch's lab" },
      buildType: "https://mobyproject.org/buildkit@v1",
      materials: [{ uri: `pkg:golang/github.com/moby/buildkit@${versions.buildkit}` }],
    },
  };
}

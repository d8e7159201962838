import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { extract } from "tar-stream";
import { labEnvironment, program } from "./job.ts";

/** Path to kind, mode, link and content of every file in an image, but for times, which two builds never share. */
export async function readRootFilesystem(
  image: string,
  platform: string,
): Promise<Readonly<Record<string, string>>> {
  const container = await program("docker", ["create", "--pull=always", "--platform", platform, image]);
  try {
    const child = spawn("docker", ["export", container], {
      env: labEnvironment,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const files: Record<string, string> = {};
    for await (const entry of child.stdout.pipe(extract())) {
      const { name, type, mode, linkname } = entry.header;
      const hash = createHash("sha256");
      for await (const chunk of entry) hash.update(chunk as Buffer);
      files[name] = [type, mode.toString(8), linkname ?? "", hash.digest("hex")].join(" ");
    }
    return files;
  } finally {
    await program("docker", ["rm", "--force", container]);
  }
}

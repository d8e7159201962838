import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { inject } from "vitest";
import type { Ended, RunOptions } from "../entry/entrypoint.ts";
import { runEntrypoint } from "../entry/entrypoint.ts";

/** What `lab:env` exports. */
export const lab = inject("lab");

/** The environment of a CI job in the lab. */
export const labEnvironment: Readonly<Record<string, string>> = {
  ...lab,
  HOME: process.env["HOME"] ?? "",
};

const run = promisify(execFile);

/** One CI job: its entrypoints share a state file, and its end removes what they left. */
export interface TestJob extends AsyncDisposable {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly step: (name: string, args: readonly string[], options?: RunOptions) => Promise<Ended>;
  /** The same, for a step that has to succeed; gives its outputs. */
  readonly outputs: (
    name: string,
    args: readonly string[],
    options?: RunOptions,
  ) => Promise<Readonly<Record<string, string>>>;
}

export function startJob(): TestJob {
  const folder = mkdtempSync(join(tmpdir(), "multiarch-e2e-"));
  // Unlike our own variables it is passed on, so that all programs of a job are known by it.
  const env = { ...labEnvironment, MULTIARCH_STATE: join(folder, "state.json"), E2E_JOB: folder };
  const step: TestJob["step"] = (name, args, options) =>
    runEntrypoint(name, args, { ...options, env: { ...env, ...options?.env } });
  return {
    folder,
    env,
    step,
    outputs: async (name, args, options) => {
      const { code, stdout, stderr } = await step(name, ["--print", "json", ...args], options);
      if (code !== 0) throw new Error(`${name} ended with ${code}:\n${stderr}`);
      return JSON.parse(stdout) as Readonly<Record<string, string>>;
    },
    [Symbol.asyncDispose]: async () => {
      await step("teardown", []);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs a program in the lab's environment; gives what it printed on stdout. */
export async function program(
  file: string,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): Promise<string> {
  const { stdout } = await run(file, args, { ...options, env: { ...labEnvironment, ...options.env } });
  return stdout.trim();
}

/** A document of one of the lab's registries; fails unless it is there. */
export async function fetchManifest(
  registry: string,
  repository: string,
  reference: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly digest: string; readonly json: ManifestJson }> {
  const response = await fetch(`http://${registry}/v2/${repository}/manifests/${reference}`, {
    headers: { accept: acceptedTypes, ...headers },
  });
  if (!response.ok) throw new Error(`${repository}:${reference} answered ${response.status}`);
  return {
    digest: response.headers.get("docker-content-digest") ?? "",
    json: (await response.json()) as ManifestJson,
  };
}

export interface ManifestJson {
  readonly mediaType: string;
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string }[];
  readonly manifests: readonly {
    readonly digest: string;
    readonly platform: { readonly os: string; readonly architecture: string; readonly variant?: string };
  }[];
}

const acceptedTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** The JSON of a blob, such as an image's config. */
export async function fetchBlob(registry: string, repository: string, digest: string): Promise<unknown> {
  const response = await fetch(`http://${registry}/v2/${repository}/blobs/${digest}`);
  if (!response.ok) throw new Error(`${repository}@${digest} answered ${response.status}`);
  return response.json();
}

/** What runs or exists in the Docker Engine that a job could leave behind. */
export async function engineContents(): Promise<string> {
  const [containers, volumes] = await Promise.all([
    program("docker", ["ps", "--all", "--format={{.Names}} {{.Image}}"]),
    program("docker", ["volume", "ls", "--quiet"]),
  ]);
  return `${containers}\n${volumes}`;
}

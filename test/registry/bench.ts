import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect } from "vitest";

import type { Descriptor } from "../../src/oci/descriptor.ts";
import { type Digest, parseDigest } from "../../src/oci/digest.ts";
import { ociConfig, ociManifest } from "../../src/oci/media-type.ts";
import { parseReference, type Reference } from "../../src/oci/reference.ts";
import {
  createRegistryClient,
  type RegistryClient,
  type RegistryClientOptions,
} from "../../src/registry/client.ts";
import { RegistryError } from "../../src/registry/error.ts";
import { type ChaosOptions, type ChaosRegistry, startChaosRegistry } from "./chaos/registry.ts";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";

export type Bench = {
  readonly registry: ChaosRegistry;
  readonly client: RegistryClient;
  /** That of both: no test waits for real. */
  readonly clock: VirtualClock;
  /** What the client logged; warnings begin with `warning: `. */
  readonly log: readonly string[];
  /** DOCKER_CONFIG. */
  readonly folder: string;
};

export type BenchOptions = ChaosOptions & {
  /** The entry of `auths` in config.json for the registry; null for none. */
  readonly entry?: unknown;
  readonly client?: Partial<RegistryClientOptions>;
};

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** Undone after the test, the last first. */
export function afterwards(cleanup: () => Promise<unknown>): void {
  cleanups.push(cleanup);
}

/** A folder of this test alone. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "multiarch-registry-"));
  afterwards(() => rm(folder, { recursive: true }));
  return folder;
}

export const login = { auth: Buffer.from("user:secret").toString("base64") };

/** A registry, and a client that has its credentials and shares its clock. */
export async function bench(options: BenchOptions = {}): Promise<Bench> {
  const { client: more, entry = login, ...chaos } = options;
  const clock = createVirtualClock();
  const registry = await startChaosRegistry({ now: clock.now, ...chaos });
  afterwards(registry.close);
  const folder = await temporaryFolder();
  const auths = chaos.auth === undefined || entry === null ? {} : { [registry.host]: entry };
  await writeFile(join(folder, "config.json"), JSON.stringify({ auths }));
  const log: string[] = [];
  const client = createRegistryClient({
    env: { DOCKER_CONFIG: folder },
    log: {
      debug: (message) => log.push(message),
      warning: (message) => log.push(`warning: ${message}`),
    },
    clock,
    ...more,
  });
  afterwards(client.close);
  return { registry, client, clock, log, folder };
}

/** An image of one platform, put straight into the registry. */
export function image(
  registry: ChaosRegistry,
  architecture: string,
  tag?: string,
  repository = "a/b",
): Descriptor {
  const config = Buffer.from(JSON.stringify({ os: "linux", architecture }));
  const digest = registry.putBlob(repository, config);
  const manifest = {
    schemaVersion: 2,
    mediaType: ociManifest,
    config: { mediaType: ociConfig, digest, size: config.length },
    layers: [],
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  const own = parseDigest(registry.putManifest(repository, bytes, ociManifest, tag));
  return { mediaType: ociManifest, digest: own, size: bytes.length, platform: { os: "linux", architecture } };
}

export const tagged = ({ host }: { readonly host: string }, tag: string, repository = "a/b"): Reference =>
  parseReference(`${host}/${repository}:${tag}`);

export const named = ({ host }: { readonly host: string }, digest: Digest, repository = "a/b"): Reference =>
  parseReference(`${host}/${repository}@${digest}`);

/** The RegistryError that the work ends in. */
export async function failureOf(work: Promise<unknown>): Promise<RegistryError> {
  const error: unknown = await work.then(
    () => new Error("it did not fail"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RegistryError);
  return error as RegistryError;
}

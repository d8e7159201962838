import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { WorkError } from "../errors.ts";
import type { RegistryTrust } from "./trust.ts";

/** What a TLS connection to one host needs beyond Node's own roots; PEM. */
export type TlsFiles = {
  /** Any certificate will do. */
  readonly insecure?: boolean;
  readonly ca?: readonly string[];
  readonly cert?: string;
  readonly key?: string;
};

/** Where docker and podman keep certificates per registry. */
const folders = ["/etc/docker/certs.d", "/etc/containers/certs.d"];

/**
 * Certificates for `host[:port]`: what `registries` says of it, else every `*.crt` of its certs.d folder is an authority, `client.cert` and `client.key` are
 * ours, and SSL_CERT_FILE holds more authorities. NODE_EXTRA_CA_CERTS needs nothing, Node reads it. Throws WorkError
 * naming an unreadable file.
 */
export async function loadTlsFiles(
  host: string,
  env: Readonly<Record<string, string | undefined>>,
  registries: readonly RegistryTrust[] = [],
): Promise<TlsFiles> {
  const authorities: string[] = [];
  let client: Pick<TlsFiles, "cert" | "key" | "insecure"> = {};
  const trust = registries.find((registry) => registry.host === host);
  if (trust !== undefined) {
    const { ca, cert, insecure, key } = trust;
    if (ca !== undefined) authorities.push(await read(ca));
    client = {
      ...(insecure ? { insecure } : {}),
      ...(cert === undefined || key === undefined ? {} : { cert: await read(cert), key: await read(key) }),
    };
  }
  for (const root of folders) {
    const folder = join(root, host);
    const names = await readdir(folder).catch(() => [] as string[]);
    for (const name of names.toSorted()) {
      if (name.endsWith(".crt")) authorities.push(await read(join(folder, name)));
      const key = name.replace(/\.cert$/, ".key");
      if (name.endsWith(".cert") && names.includes(key)) {
        client = { ...client, cert: await read(join(folder, name)), key: await read(join(folder, key)) };
      }
    }
  }
  const bundle = env["SSL_CERT_FILE"] ?? "";
  if (bundle !== "") authorities.push(await read(bundle));
  if (authorities.length === 0) return client;
  // `ca` replaces Node's roots, so they are added back.
  const { rootCertificates } = await import("node:tls");
  return { ca: [...rootCertificates, ...authorities], ...client };
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new WorkError(`cannot read the certificate ${path}`, { cause });
  }
}

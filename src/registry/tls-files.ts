import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SecureContext } from "node:tls";

import { WorkError } from "../errors.ts";
import type { RegistryTrust } from "./trust.ts";
import { apiHost } from "./url.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** How TLS with one host differs from what Node does by itself. */
export type TlsOptions = {
  readonly secureContext?: SecureContext;
  /** False: any certificate will do. */
  readonly rejectUnauthorized?: false;
};

type Client = { readonly cert: string; readonly key: string };

/** Where docker and podman keep certificates per registry. */
const certificateFolders: readonly string[] = ["/etc/docker/certs.d", "/etc/containers/certs.d"];

/** Whether docker or podman were given certificates for `host[:port]`, so that it is not plain HTTP. */
export async function hasCertificates(host: string, folders = certificateFolders): Promise<boolean> {
  const found = await Promise.all(folders.map((folder) => namesIn(join(folder, host))));
  return found.flat().some((name) => /\.(?:crt|cert)$/.test(name));
}

/**
 * TLS for `host[:port]`: what `registries` says of it, else the authority of `sentBy`, the registry that sent us there, as its
 * token service is mostly of the same house; every `*.crt` of its certs.d folders is an authority, `*.cert` with
 * its `*.key` is ours; SSL_CERT_FILE, SSL_CERT_DIR and NODE_EXTRA_CA_CERTS hold more authorities. Throws WorkError naming
 * an unreadable file.
 */
export async function loadTls(
  host: string,
  env: Env,
  registries: readonly RegistryTrust[] = [],
  folders = certificateFolders,
  sentBy?: string,
): Promise<TlsOptions> {
  const authorities: string[] = [];
  let client: Client | undefined;
  for (const folder of folders) {
    const names = await namesIn(join(folder, host));
    const at = (name: string): string => join(folder, host, name);
    for (const name of names) {
      if (name.endsWith(".crt")) authorities.push(await read(at(name)));
      const key = name.replace(/\.cert$/, ".key");
      if (name.endsWith(".cert") && names.includes(key)) {
        client = { cert: await read(at(name)), key: await read(at(key)) };
      }
    }
  }
  const find = (wanted: string | undefined) => registries.find((each) => apiHost(each.host) === wanted);
  const trust = find(host);
  // Only the authority: our certificate and our leniency are for the registry alone.
  const ca = (trust ?? find(sentBy))?.ca;
  if (ca !== undefined) authorities.push(await read(ca));
  if (trust?.cert !== undefined && trust.key !== undefined) {
    client = { cert: await read(trust.cert), key: await read(trust.key) };
  }
  const bundles = await bundlesOf(env);
  const verify = trust?.insecure === true ? ({ rejectUnauthorized: false } as const) : {};
  if (authorities.length + bundles.length === 0 && client === undefined) return verify;
  const { createSecureContext, rootCertificates } = await import("node:tls");
  // `ca` replaces Node's roots and what NODE_EXTRA_CA_CERTS added to them.
  const extra =
    (env["NODE_EXTRA_CA_CERTS"] ?? "") === "" ? [] : [await read(env["NODE_EXTRA_CA_CERTS"] ?? "")];
  try {
    const ca = [...rootCertificates, ...extra, ...bundles, ...authorities];
    return { ...verify, secureContext: createSecureContext({ ca, ...client }) };
  } catch (cause) {
    throw new WorkError(`the certificates for ${host} cannot be used`, { cause });
  }
}

/** The authorities that Go programs are told of by SSL_CERT_FILE, and by SSL_CERT_DIR, which may list several folders. */
async function bundlesOf(env: Env): Promise<readonly string[]> {
  const bundle = env["SSL_CERT_FILE"] ?? "";
  const folders = (env["SSL_CERT_DIR"] ?? "").split(":").filter((folder) => folder !== "");
  const listed = await Promise.all(
    folders.map(async (folder) => (await namesIn(folder)).map((name) => join(folder, name))),
  );
  // Such folders hold links by hash, and whatever else lies there.
  const found = await Promise.all(listed.flat().map((path) => readFile(path, "utf8").catch(() => "")));
  const certificates = new Set(found.filter((text) => text.includes("-----BEGIN CERTIFICATE-----")));
  return bundle === "" ? [...certificates] : [await read(bundle), ...certificates];
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch((): string[] => [])).toSorted();
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new WorkError(`cannot read the certificate ${path}`, { cause });
  }
}

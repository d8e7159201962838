import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TlsFiles } from "../drivers/driver.ts";
import type { RunCertificates } from "./certificates.ts";

/** One file that only its owner may read. */
export interface PrivateFile {
  readonly path: string;
  readonly text: string;
}

/** Where a run's certificates lie. */
export interface RunTlsFolders {
  /** The daemon's: ca.pem, server-cert.pem and server-key.pem; what is copied into its container. */
  readonly server: string;
  /** The clients': ca.pem, cert.pem and key.pem, which makes it a `--tlsdir` of buildctl. */
  readonly client: string;
}

/** What buildctl and our build step take to reach the daemon of a run. */
export function runTlsFiles({ client }: RunTlsFolders): TlsFiles {
  return { ca: join(client, "ca.pem"), cert: join(client, "cert.pem"), key: join(client, "key.pem") };
}

/** The files of a run: neither side gets the other's key, and nobody the authority's. */
export function planRunTls(certificates: RunCertificates, folders: RunTlsFolders): readonly PrivateFile[] {
  const { ca, server, client } = certificates;
  return [
    { path: join(folders.server, "ca.pem"), text: ca },
    { path: join(folders.server, "server-cert.pem"), text: server.cert },
    { path: join(folders.server, "server-key.pem"), text: server.key },
    { path: join(folders.client, "ca.pem"), text: ca },
    { path: join(folders.client, "cert.pem"), text: client.cert },
    { path: join(folders.client, "key.pem"), text: client.key },
  ];
}

/** Writes files, mode 0600, in folders of mode 0700; what has their name is replaced and never written to. */
export function writePrivateFiles(files: readonly PrivateFile[]): void {
  for (const { path, text } of files) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    rmSync(path, { force: true });
    writeFileSync(path, text, { mode: 0o600, flag: "wx" });
  }
}

/** buildctl's global flags for TLS; none without it. */
export function tlsArguments(tls: TlsFiles | undefined): readonly string[] {
  if (tls === undefined) return [];
  return [
    `--tlscacert=${tls.ca}`,
    ...(tls.cert === undefined ? [] : [`--tlscert=${tls.cert}`]),
    ...(tls.key === undefined ? [] : [`--tlskey=${tls.key}`]),
    ...(tls.serverName === undefined ? [] : [`--tlsservername=${tls.serverName}`]),
  ];
}

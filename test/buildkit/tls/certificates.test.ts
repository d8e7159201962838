import { spawnSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer } from "node:tls";
import type { ConnectionOptions } from "node:tls";
import { afterAll, describe, expect, it } from "vitest";
import { issueCertificates } from "../../../src/buildkit/tls/certificates.ts";
import { planRunTls, runTlsFiles, tlsArguments, writePrivateFiles } from "../../../src/buildkit/tls/files.ts";

const now = new Date("2026-11-23T12:00:00Z");
const folder = mkdtempSync(join(tmpdir(), "multiarch-tls-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A handshake both ways, as between buildkitd and buildctl; gives what went wrong, or "ok". */
async function handshake(
  server: { readonly cert: string; readonly key: string; readonly ca: string },
  client: ConnectionOptions,
): Promise<string> {
  const daemon = createServer({ ...server, requestCert: true, rejectUnauthorized: true }, (socket) =>
    socket.end("ok"),
  );
  daemon.listen(0, "127.0.0.1");
  await once(daemon, "listening");
  const { port } = daemon.address() as AddressInfo;
  const socket = connect({ host: "127.0.0.1", port, ...client });
  try {
    return await new Promise<string>((resolve) => {
      socket.on("data", (data: Buffer) => resolve(data.toString()));
      socket.on("error", (error) => resolve("code" in error ? String(error.code) : error.message));
      socket.on("close", () => resolve("closed"));
    });
  } finally {
    socket.destroy();
    daemon.close();
  }
}

describe("the certificates of a run", () => {
  const { ca, client, notAfter, server } = issueCertificates(now);
  const [authority, serverCertificate, clientCertificate] = [ca, server.cert, client.cert].map(
    (pem) => new X509Certificate(pem),
  ) as [X509Certificate, X509Certificate, X509Certificate];

  it("are valid from five minutes ago for a day", () => {
    expect(notAfter).toEqual(new Date("2026-11-24T12:00:00Z"));
    for (const certificate of [authority, serverCertificate, clientCertificate]) {
      expect(new Date(certificate.validFrom)).toEqual(new Date("2026-11-23T11:55:00Z"));
      expect(new Date(certificate.validTo)).toEqual(notAfter);
    }
  });

  it("are signed by the authority, which may sign nothing but leaves", () => {
    expect(authority.ca).toBe(true);
    for (const certificate of [serverCertificate, clientCertificate]) {
      expect(certificate.ca).toBe(false);
      expect(certificate.checkIssued(authority)).toBe(true);
      expect(certificate.verify(authority.publicKey)).toBe(true);
    }
  });

  it("come with their keys, and without the authority's", () => {
    expect(serverCertificate.checkPrivateKey(createPrivateKey(server.key))).toBe(true);
    expect(clientCertificate.checkPrivateKey(createPrivateKey(client.key))).toBe(true);
    expect(ca).not.toContain("PRIVATE");
    for (const { key } of [server, client])
      expect(authority.checkPrivateKey(createPrivateKey(key))).toBe(false);
  });

  it("name 127.0.0.1 and localhost, and what each is for", () => {
    expect(serverCertificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(serverCertificate.checkHost("localhost")).toBe("localhost");
    expect(serverCertificate.checkIP("127.0.0.2")).toBeUndefined();
    expect(serverCertificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(clientCertificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
  });

  it("are new each time, serial numbers too", () => {
    const other = issueCertificates(now);
    const serials = [ca, server.cert, client.cert, other.ca, other.server.cert, other.client.cert].map(
      (pem) => new X509Certificate(pem).serialNumber,
    );
    expect(new Set(serials).size).toBe(6);
    expect(other.client.key).not.toBe(client.key);
  });

  it("let only each other in", async () => {
    const { ca, client, server } = issueCertificates(new Date());
    const stranger = issueCertificates(new Date());
    const daemon = { ...server, ca };
    expect(await handshake(daemon, { ca, ...client })).toBe("ok");
    expect(await handshake(daemon, { ca, ...client, servername: "localhost" })).toBe("ok");
    expect(await handshake(daemon, { ca })).toBe("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED");
    expect(await handshake(daemon, { ca, ...stranger.client })).not.toBe("ok");
    // A server's certificate is no client's, though the same authority signed it.
    expect(await handshake(daemon, { ca, ...server })).not.toBe("ok");
    expect(await handshake(daemon, { ca: stranger.ca, ...client })).not.toBe("ok");
    expect(await handshake(daemon, { ca, ...client, servername: "other" })).toBe(
      "ERR_TLS_CERT_ALTNAME_INVALID",
    );
  });

  it("have expired a day later", async () => {
    const { ca, client, server } = issueCertificates(new Date(Date.now() - 25 * 60 * 60_000));
    expect(await handshake({ ...server, ca }, { ca, ...client })).toBe("CERT_HAS_EXPIRED");
  });

  it("are written where only their owner reads them, each side without the other's key", () => {
    const folders = { server: join(folder, "daemon/tls"), client: join(folder, "client") };
    const certificates = issueCertificates(new Date());
    const files = planRunTls(certificates, folders);
    expect(files.map(({ path }) => path.slice(folder.length))).toEqual([
      "/daemon/tls/ca.pem",
      "/daemon/tls/server-cert.pem",
      "/daemon/tls/server-key.pem",
      "/client/ca.pem",
      "/client/cert.pem",
      "/client/key.pem",
    ]);
    writePrivateFiles(files);
    // A second setup of the same job has new ones.
    writePrivateFiles(planRunTls(issueCertificates(new Date()), folders));
    for (const { path } of files) expect((statSync(path).mode & 0o777).toString(8)).toBe("600");
    for (const each of Object.values(folders)) expect((statSync(each).mode & 0o777).toString(8)).toBe("700");
    expect(tlsArguments(runTlsFiles(folders))).toEqual([
      `--tlscacert=${folder}/client/ca.pem`,
      `--tlscert=${folder}/client/cert.pem`,
      `--tlskey=${folder}/client/key.pem`,
    ]);
  });

  const openssl = (...args: string[]) => spawnSync("openssl", args, { encoding: "utf8" });
  it.skipIf(openssl("version").status !== 0)("satisfy openssl's strict reading of the standard", () => {
    const folders = { server: join(folder, "strict/server"), client: join(folder, "strict/client") };
    writePrivateFiles(planRunTls(issueCertificates(new Date()), folders));
    const verify = (purpose: string, file: string, ...more: string[]) =>
      openssl(
        "verify",
        "-x509_strict",
        ...["-purpose", purpose],
        ...["-CAfile", join(folders.client, "ca.pem")],
        ...more,
        file,
      );
    const server = join(folders.server, "server-cert.pem");
    const client = join(folders.client, "cert.pem");
    expect(verify("sslserver", server, "-verify_ip", "127.0.0.1")).toMatchObject({ status: 0, stderr: "" });
    expect(verify("sslserver", server, "-verify_hostname", "localhost")).toMatchObject({ status: 0 });
    expect(verify("sslclient", client)).toMatchObject({ status: 0, stderr: "" });
    expect(verify("sslclient", server)).not.toMatchObject({ status: 0 });
    expect(verify("sslserver", client)).not.toMatchObject({ status: 0 });
  });
});

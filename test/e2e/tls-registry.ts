import { spawn } from "node:child_process";
import { randomUUID, sign, X509Certificate } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { RunCertificates } from "../../src/buildkit/tls/certificates.ts";
import { debianRoot } from "../lab/debian.ts";
import { labFolders } from "../lab/folders.ts";

const folders = labFolders(process.env);

/** Where the programs of an authority's server and client lie as PEM files. */
export interface CertificateFiles {
  readonly ca: string;
  readonly serverCert: string;
  readonly serverKey: string;
  readonly clientCert: string;
  readonly clientKey: string;
}

export function writeCertificates(folder: string, { ca, client, server }: RunCertificates): CertificateFiles {
  const texts = {
    ca,
    serverCert: server.cert,
    serverKey: server.key,
    clientCert: client.cert,
    clientKey: client.key,
  };
  mkdirSync(folder, { recursive: true });
  const write = (name: keyof typeof texts): string => {
    const path = join(folder, `${name}.pem`);
    writeFileSync(path, texts[name], { mode: 0o600 });
    return path;
  };
  return {
    ca: write("ca"),
    serverCert: write("serverCert"),
    serverKey: write("serverKey"),
    clientCert: write("clientCert"),
    clientKey: write("clientKey"),
  };
}

export interface TlsRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly address: string;
}

/**
 * The lab's registry program on TLS, with the images of the lab's registry. With `clientCa` it serves nobody without a
 * certificate of that authority, with `tokens` nobody without a token of that service.
 */
export async function startTlsRegistry(
  folder: string,
  certificates: CertificateFiles,
  options: { readonly clientCa?: string; readonly tokens?: TokenService } = {},
): Promise<TlsRegistry> {
  const { clientCa, tokens } = options;
  const config = [
    "version: 0.1",
    "storage:",
    "  filesystem:",
    `    rootdirectory: ${JSON.stringify(join(folders.run, "registry/data"))}`,
    "http:",
    "  addr: 127.0.0.1:0",
    "  tls:",
    `    certificate: ${JSON.stringify(certificates.serverCert)}`,
    `    key: ${JSON.stringify(certificates.serverKey)}`,
    ...(clientCa === undefined ? [] : ["    clientcas:", `      - ${JSON.stringify(clientCa)}`]),
    ...(tokens === undefined
      ? []
      : [
          "auth:",
          "  token:",
          `    realm: ${JSON.stringify(tokens.realm)}`,
          `    service: ${tokenService}`,
          `    issuer: ${tokenIssuer}`,
          `    rootcertbundle: ${JSON.stringify(certificates.ca)}`,
        ]),
    "",
  ].join("\n");
  const file = join(folder, "registry.yml");
  writeFileSync(file, config);
  const program = join(debianRoot({ folders }), "usr/bin/docker-registry");
  const child = spawn(program, ["serve", file], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<void>((done) => child.once("close", () => done()));
  let log = "";
  const address = await new Promise<string>((found, fail) => {
    const read = (data: Buffer): void => {
      log += data.toString();
      const [, listening] = /listening on (127\.0\.0\.1:\d+), tls/.exec(log) ?? [];
      if (listening !== undefined) found(listening);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", fail).once("exit", () => fail(new Error(`the registry has ended:\n${log}`)));
  });
  return {
    address,
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await ended;
    },
  };
}

const tokenService = "lab";
const tokenIssuer = "lab-tokens";

export interface TokenService extends AsyncDisposable {
  readonly realm: string;
  /** How many tokens it gave. */
  readonly given: () => number;
}

/** Gives whoever asks, over TLS, a token for all that is asked. https://distribution.github.io/distribution/spec/auth/token/ */
export async function startTokenService({ server }: RunCertificates): Promise<TokenService> {
  let given = 0;
  const https = createServer({ cert: server.cert, key: server.key }, (request, response) => {
    const answer = async (): Promise<void> => {
      const form = new URLSearchParams(await text(request));
      const query = new URL(request.url ?? "/", "https://t").searchParams;
      const scopes = [...query.getAll("scope"), ...form.getAll("scope")].flatMap((each) => each.split(" "));
      const token = signToken(scopes, server);
      given++;
      response
        .setHeader("content-type", "application/json")
        .end(JSON.stringify({ token, access_token: token, expires_in: 300 }));
    };
    void answer();
  });
  await new Promise<void>((listening) => {
    https.listen(0, "127.0.0.1", listening);
  });
  const { port } = https.address() as AddressInfo;
  return {
    realm: `https://127.0.0.1:${port}/token`,
    given: () => given,
    [Symbol.asyncDispose]: () =>
      new Promise((closed) => {
        https.closeAllConnections();
        https.close(() => closed());
      }),
  };
}

/** https://distribution.github.io/distribution/spec/auth/jwt/ */
function signToken(scopes: readonly string[], { cert, key }: RunCertificates["server"]): string {
  const now = Math.floor(Date.now() / 1000);
  const access = scopes
    .filter((scope) => scope !== "")
    .map((scope) => {
      const [type, ...rest] = scope.split(":");
      return { type, name: rest.slice(0, -1).join(":"), actions: rest.at(-1)?.split(",") ?? [] };
    });
  const header = {
    typ: "JWT",
    alg: "ES256",
    x5c: [new X509Certificate(cert).raw.toString("base64")],
  };
  const claims = {
    ...{ iss: tokenIssuer, sub: "", aud: tokenService, jti: randomUUID() },
    ...{ exp: now + 300, nbf: now - 60, iat: now - 60, access },
  };
  const signed = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

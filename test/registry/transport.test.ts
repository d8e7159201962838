import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { issueCertificates, type RunCertificates } from "../../src/buildkit/tls/certificates.ts";
import { ociIndex } from "../../src/oci/media-type.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { createRegistryClient, type RegistryClient } from "../../src/registry/client.ts";
import { createSender } from "../../src/registry/sender.ts";
import { hasCertificates, loadTls } from "../../src/registry/tls-files.ts";
import { createTransport, type HttpRequest } from "../../src/registry/transport.ts";
import { parseRegistryTrust } from "../../src/registry/trust.ts";
import { afterwards, bench, failureOf, image, tagged, temporaryFolder } from "./bench.ts";
import { type ChaosOptions, type ChaosRegistry, startChaosRegistry } from "./chaos/registry.ts";
import { createVirtualClock } from "./virtual-clock.ts";

const silent = { debug: () => {}, warning: () => {} };

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  afterwards(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const request = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: "GET",
  url: new URL(url),
  headers: {},
  maxBytes: 100,
  ...more,
});

const transportOf = (options: Parameters<typeof createTransport>[0]) => {
  const transport = createTransport(options);
  afterwards(transport.close);
  return transport;
};

describe("transport", () => {
  it("keeps connections, and opens no more than eight", async () => {
    const { registry } = await bench();
    const transport = transportOf({ env: {} });
    const burst = () =>
      Promise.all(Array.from({ length: 20 }, () => transport.request(request(`${registry.origin}/v2/`))));
    await burst();
    await burst();
    expect(registry.log).toHaveLength(40);
    expect(new Set(registry.log.map(({ socket }) => socket)).size).toBeLessThanOrEqual(8);
  });

  it("does not resolve a stranger's name to an address inside", async () => {
    const { registry } = await bench();
    const transport = transportOf({ env: {} });
    const { port } = new URL(registry.origin);
    const sentBy = { url: new URL("https://8.8.8.8/"), reach: "own-host" } as const;
    const led = transport.request(request(`http://localhost:${port}/token`, { sentBy }));
    await expect(led).rejects.toThrow("an address inside, where 8.8.8.8 may not send us");
    expect(registry.log).toEqual([]);
  });

  it("sends nothing once it is closed", async () => {
    const transport = createTransport({ env: {} });
    await transport.close();
    await expect(transport.request(request("http://127.0.0.1:1/"))).rejects.toThrow("the client is closed");
  });
});

describe("TLS", () => {
  const start = async (
    certificates: RunCertificates,
    options: ChaosOptions & { readonly mutual?: boolean } = {},
  ): Promise<ChaosRegistry> => {
    const { mutual = false, ...rest } = options;
    const tls = { ...certificates.server, ...(mutual ? { clientCa: certificates.ca } : {}) };
    const registry = await startChaosRegistry({ tls, ...rest });
    afterwards(registry.close);
    image(registry, "arm64", "one");
    return registry;
  };
  const write = async (folder: string, files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  };
  const clientOf = (env: Readonly<Record<string, string>>, trust: readonly string[]): RegistryClient => {
    const registries = trust.map(parseRegistryTrust);
    const client = createRegistryClient({ env, registries, clock: createVirtualClock() });
    afterwards(client.close);
    return client;
  };

  it("trusts the authority of `registries`, shows a client certificate, and needs either", async () => {
    const certificates = issueCertificates(new Date());
    const registry = await start(certificates, { mutual: true });
    const folder = await temporaryFolder();
    const { ca, client } = certificates;
    await write(folder, { "ca.pem": ca, "cert.pem": client.cert, "key.pem": client.key });
    const file = (name: string) => join(folder, name);
    const whole = `${registry.host},ca=${file("ca.pem")},cert=${file("cert.pem")},key=${file("key.pem")}`;
    const got = await clientOf({}, [whole]).getManifest(tagged(registry, "one"));
    expect(got.manifest.kind).toBe("manifest");
    expect(registry.log).toHaveLength(1);
    const without = clientOf({}, [`${registry.host},ca=${file("ca.pem")}`]);
    const error = await failureOf(without.getManifest(tagged(registry, "one")));
    expect(error.status).toBe(undefined);
    expect(registry.log).toHaveLength(1);
  });

  it("says what a registry may want that ends the handshake", async () => {
    const code = "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED";
    const transport = {
      close: async () => {},
      request: () => Promise.reject(Object.assign(new Error("alert number 116"), { code })),
    };
    const send = createSender(transport, createVirtualClock(), silent);
    const error = await failureOf(send(request("https://r.io/v2/")));
    expect(error.message).toBe("GET https://r.io/v2/: r.io ended the TLS handshake: alert number 116");
    expect(error.fix).toContain("registries: r.io,cert=FILE,key=FILE");
  });

  it("reads certs.d as docker and podman do", async () => {
    const certificates = issueCertificates(new Date());
    const folder = await temporaryFolder();
    await mkdir(join(folder, "r.io:5000"));
    await write(join(folder, "r.io:5000"), { "ca.crt": certificates.ca, README: "no certificate" });
    const { cert, key } = certificates.client;
    expect((await loadTls("r.io:5000", {}, [], [folder])).secureContext).not.toBe(undefined);
    expect(await hasCertificates("r.io:5000", [folder])).toBe(true);
    expect(await loadTls("r.io", {}, [], [folder])).toEqual({});
    expect(await hasCertificates("r.io", [folder])).toBe(false);
    await write(join(folder, "r.io:5000"), { "client.cert": cert, "client.key": "no key" });
    await expect(loadTls("r.io:5000", {}, [], [folder])).rejects.toThrow(
      "the certificates for r.io:5000 cannot be used",
    );
    await write(join(folder, "r.io:5000"), { "client.key": key });
    expect((await loadTls("r.io:5000", {}, [], [folder])).secureContext).not.toBe(undefined);
  });

  it.each([
    { name: "SSL_CERT_FILE", env: (folder: string) => ({ SSL_CERT_FILE: join(folder, "ca.pem") }) },
    { name: "SSL_CERT_DIR", env: (folder: string) => ({ SSL_CERT_DIR: `/none:${folder}` }) },
    {
      name: "NODE_EXTRA_CA_CERTS, beside another",
      env: (folder: string) => ({
        NODE_EXTRA_CA_CERTS: join(folder, "ca.pem"),
        SSL_CERT_FILE: join(folder, "other.pem"),
      }),
    },
  ])("trusts the authorities in $name", async ({ env }) => {
    const certificates = issueCertificates(new Date());
    const registry = await start(certificates);
    const folder = await temporaryFolder();
    await write(folder, { "ca.pem": certificates.ca, "other.pem": issueCertificates(new Date()).ca });
    // A loopback registry is plain HTTP unless something is said of its certificate.
    const transport = transportOf({ env: env(folder) });
    const { status } = await transport.request(request(`${registry.origin}/v2/`));
    expect(status).toBe(200);
  });

  it("names a file that is missing", async () => {
    const missing = clientOf({ SSL_CERT_FILE: "/no/such/file" }, []).getManifest(parseReference("r.io/a:b"));
    await expect(missing).rejects.toThrow("cannot read the certificate /no/such/file");
  });

  const lifetime = 24 * 3_600_000;
  it.each([
    { name: "self-signed", trust: "insecure=false,ca=OTHER", issued: 0, address: "127.0.0.1" },
    { name: "expired", trust: "ca=CA", issued: -2 * lifetime, address: "127.0.0.1" },
    { name: "not valid yet", trust: "ca=CA", issued: 2 * lifetime, address: "127.0.0.1" },
    { name: "for another host", trust: "ca=CA", issued: 0, address: "127.0.0.2" },
  ])("fault 11: a certificate that is $name is refused at once", async ({ trust, issued, address }) => {
    const certificates = issueCertificates(new Date(Date.now() + issued));
    const registry = await start(certificates, { address });
    const folder = await temporaryFolder();
    await write(folder, { "ca.pem": certificates.ca, "other.pem": issueCertificates(new Date()).ca });
    const fields = trust.replace("CA", join(folder, "ca.pem")).replace("OTHER", join(folder, "other.pem"));
    const client = clientOf({}, [`${registry.host},${fields}`]);
    const error = await failureOf(client.getManifest(tagged(registry, "one")));
    expect(error.message).toContain(`the certificate of ${registry.host} is not trusted`);
    expect(error.message).not.toContain("tries");
    expect(error.fix).toContain(`registries: ${registry.host},ca=FILE`);
    expect(error.fix).toContain("clock");
    // Neither there nor in the clear.
    expect(registry.log).toEqual([]);
    const insecure = clientOf({}, [`${registry.host},insecure`]);
    expect((await insecure.getManifest(tagged(registry, "one"))).manifest.kind).toBe("manifest");
  });

  it("fault 11: a registry that speaks no TLS is not spoken to in the clear", async () => {
    const { registry } = await bench();
    image(registry, "arm64", "one");
    const client = clientOf({}, [`${registry.host},insecure`]);
    const error = await failureOf(client.getManifest(tagged(registry, "one")));
    expect(error.message).toContain("does not speak TLS");
    expect(error.fix).toContain(`registries: ${registry.host},http`);
    expect(registry.log).toEqual([]);
  });
});

describe("proxy", () => {
  type Tunnel = { readonly target: string; readonly login: string | undefined };
  /** A forwarding proxy. It reaches every host at the registry's address, so that names need not exist. */
  const startProxy = async (
    registry: { readonly host: string },
    connected: (socket: Socket, target: string) => "refuse" | "reset" | "connect" = () => "connect",
  ) => {
    const tunnels: Tunnel[] = [];
    const forwarded: unknown[] = [];
    const server = createServer((incoming, response) => {
      forwarded.push([incoming.url, incoming.headers["proxy-authorization"], incoming.headers.authorization]);
      if (incoming.headers["proxy-authorization"] === undefined) {
        response.writeHead(407).end();
        return;
      }
      response.setHeader("content-type", ociIndex);
      response.end(JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests: [] }));
    });
    server.on("connect", (incoming: IncomingMessage, socket: Socket) => {
      socket.on("error", () => {});
      const target = incoming.url ?? "";
      tunnels.push({ target, login: incoming.headers["proxy-authorization"] });
      const what = connected(socket, target);
      if (what === "reset") socket.resetAndDestroy();
      if (what === "refuse") socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      if (what !== "connect") return;
      const [host = "", port = ""] = registry.host.split(":");
      const upstream = connect(Number(port), host, () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        upstream.pipe(socket).pipe(upstream);
      });
      upstream.on("error", () => socket.destroy());
      afterwards(async () => upstream.destroy());
    });
    return { host: await listen(server), tunnels, forwarded };
  };
  const login = `Basic ${Buffer.from("me:pa:ss").toString("base64")}`;

  it("forwards plain HTTP, and is told its own login only", async () => {
    const proxy = await startProxy({ host: "" });
    const client = createRegistryClient({
      env: { http_proxy: `http://me:pa%3Ass@${proxy.host}` },
      registries: [parseRegistryTrust("registry.test:5000,http")],
    });
    afterwards(client.close);
    await client.getManifest(parseReference("registry.test:5000/a/b:one"));
    expect(proxy.forwarded).toEqual([["http://registry.test:5000/v2/a/b/manifests/one", login, undefined]]);
  });

  const secured = async (connected?: Parameters<typeof startProxy>[1]) => {
    const certificates = issueCertificates(new Date());
    const tls = { ...certificates.server, clientCa: certificates.ca };
    const registry = await startChaosRegistry({ tls, auth: "basic" });
    afterwards(registry.close);
    image(registry, "arm64", "one");
    const folder = await temporaryFolder();
    for (const [name, content] of Object.entries({ ca: certificates.ca, ...certificates.client })) {
      await writeFile(join(folder, name), content);
    }
    const proxy = await startProxy(registry, connected);
    const auths = { "localhost.test:5000": { auth: Buffer.from("user:secret").toString("base64") } };
    const clientWith = (more: Readonly<Record<string, string>>) => {
      const client = createRegistryClient({
        env: {
          HTTPS_PROXY: `http://me:pa%3Ass@${proxy.host}`,
          DOCKER_AUTH_CONFIG: JSON.stringify({ auths }),
          ...more,
        },
        registries: [
          parseRegistryTrust(
            `localhost.test:5000,insecure,ca=${join(folder, "ca")},cert=${join(folder, "cert")},key=${join(folder, "key")}`,
          ),
        ],
        clock: createVirtualClock(),
      });
      afterwards(client.close);
      return client;
    };
    return { registry, proxy, clientWith };
  };
  const reference = parseReference("localhost.test:5000/a/b:one");

  it("fault 42: leads to a registry with its own authority and client certificates", async () => {
    const { registry, proxy, clientWith } = await secured();
    const client = clientWith({});
    expect((await client.getManifest(reference)).manifest.kind).toBe("manifest");
    await client.headManifest(reference);
    expect(proxy.tunnels).toEqual([{ target: "localhost.test:5000", login }]);
    expect(
      registry.log.map(({ authorization, headers }) => [authorization, headers["proxy-authorization"]]),
    ).toEqual([
      [undefined, undefined],
      ["Basic", undefined],
      ["Basic", undefined],
    ]);
  });

  it("fault 42: verifies the name inside the tunnel", async () => {
    const { proxy, registry } = await secured();
    const transport = transportOf({ env: { HTTPS_PROXY: proxy.host } });
    const send = createSender(transport, createVirtualClock(), silent);
    const error = await failureOf(send(request("https://registry.test/v2/")));
    expect(error.message).toContain("the certificate of registry.test is not trusted");
    expect(registry.log).toEqual([]);
  });

  it("fault 42: is left aside for the registry that NO_PROXY names", async () => {
    const { proxy, clientWith } = await secured();
    const error = await failureOf(clientWith({ NO_PROXY: "localhost.test" }).getManifest(reference));
    expect(error.message).toContain("no address found for the host localhost.test");
    expect(proxy.tunnels).toEqual([]);
  });

  it.each([
    {
      name: "wants a login",
      what: "refuse",
      why: "answered 407",
      tries: 1,
      fix: "http://user:password@host",
    },
    {
      name: "resets the connection",
      what: "reset",
      why: "does not answer after 6 tries",
      tries: 6,
      fix: "NO_PROXY",
    },
  ] as const)("fault 42: is named without its password when it $name", async ({ what, why, tries, fix }) => {
    const { proxy, clientWith, registry } = await secured(() => what);
    const error = await failureOf(clientWith({}).getManifest(reference));
    expect(error.message).toContain(`the proxy ${proxy.host} ${why}`);
    expect(`${error.message} ${error.fix}`).not.toMatch(/pa(?::|%3A)ss/);
    expect(error.fix).toContain(fix);
    expect(proxy.tunnels).toHaveLength(tries);
    expect(registry.log).toEqual([]);
  });

  it("fault 42: is named when nothing listens there, and when it forwards nothing without a login", async () => {
    const proxy = await startProxy({ host: "" });
    const plain = (address: string) => {
      const client = createRegistryClient({
        env: { HTTP_PROXY: address },
        registries: [parseRegistryTrust("registry.test:5000,http")],
        clock: createVirtualClock(),
      });
      afterwards(client.close);
      return failureOf(client.getManifest(parseReference("registry.test:5000/a/b:one")));
    };
    expect((await plain("http://127.0.0.1:1")).message).toContain(
      "the proxy 127.0.0.1:1 does not answer after 2 tries",
    );
    expect((await plain(proxy.host)).message).toContain(`the proxy ${proxy.host} answered 407`);
  });

  it("must speak HTTP", async () => {
    const transport = transportOf({ env: { HTTPS_PROXY: "socks5://me:secret@127.0.0.1:1080" } });
    const sent = transport.request(request("https://r.io/v2/"));
    await expect(sent).rejects.toThrow("the proxy socks5://127.0.0.1:1080 does not speak HTTP");
  });
});

import { parseRegistryTrust } from "../../src/registry/trust.ts";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";

import { ociIndex } from "../../src/oci/media-type.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { createRegistryClient } from "../../src/registry/client.ts";
import { createTransport, type HttpRequest } from "../../src/registry/transport.ts";
import { startFakeRegistry } from "./fake-registry.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => {
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

describe("transport", () => {
  it("goes through a proxy, to which it gives the proxy's own login only", async () => {
    const seen: unknown[] = [];
    const body = JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests: [] });
    const proxy = createServer((incoming, response) => {
      seen.push([incoming.url, incoming.headers["proxy-authorization"], incoming.headers.authorization]);
      response.setHeader("content-type", ociIndex);
      response.end(body);
    });
    const host = await listen(proxy);
    const client = createRegistryClient({
      env: { http_proxy: `http://me:pa%3Ass@${host}` },
      registries: [parseRegistryTrust("registry.test:5000,http")],
    });
    cleanups.push(client.close);
    await client.getManifest(parseReference("registry.test:5000/a/b:one"));
    const login = `Basic ${Buffer.from("me:pa:ss").toString("base64")}`;
    expect(seen).toEqual([["http://registry.test:5000/v2/a/b/manifests/one", login, undefined]]);
  });

  it("keeps connections, and opens no more than eight", async () => {
    await using registry = await startFakeRegistry();
    const transport = createTransport({ env: {} });
    cleanups.push(transport.close);
    const url = `http://${registry.host}/v2/`;
    const burst = () => Promise.all(Array.from({ length: 20 }, () => transport.request(request(url))));
    await burst();
    await burst();
    expect(registry.log).toHaveLength(40);
    expect(new Set(registry.log.map(({ socket }) => socket)).size).toBeLessThanOrEqual(8);
  });

  it("ends a request whose answer never comes", async () => {
    await using registry = await startFakeRegistry();
    registry.faults.push({ fault: { kind: "hang" } });
    const transport = createTransport({ env: {} });
    cleanups.push(transport.close);
    const hanging = transport.request(request(`http://${registry.host}/v2/`, { patience: 50 }));
    await expect(hanging).rejects.toMatchObject({ code: "UND_ERR_HEADERS_TIMEOUT" });
  });

  it("does not resolve a stranger's name to an address inside", async () => {
    await using registry = await startFakeRegistry();
    const transport = createTransport({ env: {} });
    cleanups.push(transport.close);
    const [, port] = registry.host.split(":");
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

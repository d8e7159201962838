import { describe, expect, it } from "vitest";

import { usesProxy, proxyFor } from "../../src/registry/proxy.ts";
import { parseRealm } from "../../src/registry/realm.ts";
import { parseRegistryTrust } from "../../src/registry/trust.ts";
import { addressKind, isLoopback, redactUrl, refusal, registryUrl } from "../../src/registry/url.ts";

describe("registry URL", () => {
  it.each([
    { registry: "docker.io", trust: "", url: "https://registry-1.docker.io/" },
    { registry: "ghcr.io", trust: "", url: "https://ghcr.io/" },
    { registry: "localhost:5000", trust: "", url: "http://localhost:5000/" },
    { registry: "127.0.0.2:5000", trust: "", url: "http://127.0.0.2:5000/" },
    { registry: "[::1]:5000", trust: "", url: "http://[::1]:5000/" },
    { registry: "10.0.0.1:5000", trust: "", url: "https://10.0.0.1:5000/" },
    { registry: "plain.example:5000", trust: ",http", url: "http://plain.example:5000/" },
    { registry: "docker.io", trust: ",http", url: "http://registry-1.docker.io/" },
    { registry: "localhost:5000", trust: ",mirror=a", url: "http://localhost:5000/" },
    { registry: "localhost:5000", trust: ",ca=x.pem", url: "https://localhost:5000/" },
    { registry: "localhost:5000", trust: ",cert=x.pem,key=y.pem", url: "https://localhost:5000/" },
    { registry: "localhost:5000", trust: ",insecure", url: "https://localhost:5000/" },
  ])("$registry$trust is at $url", ({ registry, trust, url }) => {
    expect(registryUrl(registry, parseRegistryTrust(registry + trust)).href).toBe(url);
  });

  it("is not plain HTTP where docker has a certificate for it", () => {
    expect(registryUrl("localhost:5000", undefined, true).href).toBe("https://localhost:5000/");
  });

  it.each(["127.0.0.1.evil.com", "localhost.evil.com", "127.256.0.1", "notlocalhost", "[127::1]", ""])(
    "%j is not loopback",
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );

  it("shows no user and no query value", () => {
    expect(redactUrl("https://me:secret@r.io/v2/?token=secret&n=1")).toBe("https://r.io/v2/?token=***&n=***");
    expect(redactUrl("secret")).toBe("(malformed URL)");
  });

  it.each([
    ["127.1.2.3", "loopback"],
    ["::1", "loopback"],
    ["::ffff:127.0.0.1", "loopback"],
    ["10.1.2.3", "private"],
    ["172.31.0.1", "private"],
    ["100.64.0.1", "private"],
    ["fd00:ec2::254", "private"],
    ["169.254.169.254", "link-local"],
    ["::ffff:169.254.169.254", "link-local"],
    ["fe80::1", "link-local"],
    ["0.0.0.0", "unspecified"],
    ["::", "unspecified"],
    ["8.8.8.8", "public"],
    ["2001:db8::1", "public"],
    ["example.com", undefined],
  ])("%s is %s", (address, kind) => {
    expect(addressKind(address)).toBe(kind);
  });
});

describe("where a registry may send us", () => {
  it.each([
    { from: "https://r.io/", to: "https://cdn.example/", why: undefined },
    { from: "https://r.io/", to: "http://r.io/", why: "HTTPS to plain HTTP" },
    { from: "https://r.io/", to: "https://169.254.169.254/", why: "link-local" },
    { from: "https://r.io/", to: "https://[::ffff:10.0.0.1]/", why: "private" },
    { from: "https://r.io/", to: "https://2130706433/", why: "loopback" },
    { from: "https://r.io/", to: "https://localhost/", why: "loopback" },
    { from: "https://r.io/", to: "file:///etc/passwd", why: "scheme" },
    { from: "https://r.io/", to: "https://user@r.io/", why: "user name" },
    { from: "http://127.0.0.1:5000/", to: "http://127.0.0.1:9000/", why: undefined },
    { from: "http://localhost:5000/", to: "http://172.17.0.2:9000/", why: undefined },
    { from: "http://10.0.0.1/", to: "http://127.0.0.1/", why: "loopback" },
    { from: "http://127.0.0.1:5000/", to: "http://169.254.169.254/", why: "link-local" },
  ])("$from to $to", ({ from, to, why }) => {
    const found = refusal(new URL(from), new URL(to), "own-network");
    expect(found ?? "allowed").toContain(why ?? "allowed");
  });

  it.each([
    { registry: "https://r.io", realm: "https://auth.example/token" },
    { registry: "http://127.0.0.1:5000", realm: "http://127.0.0.1:5001/token" },
    { registry: "http://localhost:5000", realm: "http://127.0.0.1:5001/token" },
    { registry: "https://10.0.0.1", realm: "https://10.0.0.1/token" },
  ])("$registry for a token to $realm", ({ registry, realm }) => {
    expect(parseRealm(realm, new URL(registry)).href).toBe(realm);
  });

  it.each([
    { registry: "https://10.0.0.1", realm: "https://10.0.0.2/token" },
    { registry: "https://r.io", realm: "http://auth.example/token" },
    { registry: "https://r.io", realm: "/token" },
    { registry: "https://r.io", realm: "" },
  ])("$registry not for a token to $realm", ({ registry, realm }) => {
    expect(() => parseRealm(realm, new URL(registry))).toThrow(JSON.stringify(realm));
  });
});

describe("proxy", () => {
  const env = {
    HTTPS_PROXY: "http://proxy:3128",
    http_proxy: "plain:80",
    NO_PROXY: "r.io, .inside.io,10.0.0.0/8,x.io:444",
  };
  it.each([
    { url: "https://ghcr.io/", proxy: "http://proxy:3128/" },
    { url: "http://ghcr.io/", proxy: "http://plain/" },
    { url: "https://r.io/", proxy: undefined },
    { url: "https://sub.r.io/", proxy: undefined },
    { url: "https://notr.io/", proxy: "http://proxy:3128/" },
    { url: "https://inside.io/", proxy: "http://proxy:3128/" },
    { url: "https://a.inside.io/", proxy: undefined },
    { url: "https://10.1.2.3/", proxy: undefined },
    { url: "https://11.1.2.3/", proxy: "http://proxy:3128/" },
    { url: "https://x.io:444/", proxy: undefined },
    { url: "https://x.io/", proxy: "http://proxy:3128/" },
    { url: "http://127.0.0.1:5000/", proxy: undefined },
    { url: "http://[::1]:5000/", proxy: undefined },
    { url: "http://localhost:5000/", proxy: undefined },
  ])("$url through $proxy", ({ url, proxy }) => {
    expect(proxyFor(new URL(url), env)?.href).toBe(proxy);
  });

  it("has a star for everything, and distrusts a CGI program's HTTP_PROXY", () => {
    expect(usesProxy("r.io:443", "*")).toBe(false);
    expect(() => proxyFor(new URL("http://r.io/"), { HTTP_PROXY: "x", REQUEST_METHOD: "GET" })).toThrow(
      "CGI",
    );
    expect(() => proxyFor(new URL("http://r.io/"), { HTTP_PROXY: "gopher://me:secret@x" })).toThrow(
      /^HTTP_PROXY is not/,
    );
  });
});

import { describe, expect, it } from "vitest";
import { authTlsArguments, parseRegistryTrust, renderRegistryToml } from "../../src/registry/trust.ts";

describe("parseRegistryTrust", () => {
  const none = { mirrors: [], insecure: false };
  it.each([
    { text: "r.io", trust: { host: "r.io", ...none } },
    { text: "127.0.0.1:5000,http", trust: { host: "127.0.0.1:5000", ...none, http: true } },
    { text: "[::1]:5000,http=true,insecure=false", trust: { host: "[::1]:5000", ...none, http: true } },
    {
      text: "docker.io,mirror=a.local,mirror=b.local:5000/hub",
      trust: { host: "docker.io", ...none, mirrors: ["a.local", "b.local:5000/hub"] },
    },
    {
      text: 'r.io,insecure,"ca=a,b.pem",cert=c,key=k',
      trust: { host: "r.io", ...none, insecure: true, ca: "a,b.pem", cert: "c", key: "k" },
    },
  ])("$text", ({ text, trust }) => {
    expect(parseRegistryTrust(text)).toEqual(trust);
  });

  it.each([
    { text: "https://r.io", says: '"https://r.io" is not a registry\'s host' },
    { text: "r.io/path", says: "is not a registry's host" },
    {
      text: "r.io,htpp",
      says: 'r.io: unknown field "htpp": there are http, insecure, mirror, ca, cert, key',
    },
    { text: "r.io,http=yes", says: "r.io: http is true or false" },
    { text: "r.io,cert=c", says: "r.io: cert and key belong together" },
  ])("refuses $text", ({ text, says }) => {
    expect(() => parseRegistryTrust(text)).toThrow(says);
  });
});

describe("what the daemon and buildctl are told", () => {
  const registries = [
    "a.io,mirror=m.io",
    "b.io,http",
    "c.io,insecure,ca=/ca",
    "d.io,cert=/c,key=/k",
    "127.0.0.1:5000,http=false",
    "docker.io,ca=/ca",
  ].map(parseRegistryTrust);

  it("buildkitd.toml", () => {
    expect(renderRegistryToml(registries, (path) => `/in${path}`)).toBe(
      [
        '[registry."a.io"]',
        '  mirrors = ["m.io"]',
        "",
        '[registry."b.io"]',
        "  http = true",
        "",
        '[registry."c.io"]',
        "  http = false",
        "  insecure = true",
        '  ca = ["/in/ca"]',
        "",
        '[registry."d.io"]',
        "  http = false",
        '  [[registry."d.io".keypair]]',
        '    key = "/in/k"',
        '    cert = "/in/c"',
        "",
        '[registry."127.0.0.1:5000"]',
        "  http = false",
        "",
        '[registry."docker.io"]',
        "  http = false",
        '  ca = ["/in/ca"]',
        "",
      ].join("\n"),
    );
  });

  it("--registry-auth-tlscontext", () => {
    expect(authTlsArguments(registries)).toEqual([
      "--registry-auth-tlscontext=host=c.io,ca=/ca,insecure=true",
      "--registry-auth-tlscontext=host=d.io,cert=/c,key=/k",
      "--registry-auth-tlscontext=host=registry-1.docker.io,ca=/ca",
    ]);
  });
});

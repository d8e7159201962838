import { describe, expect, it } from "vitest";
import { parseExtraHost } from "../../src/buildkit/extra-host.ts";

describe("an extra host", () => {
  it.each([
    { text: "docker:10.180.0.1", host: "docker", address: "10.180.0.1" },
    { text: "my-host_1.local=127.0.0.1", host: "my-host_1.local", address: "127.0.0.1" },
    { text: "h:::1", host: "h", address: "::1" },
    { text: "h:[::1]", host: "h", address: "::1" },
    { text: "h=2001:db8::1", host: "h", address: "2001:db8::1" },
    { text: "h=[2001:db8::1]", host: "h", address: "2001:db8::1" },
    { text: "h:[10.0.0.1]", host: "h", address: "10.0.0.1" },
    { text: "h:host-gateway", host: "h", address: "host-gateway" },
    { text: "h=host-gateway", host: "h", address: "host-gateway" },
  ])("$text", ({ address, host, text }) => {
    expect(parseExtraHost(text)).toEqual({ host, address });
  });

  it.each([
    { text: "docker", why: "it has no :" },
    { text: "", why: "it has no :" },
    { text: ":1.2.3.4", why: `"" can't be a host's name` },
    { text: "=1.2.3.4", why: `"" can't be a host's name` },
    { text: "a b:1.2.3.4", why: `"a b" can't be a host's name` },
    { text: "a,b=1.2.3.4", why: `"a,b" can't be a host's name` },
    { text: "h:1=::1", why: `"h:1" can't be a host's name` },
    { text: "h:", why: '"" is neither an IP address nor host-gateway' },
    { text: "h:1.2.3", why: '"1.2.3" is neither' },
    { text: "h:1.2.3.4,5.6.7.8", why: '"1.2.3.4,5.6.7.8" is neither' },
    { text: "h:1.2.3.04", why: '"1.2.3.04" is neither' },
    { text: "h:fe80::1%eth0", why: '"fe80::1%eth0" is neither' },
    { text: "h:[host-gateway]", why: '"[host-gateway]" is neither' },
    { text: "h:example.com", why: '"example.com" is neither' },
    { text: "h:1.2.3.4\n", why: "is neither" },
  ])("refuses $text", ({ text, why }) => {
    expect(() => parseExtraHost(text)).toThrow(`${JSON.stringify(text)} is not HOST:IP: `);
    expect(() => parseExtraHost(text)).toThrow(why);
  });
});

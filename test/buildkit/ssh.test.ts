import { describe, expect, it } from "vitest";
import type { Ssh } from "../../src/buildkit/ssh.ts";
import { formatSsh, parseSsh } from "../../src/buildkit/ssh.ts";

describe("ssh", () => {
  it.each<{ text: string; ssh: Ssh; written?: string }>([
    { text: "default", ssh: { id: "default", paths: [], raw: false } },
    { text: "default=", ssh: { id: "default", paths: [], raw: false }, written: "default" },
    { text: "default=/run/agent.sock", ssh: { id: "default", paths: ["/run/agent.sock"], raw: false } },
    { text: "my-id=a,b=c", ssh: { id: "my-id", paths: ["a", "b=c"], raw: false } },
    { text: "x=-i", ssh: { id: "x", paths: ["-i"], raw: false } },
    { text: "x=raw", ssh: { id: "x", paths: ["raw"], raw: false } },
    { text: "x=/s,raw=true", ssh: { id: "x", paths: ["/s"], raw: true } },
    { text: "x=/s,raw", ssh: { id: "x", paths: ["/s"], raw: true }, written: "x=/s,raw=true" },
    { text: "x=raw=1,/s", ssh: { id: "x", paths: ["/s"], raw: true }, written: "x=/s,raw=true" },
    { text: "x=/s,raw=false", ssh: { id: "x", paths: ["/s"], raw: false }, written: "x=/s" },
  ])("$text", ({ ssh, text, written = text }) => {
    expect(parseSsh(text)).toEqual(ssh);
    expect(formatSsh(ssh)).toBe(written);
    expect(parseSsh(written)).toEqual(ssh);
  });

  it.each([
    { text: "", message: '"" is not ID' },
    { text: "-x", message: '"-x" is not ID' },
    { text: "=/s", message: '"=/s" is not ID' },
    { text: "a b", message: '"a b" is not ID' },
    { text: "x=/s,raw=perhaps", message: "x: raw=perhaps: it is true or false" },
    { text: "x=/a,/b,raw", message: "x: raw needs exactly one socket" },
    { text: "x=raw=true", message: "x: raw needs exactly one socket" },
  ])("refuses $text", ({ message, text }) => {
    expect(() => parseSsh(text)).toThrow(message);
  });
});

import { describe, expect, it } from "vitest";

import { parseDigest } from "../../src/oci/digest.ts";
import {
  formatFamiliar,
  formatReference,
  parseReference,
  parseTarget,
  withTarget,
} from "../../src/oci/reference.ts";

const digest = `sha256:${"a".repeat(64)}`;

describe("reference", () => {
  it.each([
    { text: "ubuntu", full: "docker.io/library/ubuntu", familiar: "ubuntu" },
    { text: "me/app:1.2", full: "docker.io/me/app:1.2", familiar: "me/app:1.2" },
    { text: "index.docker.io/me/app", full: "docker.io/me/app", familiar: "me/app" },
    { text: "ghcr.io/me/app/sub:x", full: "ghcr.io/me/app/sub:x", familiar: "ghcr.io/me/app/sub:x" },
    { text: "localhost/app", full: "localhost/app", familiar: "localhost/app" },
    { text: "127.0.0.1:5000/a/b", full: "127.0.0.1:5000/a/b", familiar: "127.0.0.1:5000/a/b" },
    { text: "[::1]:5000/a", full: "[::1]:5000/a", familiar: "[::1]:5000/a" },
    { text: `app@${digest}`, full: `docker.io/library/app@${digest}`, familiar: `app@${digest}` },
    { text: `r.io/a:t@${digest}`, full: `r.io/a:t@${digest}`, familiar: `r.io/a:t@${digest}` },
    { text: "r.io/a_b/c__d/e-f.g", full: "r.io/a_b/c__d/e-f.g", familiar: "r.io/a_b/c__d/e-f.g" },
  ])("$text", ({ text, full, familiar }) => {
    const reference = parseReference(text);
    expect(formatReference(reference)).toBe(full);
    expect(formatFamiliar(reference)).toBe(familiar);
    expect(parseReference(full)).toEqual(reference);
    expect(parseReference(familiar)).toEqual(reference);
  });

  it.each([
    { text: "", why: "it is empty" },
    { text: "https://ghcr.io/me/app", why: "leave out the scheme" },
    { text: "ghcr.io/", why: '"" is not a repository' },
    { text: "ghcr.io/me//app", why: '"me//app" is not a repository' },
    { text: "ghcr.io/me/app:", why: '"" is not a tag' },
    { text: "ghcr.io/me/app:-x", why: '"-x" is not a tag' },
    { text: `ghcr.io/me/app:${"x".repeat(129)}`, why: "is not a tag" },
    { text: "ghcr.io/me/app@sha256:abc", why: '"sha256:abc" is not a digest' },
    { text: "ghcr.io/me/app@", why: '"" is not a digest' },
    { text: "r_x.io/app", why: '"r_x.io" is not a registry' },
    { text: "ghcr.io/me/app\n", why: "is not a repository" },
    { text: `r.io/${"a".repeat(256)}`, why: "at most 255" },
    { text: "a".repeat(64), why: "image id" },
  ])("refuses $text", ({ text, why }) => {
    expect(() => parseReference(text)).toThrow(JSON.stringify(text));
    expect(() => parseReference(text)).toThrow(why);
  });

  it.each([
    { text: "ghcr.io/Me/App:V1", suggested: "ghcr.io/me/app:V1" },
    { text: "App", suggested: "app" },
    { text: "127.0.0.1:5000/A/b", suggested: "127.0.0.1:5000/a/b" },
  ])("suggests the lower-case spelling of $text", ({ text, suggested }) => {
    expect(() => parseReference(text)).toThrow(`did you mean "${suggested}"?`);
  });

  it("reads an upper-case first part as a host, as docker does, but not for a target", () => {
    expect(parseReference("Me/app").registry).toBe("Me");
    expect(() => parseTarget("Me/app")).toThrow('did you mean "me/app"?');
    expect(parseTarget("LAB:5000/app").registry).toBe("LAB:5000");
  });

  it("changes its target and keeps its repository", () => {
    const reference = parseReference(`r.io/a:t@${digest}`);
    expect(formatReference(withTarget(reference))).toBe("r.io/a");
    expect(formatReference(withTarget(reference, { tag: "two" }))).toBe("r.io/a:two");
    expect(formatReference(withTarget(reference, { digest: parseDigest(digest) }))).toBe(`r.io/a@${digest}`);
  });
});

import { describe, expect, it } from "vitest";
import type { BuildContext } from "../../src/buildkit/build-context.ts";
import { parseBuildContext, parseContext } from "../../src/buildkit/build-context.ts";
import { parseDigest } from "../../src/oci/digest.ts";

const digest = parseDigest(`sha256:${"a".repeat(64)}`);

const message = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    const { cause, message: said } = error as Error;
    return cause instanceof Error ? `${said} ${cause.message}` : said;
  }
  return "";
};

describe("the context", () => {
  it.each([
    "https://github.com/moby/buildkit.git",
    "https://github.com/moby/buildkit.git#master",
    "https://github.com/foo/bar.git#baz/qux:quux/quuz",
    "https://github.com/docker/docker.git#:myfolder",
    "https://github.com/docker/docker.git?ref=v1.0.0&subdir=/subdir",
    "https://github.com/moby/buildkit.git?fetch-by-commit&checksum=deadbeef",
    "https://git.example:8443/x.git?submodules=false&keep-git-dir=1&mtime=commit",
    "http://example.com/context.tar.gz",
    "https://github.com/moby/buildkit/archive/refs/tags/v1.tar.gz?token=x&x=y",
    "https://example.com/",
    "git://example.com/foo",
    "ssh://git@github.com/moby/buildkit.git#master",
    "ssh://example.com:2222/repo",
    "git@github.com:moby/buildkit",
    "git@github.com:moby/buildkit.git?subdir=/subdir#v1.0.0",
    "someone@git.example.com:repo.git#a:b",
    "github.com/moby/buildkit",
    "github.com/moby/buildkit#master",
    "github.com/moby/buildkit?tag=v1.0.0",
  ])("%s is a URL", (url) => {
    expect(parseContext(url)).toEqual({ kind: "url", url });
  });

  it.each([
    ".",
    "./app",
    "../app",
    "/srv/app",
    "app",
    "-app",
    ".git",
    "./.git",
    "C:\\app",
    "C:/app",
    "custom.xyz/moby/buildkit.git",
    "./github.com/moby/buildkit",
    'a b,c"d',
    "::set-output name=x::y",
  ])("%s is a path", (path) => {
    expect(parseContext(path)).toEqual({ kind: "path", path });
  });

  it.each([
    { text: "", why: "the path is empty" },
    { text: "-", why: "standard input" },
    { text: "htps://example.com/x.git", why: "unknown scheme htps://: did you mean https://?" },
    { text: "HTTPS://example.com/x.git", why: "unknown scheme HTTPS://: did you mean https://?" },
    { text: "file:///srv", why: "unknown scheme file://: there are https://, http://, ssh://, git://" },
    { text: "docker-image://alpine", why: "unknown scheme docker-image://" },
    { text: "https://example.com/x y.git", why: "what begins with https:// is not a URL" },
    { text: "https://example.com/x.git\n", why: "what begins with https:// is not a URL" },
    { text: "git@example.com:a b", why: "a URL has no spaces" },
    {
      text: "https://github.com/moby/buildkit",
      why: "https://github.com/moby/buildkit is a page, not a repository: write https://github.com/moby/buildkit.git",
    },
    {
      text: "https://gitlab.com/a/b/#main",
      why: "write https://gitlab.com/a/b.git#main",
    },
    { text: "https://e.com/x.git?branhc=x", why: 'there is no "branhc": did you mean branch?' },
    { text: "https://e.com/x.git?ref=a&ref=b", why: "ref is given twice" },
    { text: "https://e.com/x.git?ref=", why: "ref has no value" },
    { text: "https://e.com/x.git?submodules=perhaps", why: "submodules is true or false" },
    { text: "git@e.com:x?invalid=123", why: 'git@e.com:x: there is no "invalid"' },
    { text: "github.com/a/b?reff=1", why: 'there is no "reff": did you mean ref?' },
  ])("is refused: $text", ({ text, why }) => {
    expect(() => parseContext(text)).toThrow(why);
  });

  it.each([
    { url: "https://user:hidden@github.com/o/r.git", use: "the secret GIT_AUTH_TOKEN.github.com" },
    { url: "https://hidden@github.com/o/r.git#main", use: "the secret GIT_AUTH_TOKEN.github.com" },
    {
      url: "https://hidden:@g.example:8443/r.git?ref=hidden",
      use: "the secret GIT_AUTH_TOKEN.g.example:8443",
    },
    { url: "https://hidden@example.com/context.tar.gz", use: "the secret HTTP_AUTH_TOKEN_example.com" },
    { url: "http://a:hidden@example.com/x.git", use: "the secret GIT_AUTH_TOKEN.example.com" },
    { url: "git://hidden@example.com/x", use: "the secret GIT_AUTH_TOKEN.example.com" },
    { url: "ssh://git:hidden@example.com/x", use: "an SSH agent or key" },
    { url: "https://user:hidden@[bad/o/r.git", use: "is not shown" },
    { url: "https://user:hidden@example.com/a b.git", use: "is not shown" },
  ])("with credentials is refused and not shown: $url", ({ url, use }) => {
    const said = message(() => parseContext(url));
    expect(said).toContain(use);
    expect(said).not.toContain("hidden");
    const named = message(() => parseBuildContext(`x=${url}`));
    expect(named).toContain(url.startsWith("ssh:") ? "write git@HOST:PATH" : use);
    expect(named).not.toContain("hidden");
  });
});

describe("a build context", () => {
  it.each<{ text: string; context: BuildContext }>([
    { text: "app=./app", context: { name: "app", source: { kind: "path", path: "./app" } } },
    { text: "app=-x", context: { name: "app", source: { kind: "path", path: "-x" } } },
    { text: "app=a=b,c", context: { name: "app", source: { kind: "path", path: "a=b,c" } } },
    {
      text: "docker.io/library/alpine:latest=docker-image://r.io/alpine:3",
      context: { name: "alpine", source: { kind: "image", reference: "r.io/alpine:3" } },
    },
    {
      text: "node:20=docker-image://node@" + digest,
      context: { name: "node:20", source: { kind: "image", reference: `node@${digest}` } },
    },
    {
      text: "r.io/a=docker-image://scratch",
      context: { name: "r.io/a", source: { kind: "image", reference: "scratch" } },
    },
    {
      text: "src=https://github.com/o/r.git?ref=v1#:d",
      context: { name: "src", source: { kind: "url", url: "https://github.com/o/r.git?ref=v1#:d" } },
    },
    {
      text: "src=https://example.com/x.tar.gz",
      context: { name: "src", source: { kind: "url", url: "https://example.com/x.tar.gz" } },
    },
    {
      text: "src=git@github.com:o/r.git#main",
      context: { name: "src", source: { kind: "url", url: "git@github.com:o/r.git#main" } },
    },
    {
      text: "src=github.com/o/r#main:d",
      context: { name: "src", source: { kind: "url", url: "https://github.com/o/r.git#main:d" } },
    },
    {
      text: "src=github.com/o/r.git?tag=v1",
      context: { name: "src", source: { kind: "url", url: "https://github.com/o/r.git?tag=v1" } },
    },
    {
      text: "l=oci-layout:///path/to/oci/layout",
      context: { name: "l", source: { kind: "oci-layout", path: "/path/to/oci/layout", tag: "latest" } },
    },
    {
      text: "l=oci-layout://a:1.3",
      context: { name: "l", source: { kind: "oci-layout", path: "a", tag: "1.3" } },
    },
    {
      text: `l=oci-layout:///path/to/oci/@/layout@${digest}`,
      context: { name: "l", source: { kind: "oci-layout", path: "/path/to/oci/@/layout", digest } },
    },
    {
      text: `l=oci-layout://C:\\oci:1.3@${digest}`,
      context: { name: "l", source: { kind: "oci-layout", path: "C:\\oci", tag: "1.3", digest } },
    },
    {
      text: "l=oci-layout://C:/oci",
      context: { name: "l", source: { kind: "oci-layout", path: "C:/oci", tag: "latest" } },
    },
    {
      text: "l=oci-layout:///a:b/c",
      context: { name: "l", source: { kind: "oci-layout", path: "/a:b/c", tag: "latest" } },
    },
  ])("$text", ({ context, text }) => {
    expect(parseBuildContext(text)).toEqual(context);
  });

  it.each([
    { text: "app", why: "a build context is NAME=PATH" },
    { text: "https://user:hidden@example.com/x.git?ref=a", why: "a build context is NAME=PATH" },
    { text: "=x", why: "not an image reference" },
    { text: "App=x", why: "a repository is lower case" },
    { text: "a::linux/amd64=x", why: "not an image reference" },
    { text: "app=", why: "the path is empty" },
    { text: "app=-", why: "standard input" },
    { text: "app=docker-img://x", why: "unknown scheme docker-img://: did you mean docker-image://?" },
    { text: "app=docker-image://X Y", why: 'not an image reference: "X Y"' },
    { text: "app=docker-image://", why: "it is empty" },
    { text: "app=docker-image://u:hidden@r.io/x", why: "carries a user name or a password" },
    { text: "app=oci-layout://", why: "names no folder" },
    { text: "app=target:base", why: "target: is for bake files" },
    { text: "app=ssh://git@github.com/o/r", why: "write git@HOST:PATH" },
    { text: "app=me@example.com:o/r", why: "BuildKit takes no user but git here" },
    { text: "app=https://github.com/o/r", why: "write https://github.com/o/r.git" },
  ])("is refused: $text", ({ text, why }) => {
    const said = message(() => parseBuildContext(text));
    expect(said).toContain(why);
    expect(said).not.toContain("hidden");
  });
});

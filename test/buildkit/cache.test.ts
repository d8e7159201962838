import { describe, expect, it } from "vitest";
import type { Cache } from "../../src/buildkit/cache.ts";
import {
  cacheExportFor,
  cacheImportsFor,
  cacheSecrets,
  formatCache,
  parseCacheExport,
  parseCacheImport,
} from "../../src/buildkit/cache.ts";
import { parsePlatform } from "../../src/oci/platform.ts";

const arm = parsePlatform("linux/arm/v7");

const plain = (cache: Cache) => ({ type: cache.type, ...Object.fromEntries(cache.attributes) });

describe("a cache that is read", () => {
  it.each<{ text: string; cache: Record<string, string>; written?: string }>([
    {
      text: "user/app:cache",
      cache: { type: "registry", ref: "user/app:cache" },
      written: "type=registry,ref=user/app:cache",
    },
    { text: "type=registry,ref=r.io/a", cache: { type: "registry", ref: "r.io/a" } },
    {
      text: "Type=registry,Ref=r.io/a,registry.insecure=true",
      cache: { type: "registry", ref: "r.io/a", "registry.insecure": "true" },
      written: "type=registry,ref=r.io/a,registry.insecure=true",
    },
    { text: "type=local,src=/c,tag=x", cache: { type: "local", src: "/c", tag: "x" } },
    { text: 'type=local,"src=-a,b"', cache: { type: "local", src: "-a,b" } },
    { text: "type=gha", cache: { type: "gha" } },
    {
      text: "type=gha,scope=x,timeout=10m,version=2,url=https://a/,url_v2=https://b/,token=t,ghtoken=g,repository=o/r",
      cache: {
        type: "gha",
        scope: "x",
        timeout: "10m",
        version: "2",
        url: "https://a/",
        url_v2: "https://b/",
        token: "t",
        ghtoken: "g",
        repository: "o/r",
      },
    },
    // Docker passes over what only counts for writing.
    { text: "type=gha,mode=max", cache: { type: "gha", mode: "max" } },
    {
      text: "type=s3,bucket=b,region=r,name=a;b,use_path_style=true,retry_mode=adaptive,retry_max_attempts=3",
      cache: {
        type: "s3",
        bucket: "b",
        region: "r",
        name: "a;b",
        use_path_style: "true",
        retry_mode: "adaptive",
        retry_max_attempts: "3",
      },
    },
    {
      text: "type=azblob,account_url=https://x.blob.core.windows.net,container=c",
      cache: { type: "azblob", account_url: "https://x.blob.core.windows.net", container: "c" },
    },
  ])("$text", ({ cache, text, written = text }) => {
    expect(plain(parseCacheImport(text))).toEqual(cache);
    expect(formatCache(parseCacheImport(text))).toBe(written);
    expect(parseCacheImport(written)).toEqual(parseCacheImport(text));
  });

  it.each([
    { text: "", message: "it is empty" },
    { text: "user/app:a,user/app:b", message: "put user/app:a and user/app:b on lines of their own" },
    { text: "User/App", message: "did you mean" },
    { text: "-x", message: 'not an image reference: "-x"' },
    { text: "ref=user/app", message: "ref: no type is named: write type=registry before it" },
    { text: "type=regstry,ref=x", message: 'unknown type "regstry": did you mean registry?' },
    { text: "type=inline", message: "write type=registry,ref=IMAGE" },
    { text: "type=registry", message: "type=registry needs ref=" },
    { text: "type=registry,ref=", message: "type=registry needs ref=" },
    { text: "type=registry,reference=x", message: 'there is no "reference"' },
    { text: "type=registry,ref=x,tag=y", message: 'there is no "tag"' },
    { text: "type=registry,ref=x:{plattform}", message: "did you mean {platform}?" },
    { text: "type=local", message: "type=local needs src=" },
    { text: "type=local,dest=x", message: "dest is where a cache is written: write src=FOLDER" },
    { text: "type=s3,bucket=b", message: "type=s3 needs region=" },
    { text: "type=s3,bucket=b,region=r,retry_mode=x", message: "retry_mode=x: there are standard, adaptive" },
    { text: "type=s3,bucket=b,region=r,upload_parallelism=0", message: "it is a whole number from 1" },
    { text: "type=azblob", message: "type=azblob needs account_url=" },
    { text: "type=gha,timeout=10", message: "timeout=10: it is a time" },
    { text: "type=gha,scop=x", message: 'there is no "scop": did you mean scope?' },
    { text: "type=gha,push", message: '"push" is not KEY=VALUE' },
    { text: "type=gha,constructor=1", message: 'there is no "constructor"' },
  ])("is refused: $text", ({ message, text }) => {
    expect(() => parseCacheImport(text)).toThrow(message);
  });
});

describe("a cache that is written", () => {
  it.each<{ text: string; cache: Record<string, string> }>([
    { text: "user/app:cache", cache: { type: "registry", ref: "user/app:cache" } },
    {
      text: "type=registry,ref=a,mode=max,image-manifest=true,oci-mediatypes=true,compression=zstd,ignore-error=true",
      cache: {
        type: "registry",
        ref: "a",
        mode: "max",
        "image-manifest": "true",
        "oci-mediatypes": "true",
        compression: "zstd",
        "ignore-error": "true",
      },
    },
    { text: "type=inline", cache: { type: "inline" } },
    { text: "type=local,dest=c,reset=true", cache: { type: "local", dest: "c", reset: "true" } },
    { text: "type=gha,mode=max,scope=x", cache: { type: "gha", mode: "max", scope: "x" } },
  ])("$text", ({ cache, text }) => {
    expect(plain(parseCacheExport(text))).toEqual(cache);
  });

  it.each([
    { text: "type=local,src=x", message: "src is where a cache is read from: write dest=FOLDER" },
    { text: "type=local", message: "type=local needs dest=" },
    { text: "type=local,dest=x,digest=sha256:0", message: 'there is no "digest"' },
    { text: "type=gha,mode=maximum", message: "mode=maximum: there are min, max" },
    { text: "type=inline,ref=x", message: 'there is no "ref"' },
    { text: `type=registry,ref=a@sha256:${"0".repeat(64)}`, message: "a cache is written to a tag" },
  ])("is refused: $text", ({ message, text }) => {
    expect(() => parseCacheExport(text)).toThrow(message);
  });
});

describe("the secrets of a cache", () => {
  it("are told, for masking", () => {
    const text =
      "type=s3,bucket=b,region=r,access_key_id=i,secret_access_key=hidden,session_token=hidden too";
    expect(cacheSecrets(parseCacheExport(text))).toEqual(["hidden", "hidden too"]);
    expect(cacheSecrets(parseCacheImport("type=gha,token=a,ghtoken="))).toEqual(["a"]);
    expect(cacheSecrets(parseCacheImport("user/app"))).toEqual([]);
  });

  it.each([
    "type=gha,token=hid,den",
    'type=gha,token="hidden"',
    'type=gha,"token=hidden',
    "type=s3,secret_access_key=hidden,bucket",
    "type=s3,bucket=b,secret_acces_key=hidden",
    "type=s3,bucket=b,region=r,secret_access_key=hidden,use_path_style=maybe",
    "type=s3,bucket=b,secret_access_key=hidden",
    "token=hidden",
    "type=ghe,token=hidden",
  ])("are not in the message about %s", (text) => {
    let message = "";
    try {
      parseCacheImport(text);
    } catch (error) {
      const { cause, message: said } = error as Error;
      message = `${said} ${String(cause)}`;
    }
    expect(message).not.toBe("");
    expect(message).not.toMatch(/hid|den/);
  });

  it("are not taken for templates", () => {
    const cache = parseCacheExport("type=gha,token={os}{plattform}");
    expect(formatCache(cacheExportFor(cache, arm, false))).toBe("type=gha,token={os}{plattform}");
    expect(formatCache(cacheExportFor(cache, arm, true))).toBe(
      "type=gha,token={os}{plattform},scope=buildkit-linux-arm-v7",
    );
  });
});

describe("caches of several platforms", () => {
  const digest = `sha256:${"0".repeat(64)}`;
  const longTag = "t".repeat(128);

  it.each<{ text: string; one: string; several: readonly string[] }>([
    {
      text: "user/app:cache",
      one: "type=registry,ref=user/app:cache",
      several: ["type=registry,ref=user/app:cache-linux-arm-v7", "type=registry,ref=user/app:cache"],
    },
    {
      text: "localhost:5000/app",
      one: "type=registry,ref=localhost:5000/app",
      several: [
        "type=registry,ref=localhost:5000/app:latest-linux-arm-v7",
        "type=registry,ref=localhost:5000/app",
      ],
    },
    {
      text: `a:${longTag}`,
      one: `type=registry,ref=a:${longTag}`,
      several: [`type=registry,ref=a:${"t".repeat(115)}-linux-arm-v7`, `type=registry,ref=a:${longTag}`],
    },
    {
      text: `a@${digest}`,
      one: `type=registry,ref=a@${digest}`,
      several: [`type=registry,ref=a@${digest}`],
    },
    {
      text: "a:{arch}{variant}",
      one: "type=registry,ref=a:armv7",
      several: ["type=registry,ref=a:armv7"],
    },
    { text: "type=gha", one: "type=gha", several: ["type=gha,scope=buildkit-linux-arm-v7", "type=gha"] },
    {
      text: "type=gha,scope=x",
      one: "type=gha,scope=x",
      several: ["type=gha,scope=x-linux-arm-v7", "type=gha,scope=x"],
    },
    {
      text: "type=s3,bucket=b,region=r,name=x;y",
      one: "type=s3,bucket=b,region=r,name=x;y",
      several: [
        "type=s3,bucket=b,region=r,name=x-linux-arm-v7;y-linux-arm-v7",
        "type=s3,bucket=b,region=r,name=x;y",
      ],
    },
    {
      text: "type=s3,bucket=b,region=r,prefix={platform}/",
      one: "type=s3,bucket=b,region=r,prefix=linux-arm-v7/",
      several: ["type=s3,bucket=b,region=r,prefix=linux-arm-v7/"],
    },
    {
      text: "type=azblob,account_url=u",
      one: "type=azblob,account_url=u",
      several: ["type=azblob,account_url=u,name=buildkit-linux-arm-v7", "type=azblob,account_url=u"],
    },
    { text: "type=local,src=c/", one: "type=local,src=c/", several: ["type=local,src=c/linux-arm-v7"] },
    {
      text: `type=local,src=c,digest=${digest}`,
      one: `type=local,src=c,digest=${digest}`,
      several: [`type=local,src=c,digest=${digest}`],
    },
  ])("are read: $text", ({ one, several, text }) => {
    const cache = parseCacheImport(text);
    expect(cacheImportsFor(cache, arm, false).map(formatCache)).toEqual([one]);
    expect(cacheImportsFor(cache, arm, true).map(formatCache)).toEqual(several);
  });

  it.each<{ text: string; one: string; several: string }>([
    { text: "type=inline", one: "type=inline", several: "type=inline" },
    {
      text: "user/app:cache",
      one: "type=registry,ref=user/app:cache",
      several: "type=registry,ref=user/app:cache-linux-arm-v7",
    },
    {
      text: "type=registry,ref=a:{platform},mode=max",
      one: "type=registry,ref=a:linux-arm-v7,mode=max",
      several: "type=registry,ref=a:linux-arm-v7,mode=max",
    },
    { text: "type=local,dest=c", one: "type=local,dest=c", several: "type=local,dest=c/linux-arm-v7" },
    { text: "type=local,dest=/", one: "type=local,dest=/", several: "type=local,dest=/linux-arm-v7" },
    {
      text: "type=gha,mode=max",
      one: "type=gha,mode=max",
      several: "type=gha,mode=max,scope=buildkit-linux-arm-v7",
    },
  ])("are written: $text", ({ one, several, text }) => {
    const cache = parseCacheExport(text);
    expect(formatCache(cacheExportFor(cache, arm, false))).toBe(one);
    expect(formatCache(cacheExportFor(cache, arm, true))).toBe(several);
  });

  it.each([
    "user/app:cache",
    "user/app",
    "user/app:{arch}",
    "type=gha",
    "type=gha,scope=x",
    "type=s3,bucket=b,region=r",
    "type=azblob,account_url=u,name=x",
  ])("are read first where they are written: %s", (text) => {
    const [first] = cacheImportsFor(parseCacheImport(text), arm, true);
    expect(first).toEqual(cacheExportFor(parseCacheExport(text), arm, true));
  });
});

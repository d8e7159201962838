import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  obtainReleasePrograms,
  type ReleaseOptions,
  type ReleasePrograms,
  ReleaseUnavailableError,
} from "../../src/buildkit/release-programs.ts";
import { type ReleaseAsset, releaseAsset } from "../../src/buildkit/release.ts";
import { describeError } from "../../src/errors.ts";
import { createTools } from "../../src/tools.ts";
import {
  type Answer,
  changedByte,
  makeArchive,
  type ReleaseServer,
  sha256,
  startReleaseServer,
  status,
  truncated,
} from "./release-server.ts";

const version = "v9.8.7";
const archive = await makeArchive([
  ["bin/buildctl", "the client"],
  ["bin/buildkitd", "the daemon"],
  ["bin/buildkit-runc", "the runtime"],
  ["bin/buildkit-qemu-arm", "an emulator"],
]);
const page = Buffer.from("<!DOCTYPE html><title>Whoa there!</title>");

let server: ReleaseServer;
let folder: string;
let lines: string[];
let asset: ReleaseAsset;

beforeEach(async () => {
  server = await startReleaseServer();
  folder = mkdtempSync(join(tmpdir(), "multiarch-release-"));
  lines = [];
  asset = assetAt(server.url);
  server.files.set(pathOf(asset.url), archive);
  server.files.set(pathOf(asset.provenanceUrl), provenance(sha256(archive)));
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

function assetAt(mirror: string): ReleaseAsset {
  const found = releaseAsset({ version, platform: "linux", arch: "x64", mirror });
  if (found === undefined) throw new Error("no asset");
  return found;
}

const pathOf = (url: string): string => new URL(url).pathname;
const provenance = (sha256: string): Buffer =>
  Buffer.from(
    JSON.stringify({ subject: [{ name: `buildkit-${version}.linux-amd64.tar.gz`, digest: { sha256 } }] }),
  );

function obtain(
  options: Partial<ReleaseOptions> & { asset?: ReleaseAsset; env?: Record<string, string> } = {},
): Promise<ReleasePrograms> {
  const log = {
    debug: (line: string) => void lines.push(`debug: ${line}`),
    info: (line: string) => void lines.push(line),
    warning: (line: string) => void lines.push(`warning: ${line}`),
  };
  const env = { RUNNER_TOOL_CACHE: join(folder, "cache"), RUNNER_TEMP: join(folder, "temp"), ...options.env };
  const clock = { sleep: () => Promise.resolve(), random: () => 0 };
  return obtainReleasePrograms(options.asset ?? asset, {
    set: "buildctl",
    version,
    arch: "x64",
    tools: createTools(env, { log, clock }),
    log,
    ...options,
  });
}

const failure = async (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error("it succeeded"),
    (error: Error) => error,
  );

function expectNothingLeft(): void {
  expect(existsSync(join(folder, "cache", "buildctl", "9.8.7", "x64"))).toBe(false);
  expect(existsSync(join(folder, "cache", "buildctl", "9.8.7", "x64.complete"))).toBe(false);
  const temp = join(folder, "temp");
  expect(existsSync(temp) ? readdirSync(temp) : []).toEqual([]);
}

const spoil = (answer: Answer, always = true): void =>
  void server.faults.push({ path: /\.tar\.gz$/, answer, always });

describe("programs of a release", () => {
  it("come once from the release, and then from the tool cache, without network", async () => {
    const first = await obtain();
    expect(first).toMatchObject({ trust: "provenance", cached: false });
    expect(readFileSync(first.paths["buildctl"] ?? "", "utf8")).toBe("the client");
    expect(Object.keys(first.paths)).toEqual(["buildctl"]);
    expect(server.requests).toEqual([`GET ${pathOf(asset.provenanceUrl)}`, `GET ${pathOf(asset.url)}`]);

    const second = await obtain({ asset: assetAt("http://127.0.0.1:9") });
    expect(second).toEqual({ ...first, cached: true });
    expect(readdirSync(join(folder, "temp"))).toEqual([]);
  });

  it("are all that the archive has, when the daemon is wanted", async () => {
    const { paths } = await obtain({ set: "buildkit" });
    expect(Object.keys(paths)).toEqual(["buildctl", "buildkitd", "buildkit-runc", "buildkit-qemu-arm"]);
    expect((await obtain({ set: "buildkit" })).cached).toBe(true);
    expect((await obtain()).cached).toBe(false);
  });

  it("are downloaded once when several ask at the same time", async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => obtain()));
    expect(all.filter(({ cached }) => !cached)).toHaveLength(1);
    expect(server.requests).toHaveLength(2);
  });

  it("survive a server that is limited, then down, then well", async () => {
    spoil(status(429, { "retry-after": "2" }), false);
    spoil(status(503), false);
    spoil(truncated, false);
    expect(await obtain()).toMatchObject({ cached: false });
    expect(lines.filter((line) => line.startsWith("warning: ")).length).toBeGreaterThan(0);
  });

  it("of Windows are known by their names without .exe", async () => {
    const windows = releaseAsset({ version, platform: "win32", arch: "x64", mirror: server.url });
    const bytes = await makeArchive([["bin/buildctl.exe", "client"]]);
    if (windows === undefined) throw new Error("no asset");
    server.files.set(pathOf(windows.url), bytes);
    const { paths, folder } = await obtain({ asset: windows, sha256: sha256(bytes) });
    expect(paths).toEqual({ buildctl: join(folder, "buildctl.exe") });
  });
});

describe("a download is refused, and nothing is kept:", () => {
  it.each([
    { name: "one changed byte", answer: changedByte, says: "is not what the release's provenance says" },
    {
      name: "a web page with status 200",
      answer: ((_request, response) => void response.end(page)) satisfies Answer,
      says: `sha256 ${sha256(page)} instead of ${sha256(archive)}, and looks like a web page`,
    },
    {
      name: "a shorter file that claims to be whole",
      answer: ((_request, response, file) => void response.end(file?.subarray(0, 100))) satisfies Answer,
      says: "is not what the release's provenance says",
    },
  ])("$name, also the second time", async ({ answer, says }) => {
    spoil(answer);
    const error = await failure(obtain());
    expect(error).not.toBeInstanceOf(ReleaseUnavailableError);
    expect(error.message).toContain(says);
    expect(server.requests).toHaveLength(3);
    expectNothingLeft();
  });

  it("but a wrong answer that does not come again is got over", async () => {
    spoil(changedByte, false);
    expect(await obtain()).toMatchObject({ cached: false });
    expect(lines.find((line) => line.startsWith("warning: "))).toContain("downloading it once more");
  });

  it("another digest than the user gives, whatever the provenance says", async () => {
    const error = await failure(obtain({ sha256: "ab".repeat(32), allowUnverified: true }));
    expect(error.message).toContain(`is not what buildctl-sha256 says: sha256 ${sha256(archive)}`);
    expect(server.requests.some((request) => request.includes("provenance"))).toBe(false);
    expectNothingLeft();
  });

  it("another digest than the one that is known", async () => {
    const error = await failure(obtain({ asset: { ...asset, sha256: "cd".repeat(32) } }));
    expect(error.message).toContain("is not what the digest that is known here says");
    expect(server.requests.some((request) => request.includes("provenance"))).toBe(false);
    expectNothingLeft();
  });

  it.each([
    { name: "a release without provenance", answer: status(404) },
    { name: "a provenance of something else", answer: status(200, {}, '{"subject":[]}') },
    { name: "a provenance that is a web page", answer: status(200, {}, page.toString()) },
  ])("$name, unless it is allowed", async ({ answer }) => {
    server.faults.push({ path: /provenance/, answer, always: true });
    const error = await failure(obtain());
    expect(error).not.toBeInstanceOf(ReleaseUnavailableError);
    expect(error.message).toContain("nothing says what");
    expect(describeError(error)).toContain(
      "fix: give its digest as buildctl-sha256, or set allow-unverified",
    );
    expect(server.requests).not.toContain(`GET ${pathOf(asset.url)}`);
    expectNothingLeft();

    expect(await obtain({ allowUnverified: true })).toMatchObject({ trust: "none" });
    expect(lines.some((line) => line.startsWith("warning: ") && line.includes("allow-unverified"))).toBe(
      true,
    );
    // What was allowed once is not trusted by the next run, which does not allow it.
    expect((await failure(obtain())).message).toContain("nothing says what");
    expect(await obtain({ allowUnverified: true })).toMatchObject({ cached: true });
    expect(await obtain({ sha256: sha256(archive) })).toMatchObject({ cached: true });
  });

  it("an archive without the program", async () => {
    const bytes = await makeArchive([["bin/buildkitd", "daemon"]]);
    server.files.set(pathOf(asset.url), bytes);
    expect((await failure(obtain({ sha256: sha256(bytes) }))).message).toContain("holds no buildctl");
    expectNothingLeft();
  });

  it.skipIf(process.getuid?.() !== 0)("a disk that is full (needs root, for a tmpfs)", async () => {
    const small = join(folder, "small");
    execFileSync("mkdir", [small]);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", small]);
    try {
      const bytes = await makeArchive([["bin/buildctl", Buffer.alloc(200_000)]]);
      server.files.set(pathOf(asset.url), bytes);
      for (const full of ["RUNNER_TEMP", "RUNNER_TOOL_CACHE"]) {
        const error = await failure(obtain({ sha256: sha256(bytes), env: { [full]: small } }));
        expect(error.message).toMatch(
          /^the disk is full: .*small.* could not be written, \d+ bytes are free$/,
        );
        expect(readdirSync(small).filter((name) => name.startsWith("multiarch"))).toEqual([]);
      }
      expectNothingLeft();
    } finally {
      execFileSync("umount", [small]);
    }
  });
});

describe("a release that is not there leaves another source open:", () => {
  it("no such version", async () => {
    server.files.clear();
    const error = await failure(obtain());
    expect(error).toBeInstanceOf(ReleaseUnavailableError);
    expect(error.message).toBe(`there is no ${asset.name} at ${asset.url}`);
    expect(await failure(obtain({ sha256: sha256(archive) }))).toBeInstanceOf(ReleaseUnavailableError);
    expectNothingLeft();
  });

  it.each([
    { name: "no server", url: "http://127.0.0.1:9" },
    { name: "no such host", url: "http://no-such-host.invalid" },
  ])("$name", async ({ url }) => {
    const error = await failure(obtain({ asset: assetAt(url) }));
    expect(error).toBeInstanceOf(ReleaseUnavailableError);
    expect(describeError(error)).toMatch(/can't be reached\ncause: GET http:\/\//);
  });

  it("a server that is down for long", async () => {
    spoil(status(503));
    expect(await failure(obtain())).toBeInstanceOf(ReleaseUnavailableError);
    expectNothingLeft();
  });
});

describe("what is cached is looked at each time:", () => {
  it.each([
    {
      name: "a program that changed",
      poison: (at: string) => writeFileSync(join(at, "buildctl"), "the cliEnt"),
      says: "buildctl changed since it was verified",
    },
    {
      name: "a program that is a link now",
      poison: (at: string) => {
        writeFileSync(join(folder, "elsewhere"), "the client", { mode: 0o755 });
        rmSync(join(at, "buildctl"));
        symlinkSync(join(folder, "elsewhere"), join(at, "buildctl"));
      },
      says: "buildctl changed since it was verified",
    },
    {
      name: "a program that is gone",
      poison: (at: string) => rmSync(join(at, "buildctl")),
      says: "buildctl changed since it was verified",
    },
    {
      name: "a program that can't be run",
      poison: (at: string) => chmodSync(join(at, "buildctl"), 0o644),
      says: "buildctl changed since it was verified",
    },
    {
      name: "a program more, which PATH would find",
      poison: (at: string) => writeFileSync(join(at, "docker"), "evil", { mode: 0o755 }),
      says: "docker did not come with the release",
    },
    {
      name: "no record",
      poison: (at: string) => rmSync(join(at, "multiarch.json")),
      says: "it has no record of what was verified",
    },
    {
      name: "a record that can't be read",
      poison: (at: string) => writeFileSync(join(at, "multiarch.json"), '{"trust":"sure"}'),
      says: "it has no record of what was verified",
    },
  ])("$name is not used but replaced, with a warning", async ({ poison, says }) => {
    const first = await obtain();
    poison(first.folder);
    const error = await failure(obtain({ asset: assetAt("http://127.0.0.1:9") }));
    expect(error).toBeInstanceOf(ReleaseUnavailableError);

    lines = [];
    const again = await obtain();
    expect(again).toEqual({ ...first, cached: false });
    expect(readFileSync(again.paths["buildctl"] ?? "", "utf8")).toBe("the client");
    expect(readdirSync(again.folder).toSorted()).toEqual(["buildctl", "multiarch.json"]);
    expect(lines.filter((line) => line.startsWith("warning: "))).toEqual([
      `warning: ${first.folder} in the tool cache is not used, but replaced: ${says}`,
    ]);
    expect((await obtain()).cached).toBe(true);
  });

  it("another build than the one whose digest is given or known is replaced", async () => {
    await obtain();
    const other = await makeArchive([["bin/buildctl", "another client"]]);
    server.files.set(pathOf(asset.url), other);
    const options = { asset: { ...asset, sha256: sha256(other) } };
    expect(await obtain(options)).toMatchObject({ trust: "known", cached: false });
    expect(lines.find((line) => line.includes("is replaced"))).toContain("from another archive than");
    expect(await obtain(options)).toMatchObject({ cached: true });
    expect(await obtain({ sha256: sha256(other) })).toMatchObject({ cached: true });
  });
});

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDownloads, DownloadError, type Downloads } from "../src/download.ts";
import { describeError } from "../src/errors.ts";
import {
  type Answer,
  type ReleaseServer,
  sha256,
  startReleaseServer,
  status,
  truncated,
} from "./buildkit/release-server.ts";

const content = Buffer.alloc(300_000, "content");
let server: ReleaseServer;
let folder: string;
let time: number;
let waits: number[];
let lines: string[];
let downloads: Downloads;

const open = (options: { env?: Record<string, string>; signal?: AbortSignal; now?: () => number } = {}) =>
  createDownloads({
    env: options.env ?? {},
    log: {
      debug: (line) => lines.push(`debug: ${line}`),
      info: (line) => lines.push(line),
      warning: (line) => lines.push(`warning: ${line}`),
    },
    signal: options.signal,
    clock: {
      random: () => 1,
      now: options.now ?? (() => time),
      sleep: (duration) => {
        time += duration;
        waits.push(duration);
        return Promise.resolve();
      },
    },
  });

beforeEach(async () => {
  server = await startReleaseServer();
  server.files.set("/file", content);
  folder = mkdtempSync(join(tmpdir(), "multiarch-download-"));
  time = 0;
  waits = [];
  lines = [];
  downloads = open();
});

afterEach(async () => {
  await downloads.close();
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const download = (): Promise<{ sha256: string; size: number }> =>
  downloads.file(`${server.url}/file`, join(folder, "file"));
const fail = (always: boolean, ...answers: Answer[]): void => {
  for (const answer of answers) server.faults.push({ path: /file/, answer, always });
};

describe("a download", () => {
  it("is written for this user only, and hashed on the way", async () => {
    expect(await download()).toEqual({ sha256: sha256(content), size: content.length });
    expect(readFileSync(join(folder, "file")).equals(content)).toBe(true);
    expect(statSync(join(folder, "file")).mode & 0o777).toBe(0o600);
  });

  it("waits as it is asked to, and tries again", async () => {
    const date = new Date(Date.now() + 7000).toUTCString();
    fail(false, status(429, { "retry-after": "3" }), status(503, { "retry-after": date }), status(408));
    await download();
    expect(waits[0]).toBe(3000);
    expect(waits[1]).toBeGreaterThan(5000);
    expect(waits[1]).toBeLessThanOrEqual(8000);
    expect(waits[2]).toBe(2000);
    expect(lines.filter((line) => line.startsWith("warning"))).toHaveLength(3);
  });

  it.each([
    { name: "breaks off", answer: truncated },
    { name: "is reset", answer: ((request) => request.socket.resetAndDestroy()) satisfies Answer },
  ])("begins anew when it $name", async ({ answer }) => {
    fail(false, answer, answer);
    expect((await download()).sha256).toBe(sha256(content));
    expect(server.requests).toHaveLength(3);
  });

  it.each([
    { code: 404, fix: "check the version" },
    { code: 403, fix: "a login, or a proxy" },
  ])("that is answered with $code is not tried again, and leaves nothing", async ({ code, fix }) => {
    fail(true, status(code));
    const error = await download().catch((error: unknown) => error);
    expect(error).toBeInstanceOf(DownloadError);
    expect(error).toMatchObject({ status: code, message: `GET ${server.url}/file answered ${code}` });
    expect(describeError(error)).toContain(fix);
    expect(server.requests).toHaveLength(1);
    expect(existsSync(join(folder, "file"))).toBe(false);
  });

  it("is given up after six tries", async () => {
    fail(true, status(503));
    await expect(download()).rejects.toThrow("answered 503 after 6 tries");
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000]);
  });

  it("is given up at once when the server wants a wait of a day", async () => {
    fail(true, status(429, { "retry-after": "86400" }));
    await expect(download()).rejects.toThrow("asks to wait 86400 s");
    expect(waits).toEqual([]);
  });

  it("that only ever breaks off leaves nothing", async () => {
    fail(true, truncated);
    await expect(download()).rejects.toThrow(DownloadError);
    expect(existsSync(join(folder, "file"))).toBe(false);
  });

  it("of too large a file is cut off, and leaves nothing", async () => {
    fail(true, (_request, response) => {
      const piece = Buffer.alloc(1024 * 1024);
      const send = (): void => void response.write(piece, (error) => (error ? undefined : send()));
      send();
    });
    await expect(download()).rejects.toThrow("larger than 314572800 bytes");
    expect(existsSync(join(folder, "file"))).toBe(false);
  });

  it("says how far it is when it takes long", async () => {
    let time = 0;
    downloads = open({ now: () => (time += 3000) });
    await download();
    expect(lines.find((line) => line.startsWith("downloading file: "))).toMatch(/ of 0 MB$/);
  });

  it("ends when it is cancelled", async () => {
    const controller = new AbortController();
    downloads = open({ signal: controller.signal });
    fail(true, (_request, response, file) => {
      response.writeHead(200);
      response.write(file?.subarray(0, 1000));
      controller.abort(new Error("cancelled"));
    });
    await expect(download()).rejects.toThrow(/^cancelled$/);
    expect(existsSync(join(folder, "file"))).toBe(false);
  });

  it("follows redirects, and gives a mirror's login to nobody else", async () => {
    const seen: unknown[] = [];
    const other = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end("moved");
    });
    await new Promise<void>((listening) => void other.listen(0, "127.0.0.1", listening));
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    fail(false, (request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(302, { location }).end();
    });
    const url = `${server.url.replace("//", "//me:s%3Acret@")}/file`;
    expect(await downloads.file(url, join(folder, "file"))).toMatchObject({ sha256: sha256("moved") });
    expect(seen).toEqual([`Basic ${Buffer.from("me:s:cret").toString("base64")}`, undefined]);
    other.close();
    other.closeAllConnections();

    fail(true, status(401));
    const error = await downloads.text(url).catch((error: unknown) => describeError(error));
    expect(error).toContain("answered 401");
    expect(error).not.toContain("cret");
  });

  it("goes through the proxy of the environment", async () => {
    const seen: string[] = [];
    const proxy = createServer((request, response) => {
      seen.push(request.url ?? "");
      response.end("by proxy");
    });
    await new Promise<void>((listening) => void proxy.listen(0, "127.0.0.1", listening));
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    downloads = open({ env: { HTTP_PROXY: address, NO_PROXY: "other.test" } });
    expect(await downloads.text("http://mirror.test/file")).toBe("by proxy");
    expect(seen).toEqual(["http://mirror.test/file"]);
    await downloads.close();
    proxy.close();
    proxy.closeAllConnections();
  });

  it.skipIf(process.getuid?.() !== 0)(
    "says which disk is full and what is free there, and leaves nothing (needs root, for a tmpfs)",
    async () => {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]);
      try {
        const error = await download().catch((error: unknown) => describeError(error));
        expect(error).toMatch(/the disk is full: .*\/file could not be written, \d+ bytes are free/);
        expect(error).toContain("fix: free some space");
        expect(existsSync(join(folder, "file"))).toBe(false);
        expect(server.requests).toHaveLength(1);
      } finally {
        execFileSync("umount", [folder]);
      }
    },
  );
});

describe("has", () => {
  it("asks without fetching", async () => {
    expect(await downloads.has(`${server.url}/file`)).toBe(true);
    expect(await downloads.has(`${server.url}/other`)).toBe(false);
    expect(server.requests).toEqual(["HEAD /file", "HEAD /other"]);
  });
});

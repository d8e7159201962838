import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awaitReady, canConnect } from "../../../src/buildkit/drivers/readiness.ts";
import { WorkError } from "../../../src/errors.ts";

const limits = { ready: 600, socket: 200 };
const never = () => Promise.resolve(false);
const fine = () => Promise.resolve(undefined);
const folder = mkdtempSync(join(tmpdir(), "multiarch-ready-"));
const socket = join(folder, "s.sock");
const server = createServer();

beforeAll(() => new Promise<void>((done) => void server.listen(socket, done)));
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("awaitReady", () => {
  it("takes the socket that somebody listens on", async () => {
    const ask = { connects: () => canConnect(socket), answers: never, failure: fine };
    expect(await awaitReady(ask, limits)).toBe(true);
  });

  it("asks in the other way when the socket does not come", async () => {
    const begin = performance.now();
    const connects = () => canConnect(join(folder, "none"));
    const ask = { connects, answers: () => Promise.resolve(true), failure: fine };
    expect(await awaitReady(ask, limits)).toBe(false);
    expect(performance.now() - begin).toBeGreaterThan(limits.socket);
  });

  it("asks in the other way at once where there is no socket", async () => {
    const ask = { connects: undefined, answers: () => Promise.resolve(true), failure: fine };
    expect(await awaitReady(ask, limits)).toBe(false);
  });

  it("gives up on a daemon that runs and never binds its socket (fault 31)", async () => {
    const log = () => Promise.resolve("its last words");
    const ask = { connects: () => canConnect(join(folder, "none")), answers: never, failure: fine, log };
    const refused = "BuildKit did not answer within 0.6 s:\nits last words";
    await expect(awaitReady(ask, limits)).rejects.toThrow(refused);
  });

  it("ends as soon as it is known that no answer will come", async () => {
    const failure = () => Promise.resolve(new WorkError("it died"));
    await expect(awaitReady({ connects: never, answers: never, failure }, limits)).rejects.toThrow("it died");
  });
});

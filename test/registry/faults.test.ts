// The faults of a registry that the client answers for, by their numbers; what it did is read from the registry's log.
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";

import { buildIndex, type BuiltIndex } from "../../src/oci/image-index.ts";
import { withTarget } from "../../src/oci/reference.ts";
import { spawnHelper } from "../../src/registry/credential-helper.ts";
import { RegistryError } from "../../src/registry/error.ts";
import { createSender, type Send } from "../../src/registry/sender.ts";
import { createTransport, type HttpRequest, type Transport } from "../../src/registry/transport.ts";
import {
  afterwards,
  bench,
  type Bench,
  failureOf,
  image,
  login,
  named,
  tagged,
  temporaryFolder,
} from "./bench.ts";
import type { ChaosRegistry } from "./chaos/registry.ts";
import { createVirtualClock } from "./virtual-clock.ts";

const statuses = ({ log }: ChaosRegistry) => log.map(({ status }) => status);
const times = ({ log }: ChaosRegistry) => log.map(({ time }) => time);
const warnings = (log: readonly string[]) => log.filter((line) => line.startsWith("warning: "));

function indexOf(registry: ChaosRegistry): BuiltIndex {
  return buildIndex({ children: [image(registry, "arm64"), image(registry, "amd64")] });
}

const put = (
  { client }: Bench,
  {
    registry,
    index,
    tag = "one",
  }: {
    readonly registry: ChaosRegistry;
    readonly index: BuiltIndex;
    readonly tag?: string;
  },
) => client.putManifest(tagged(registry, tag), index.bytes, index.mediaType);

/** A sender over a transport of the test's own, in time that passes at once. */
function senderOver(transport: Transport): { readonly send: Send; readonly waits: readonly number[] } {
  const clock = createVirtualClock();
  return { send: createSender(transport, clock, { debug: () => {}, warning: () => {} }), waits: clock.waits };
}

const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: "GET",
  url: new URL(url),
  headers: {},
  maxBytes: 1_000_000,
  ...more,
});

describe("overload", () => {
  it("fault 1: 429 with Retry-After: 2 is waited for", async () => {
    const { registry, client, log } = await bench();
    image(registry, "arm64", "one");
    registry.rules.push({ fault: { kind: "status", status: 429, headers: { "retry-after": "2" } } });
    await client.getManifest(tagged(registry, "one"));
    expect(times(registry)).toEqual([0, 2000]);
    expect(warnings(log)).toEqual([
      `warning: ${registry.host}: answered 429; trying again in 2.0 s (try 2 of 6)`,
    ]);
  });

  it("fault 1: a request that comes during the wait sits it out", async () => {
    const { registry, client, clock } = await bench();
    image(registry, "arm64", "one");
    image(registry, "amd64", "two");
    registry.rules.push({ fault: { kind: "status", status: 429, headers: { "retry-after": "2" } } });
    let second: Promise<unknown> | undefined;
    clock.whileAsleep = async () => {
      if (second !== undefined) return;
      second = client.getManifest(tagged(registry, "two"));
      // If it did not wait, it would be in the log by now.
      await delay(30);
    };
    await client.getManifest(tagged(registry, "one"));
    await second;
    expect(times(registry)).toEqual([0, 2000, 2000]);
  });

  it("fault 1: several requests that are refused at once make one warning", async () => {
    const warned: string[] = [];
    let asked = 0;
    const transport: Transport = {
      close: async () => {},
      request: async () => {
        const status = ++asked > 4 ? 200 : 429;
        const header = (name: string) => (name === "retry-after" ? "2" : undefined);
        return { status, header, headers: () => [], bytes: new Uint8Array() };
      },
    };
    const log = { debug: () => {}, warning: (line: string) => void warned.push(line) };
    const send = createSender(transport, createVirtualClock(), log);
    await Promise.all([1, 2, 3, 4].map((at) => send(get(`https://r.io/${at}`))));
    expect(asked).toBe(8);
    expect(warned).toEqual(["r.io: answered 429; trying again in 2.0 s (try 2 of 6)"]);
  });

  it.each([
    {
      name: "a date",
      headers: { "retry-after": new Date(5000).toUTCString(), date: new Date(0).toUTCString() },
      time: 5000,
    },
    { name: "a past date", headers: { "retry-after": new Date(0).toUTCString() }, time: 500 },
    { name: "no date", headers: { "retry-after": "in a while" }, time: 500 },
    { name: "zero", headers: { "retry-after": "0" }, time: 500 },
  ])("fault 2: 429 with $name", async ({ headers, time }) => {
    const { registry, client } = await bench();
    image(registry, "arm64", "one");
    registry.rules.push({ fault: { kind: "status", status: 429, headers } });
    await client.getManifest(tagged(registry, "one"));
    expect(times(registry)).toEqual([0, time]);
  });

  it("fault 2: Docker Hub's X-Retry-After", async () => {
    const { registry, client, clock } = await bench();
    image(registry, "arm64", "one");
    const at = Math.ceil(clock.wallClock() / 1000) + 20;
    registry.rules.push({ fault: { kind: "status", status: 429, headers: { "x-retry-after": String(at) } } });
    await client.getManifest(tagged(registry, "one"));
    const [, retried = 0] = times(registry);
    expect(retried).toBeGreaterThan(18_000);
    expect(retried).toBeLessThan(22_000);
  });

  it("fault 2: a day is not waited for", async () => {
    const { registry, client } = await bench();
    registry.rules.push({ fault: { kind: "status", status: 429, headers: { "retry-after": "86400" } } });
    const error = await failureOf(client.getManifest(tagged(registry, "one")));
    expect(error.message).toBe(
      `GET http://${registry.host}/v2/a/b/manifests/one: 429: ${registry.host} asks to wait 86400 s`,
    );
    expect(error.fix).toBe("run again after that time");
    expect(times(registry)).toEqual([0]);
  });

  it("fault 2: a minute is, five times", async () => {
    const { registry, client } = await bench();
    const fault = { kind: "status", status: 429, headers: { "retry-after": "60" } } as const;
    registry.rules.push({ times: 99, fault });
    const error = await failureOf(client.getManifest(tagged(registry, "one")));
    expect(error.message).toContain("429: after 6 tries");
    expect(times(registry)).toEqual([0, 60_000, 120_000, 180_000, 240_000, 300_000]);
  });

  it("fault 3: 429 without a header three times", async () => {
    const { registry, client } = await bench();
    image(registry, "arm64", "one");
    registry.rules.push({ times: 3, fault: { kind: "status", status: 429 } });
    await client.getManifest(tagged(registry, "one"));
    expect(times(registry)).toEqual([0, 500, 1500, 3500]);
  });

  it.each([408, 425, 429, 499, 500, 502, 503, 504, 522])("fault 4: %i is tried again", async (status) => {
    const setup = await bench();
    const { registry, client } = setup;
    image(registry, "arm64", "one");
    registry.rules.push({ match: { method: "GET" }, fault: { kind: "status", status } });
    registry.rules.push({ match: { method: "PUT" }, fault: { kind: "status", status } });
    await client.getManifest(tagged(registry, "one"));
    await put(setup, { registry, index: indexOf(registry) });
    expect(statuses(registry)).toEqual([status, 200, status, 201]);
  });

  it("fault 4: one after the other, too", async () => {
    const { registry, client } = await bench();
    image(registry, "arm64", "one");
    for (const status of [502, 500, 502, 504, 408])
      registry.rules.push({ fault: { kind: "status", status } });
    await client.getManifest(tagged(registry, "one"));
    expect(statuses(registry)).toEqual([502, 500, 502, 504, 408, 200]);
  });

  it("fault 4: an unknown status is tried again by what the registry calls it", async () => {
    const { registry, client } = await bench();
    image(registry, "arm64", "one");
    const body = '{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}';
    registry.rules.push({ fault: { kind: "status", status: 420, body } });
    await client.getManifest(tagged(registry, "one"));
    expect(statuses(registry)).toEqual([420, 200]);
  });

  it.each([400, 404, 405, 409, 413, 415])("fault 4: %i is not", async (status) => {
    const setup = await bench();
    const { registry } = setup;
    registry.rules.push({ match: { method: "PUT" }, fault: { kind: "status", status } });
    const error = await failureOf(put(setup, { registry, index: indexOf(registry) }));
    expect(error).toMatchObject({ status, temporary: false });
    expect(statuses(registry)).toEqual([status]);
  });

  it("fault 5: 503 for ever ends after six tries", async () => {
    const { registry, client } = await bench();
    const body = `down for tea ${"x".repeat(400)}`;
    registry.rules.push({ times: 99, fault: { kind: "status", status: 503, body } });
    const error = await failureOf(client.getManifest(tagged(registry, "one")));
    expect(error.message).toBe(
      `GET http://${registry.host}/v2/a/b/manifests/one: 503: ${body.slice(0, 300)}: after 6 tries`,
    );
    expect(error.temporary).toBe(true);
    expect(times(registry)).toEqual([0, 500, 1500, 3500, 7500, 15_500]);
  });
});

describe("connections", () => {
  it.each([
    { name: "before the answer", fault: { kind: "reset-before" } },
    { name: "after the work was done", fault: { kind: "reset-after" } },
  ] as const)("fault 6: a write whose connection is lost $name is repeated", async ({ fault }) => {
    const setup = await bench();
    const { registry } = setup;
    const index = indexOf(registry);
    registry.rules.push({ match: { method: "PUT" }, times: 3, fault });
    await put(setup, { registry, index });
    expect(registry.tagged("a/b", "one")).toBe(index.digest);
    const sent = registry.requests("PUT").map(({ bodySha256, status }) => [bodySha256, status]);
    const whole = index.digest.replace("sha256:", "");
    expect(sent).toEqual([
      [whole, undefined],
      [whole, undefined],
      [whole, undefined],
      [whole, 201],
    ]);
  });

  it("fault 6: an answer that ends early is asked for again", async () => {
    const { registry, client } = await bench();
    const child = image(registry, "arm64");
    registry.rules.push({ times: 2, fault: { kind: "reset-mid-body", bytes: 20 } });
    expect((await client.getManifest(named(registry, child.digest))).descriptor.size).toBe(child.size);
    expect(registry.log).toHaveLength(3);
  });

  it("fault 7: an idle connection that the registry closed is not counted", async () => {
    const { registry, client, clock, log } = await bench();
    image(registry, "arm64", "one");
    registry.rules.push({ fault: { kind: "close-idle" } });
    await client.getManifest(tagged(registry, "one"));
    await client.getManifest(tagged(registry, "one"));
    expect(registry.log.map(({ socket, status }) => [socket, status])).toEqual([
      [1, 200],
      [1, undefined],
      [2, 200],
    ]);
    expect(clock.waits).toEqual([]);
    expect(log).toEqual([`${registry.host}: an idle connection was closed; sending again`]);
  });

  it("fault 8: silence before or in an answer ends it, and it is asked for again", async () => {
    const { registry } = await bench();
    image(registry, "arm64", "one");
    const transport = createTransport({ env: {}, silence: 200 });
    afterwards(transport.close);
    const { send, waits } = senderOver(transport);
    registry.rules.push({ fault: { kind: "hang" } });
    registry.rules.push({ match: { nth: 2 }, fault: { kind: "trickle", bytesPerSecond: 0.1 } });
    const sent = await send(get(`${registry.origin}/v2/a/b/manifests/one`));
    expect(sent.response.status).toBe(200);
    expect(registry.log).toHaveLength(3);
    expect(waits).toEqual([500, 1000]);
  });

  it("fault 8: an answer that never ends is given up", async () => {
    const { registry } = await bench();
    image(registry, "arm64", "one");
    const transport = createTransport({ env: {} });
    afterwards(transport.close);
    registry.rules.push({ fault: { kind: "trickle", bytesPerSecond: 20 } });
    const sent = senderOver(transport).send(
      get(`${registry.origin}/v2/a/b/manifests/one`, { timeLimit: 300 }),
    );
    expect((await failureOf(sent)).message).toContain("no whole answer in the time allowed");
  });

  it("fault 9: a registry that is away for five seconds is waited for", async () => {
    const { registry, client, clock } = await bench();
    image(registry, "arm64", "one");
    await client.getManifest(tagged(registry, "one"));
    await registry.stop();
    let isBack = false;
    clock.whileAsleep = async (until) => {
      if (until >= 5000 && !isBack) await registry.start();
      isBack = until >= 5000;
    };
    await client.getManifest(tagged(registry, "one"));
    expect(times(registry)).toEqual([0, 7500]);
  });

  it("fault 9: a registry that never answered is not", async () => {
    const { registry, client } = await bench();
    await registry.stop();
    const error = await failureOf(client.getManifest(tagged(registry, "one")));
    expect(error.message).toContain(`${registry.host} does not answer: connection refused after 2 tries`);
    expect(error.fix).toContain("is it running?");
    expect(error.status).toBe(undefined);
  });

  const failing = (codes: readonly string[]): Transport & { readonly asked: string[] } => {
    const asked: string[] = [];
    return {
      asked,
      close: async () => {},
      request: async ({ url }) => {
        asked.push(url.host);
        const code = codes[asked.length - 1];
        if (code !== undefined) throw Object.assign(new Error(`getaddrinfo ${code}`), { code });
        return { status: 200, header: () => undefined, headers: () => [], bytes: new Uint8Array() };
      },
    };
  };

  it("fault 10: a resolver that is busy is asked again", async () => {
    const transport = failing(["EAI_AGAIN", "EAI_AGAIN", "EAI_AGAIN"]);
    expect((await senderOver(transport).send(get("https://r.io/v2/"))).response.status).toBe(200);
    expect(transport.asked).toHaveLength(4);
  });

  it("fault 10: a name that does not exist, once more", async () => {
    const transport = failing(Array<string>(9).fill("ENOTFOUND"));
    const error = await failureOf(senderOver(transport).send(get("https://no-such-host.io/v2/")));
    expect(error.message).toContain("no address found for the host no-such-host.io after 2 tries");
    expect(transport.asked).toHaveLength(2);
  });
});

describe("tokens", () => {
  it.each([
    { name: "is renewed before it ends", elapsed: 950, rules: [], put: [401, 201, 201] },
    {
      name: "is renewed when the registry refuses it",
      elapsed: 500,
      rules: [{ match: { method: "PUT", nth: 3 }, fault: { kind: "expire-tokens" } }],
      put: [401, 201, 401, 201],
    },
  ] as const)("fault 12: a token that lives for a second $name", async ({ elapsed, rules, put: puts }) => {
    const setup = await bench({ auth: "bearer", expiresIn: 1 });
    const { registry, clock } = setup;
    const index = indexOf(registry);
    registry.rules.push(...rules);
    await put(setup, { registry, index, tag: "one" });
    clock.pass(elapsed);
    await put(setup, { registry, index, tag: "two" });
    expect(registry.requests("PUT").map(({ status }) => status)).toEqual(puts);
    expect(registry.requests("GET", /^\/token$/)).toHaveLength(2);
    expect(registry.tagged("a/b", "two")).toBe(index.digest);
  });

  it.each([404, 405, 401])(
    "fault 13: a token service that answers %i to GET is asked by POST",
    async (status) => {
      const { registry, client } = await bench({ auth: "bearer" });
      image(registry, "arm64", "one");
      registry.rules.push({ match: { path: /^\/token/ }, fault: { kind: "status", status } });
      await client.getManifest(tagged(registry, "one"));
      const exchanges = registry.log.filter(({ path }) => path === "/token");
      expect(exchanges.map(({ method, status }) => [method, status])).toEqual([
        ["GET", status],
        ["POST", 200],
      ]);
    },
  );

  it.each([400, 404, 405, 401])(
    "fault 13: one that answers %i to the POST of an identity token is asked by GET",
    async (status) => {
      const entry = { ...login, identitytoken: "secret" };
      const { registry, client } = await bench({ auth: "bearer", entry });
      image(registry, "arm64", "one");
      registry.rules.push({ match: { path: /^\/token/ }, fault: { kind: "status", status } });
      await client.getManifest(tagged(registry, "one"));
      const exchanges = registry.log.filter(({ path }) => path === "/token");
      expect(exchanges.map(({ authorization, method }) => [method, authorization])).toEqual([
        ["POST", undefined],
        ["GET", "Basic"],
      ]);
    },
  );

  it("fault 13: one that answers 500 is asked again", async () => {
    const { registry, client } = await bench({ auth: "bearer" });
    image(registry, "arm64", "one");
    registry.rules.push({ match: { path: /^\/token/ }, fault: { kind: "status", status: 500 } });
    await client.getManifest(tagged(registry, "one"));
    expect(registry.requests("GET", /^\/token$/).map(({ status }) => status)).toEqual([500, 200]);
  });

  it("fault 14: a token without a lifetime lives 60 s, by either of its names", async () => {
    const { registry, client, clock } = await bench({
      auth: "bearer",
      expiresIn: null,
      tokenField: "access_token",
    });
    image(registry, "arm64", "one");
    await client.getManifest(tagged(registry, "one"));
    clock.pass(50_000);
    await client.getManifest(tagged(registry, "one"));
    expect(registry.requests("GET", /^\/token$/)).toHaveLength(1);
    clock.pass(5000);
    await client.getManifest(tagged(registry, "one"));
    expect(registry.requests("GET", /^\/token$/)).toHaveLength(2);
    expect(registry.requests("GET", /manifests/).map(({ status }) => status)).toEqual([401, 200, 200, 200]);
  });

  it.each([
    {
      name: "70 KiB",
      body: JSON.stringify({ token: "x".repeat(70 * 1024) }),
      why: "larger than 65536 bytes",
    },
    { name: "nothing", body: "{}", why: "without a token" },
  ])("fault 14: a token answer of $name is refused", async ({ body, why }) => {
    const { registry, client } = await bench({ auth: "bearer" });
    registry.rules.push({ match: { path: /^\/token/ }, fault: { kind: "status", status: 200, body } });
    expect((await failureOf(client.getManifest(tagged(registry, "one")))).message).toContain(why);
  });

  it("fault 15: a credential helper that hangs is stopped, with what it started", async () => {
    const program = join(await temporaryFolder(), "docker-credential-hanging");
    await writeFile(program, "#!/bin/sh\nsleep 60\necho never\n");
    await chmod(program, 0o755);
    await expect(spawnHelper(program, "r.io", 100)).rejects.toThrow(
      `${program} was stopped: no answer within 0.1 s`,
    );
  });

  it.each([
    { name: "exits 1", result: { exitCode: 1, stdout: "hunter2" }, why: "failed for" },
    { name: "prints junk", result: { exitCode: 0, stdout: "hunter2" }, why: "did not print JSON" },
  ])("fault 15: one that $name is named, and its output is not shown", async ({ result, why }) => {
    const { registry, client } = await bench({
      auth: "basic",
      client: {
        env: { DOCKER_AUTH_CONFIG: '{"credsStore":"broken"}' },
        runHelper: async () => result,
      },
    });
    const failed = client.getManifest(tagged(registry, "one"));
    await expect(failed).rejects.toThrow(`docker-credential-broken ${why}`);
    await expect(failed).rejects.not.toThrow("hunter2");
    expect(registry.log.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it("fault 15: one that has nothing is as good as none", async () => {
    const { registry, client } = await bench({
      auth: "bearer",
      client: {
        env: { DOCKER_AUTH_CONFIG: '{"credsStore":"empty"}' },
        runHelper: async () => ({ exitCode: 1, stdout: "credentials not found in native keychain\n" }),
      },
    });
    image(registry, "arm64", "one");
    await client.getManifest(tagged(registry, "one"));
    expect(registry.requests("GET", /^\/token$/)[0]?.authorization).toBe(undefined);
  });

  it("fault 16: a machine whose clock is two hours off", async () => {
    const { registry, client, clock } = await bench({ auth: "bearer", expiresIn: 300 });
    clock.ahead = -2 * 3_600_000;
    image(registry, "arm64", "one");
    const headers = { "retry-after": new Date(Date.now() + 4000).toUTCString() };
    registry.rules.push({
      match: { path: /manifests/, nth: 2 },
      fault: { kind: "status", status: 429, headers },
    });
    for (let round = 0; round < 3; round++) await client.getManifest(tagged(registry, "one"));
    expect(registry.requests("GET", /^\/token$/)).toHaveLength(1);
    // The date is compared with the registry's own.
    const last = times(registry).at(-1) ?? 0;
    expect(last).toBeGreaterThanOrEqual(3000);
    expect(last).toBeLessThanOrEqual(5000);
  });
});

describe("content", () => {
  it.each([
    { name: "altered by one byte", fault: { kind: "flip-byte", at: 30 } },
    { name: "cut off", fault: { kind: "truncate", bytes: 40 } },
  ] as const)(
    "fault 17: a manifest that is $name is asked for once more, and never believed",
    async ({ fault }) => {
      const { registry, client } = await bench();
      const child = image(registry, "arm64");
      registry.rules.push({ fault });
      expect((await client.getManifest(named(registry, child.digest))).descriptor.digest).toBe(child.digest);
      expect(registry.log).toHaveLength(2);
      registry.rules.push({ times: 99, fault });
      const error = await failureOf(client.getManifest(named(registry, child.digest)));
      expect(error.message).toContain(`expected ${child.digest}, but the registry sent sha256:`);
      expect(registry.log).toHaveLength(4);
    },
  );

  it("fault 17: a tag whose bytes were altered on the way is read again", async () => {
    const { registry, client } = await bench();
    const child = image(registry, "arm64", "one");
    registry.rules.push({ fault: { kind: "flip-byte", at: 0 } });
    expect((await client.getManifest(tagged(registry, "one"))).descriptor.digest).toBe(child.digest);
    expect(registry.log).toHaveLength(2);
  });

  it("fault 17: what follows after Content-Length is not taken for content, nor for the next answer", async () => {
    const { registry, client } = await bench();
    const child = image(registry, "arm64");
    registry.rules.push({ fault: { kind: "overrun", bytes: 50 } });
    for (let round = 0; round < 2; round++) {
      const { descriptor } = await client.getManifest(named(registry, child.digest));
      expect(descriptor.size).toBe(child.size);
    }
  });

  it("fault 17: a config that is altered is never believed either", async () => {
    const { registry, client } = await bench();
    const child = image(registry, "arm64");
    registry.rules.push({ match: { path: /blobs/ }, times: 99, fault: { kind: "flip-byte", at: 1 } });
    const { manifest } = await client.getManifest(named(registry, child.digest));
    if (manifest.kind !== "manifest") throw new Error("not an image");
    const error = await failureOf(client.getBlob(named(registry, child.digest), manifest.config.digest));
    expect(error.message).toContain(`expected ${manifest.config.digest}`);
    expect(registry.requests("GET", /blobs/)).toHaveLength(2);
  });

  it("fault 17: an encoded body is refused", async () => {
    const { registry, client } = await bench();
    image(registry, "arm64", "one");
    registry.rules.push({ fault: { kind: "gzip" } });
    const error = await failureOf(client.getManifest(tagged(registry, "one")));
    expect(error.message).toContain("the body came encoded as gzip, though identity was asked for");
  });

  it.each([
    { name: "says so", fault: { kind: "wrong-digest-header" }, found: `sha256:${"0".repeat(64)}` },
    { name: "did so", fault: { kind: "rewrite-manifest" }, found: "instead of" },
  ] as const)("fault 18: a registry that stores other bytes, and $name", async ({ fault, found }) => {
    const setup = await bench();
    const { registry } = setup;
    const index = indexOf(registry);
    registry.rules.push({ match: { method: "PUT" }, times: 99, fault });
    const error = await failureOf(put(setup, { registry, index }));
    expect(error.message).toContain(found);
    expect(error.message).toContain(index.digest);
    expect(registry.requests("PUT")).toHaveLength(1);
  });

  it("fault 19: a tag that shows what it was before is read again until it is right", async () => {
    const setup = await bench();
    const { registry, client } = setup;
    image(registry, "386", "one");
    const index = indexOf(registry);
    registry.rules.push({ times: 99, fault: { kind: "stale-read", ms: 4000 } });
    await put(setup, { registry, index });
    await client.awaitTag(tagged(registry, "one"), index.digest);
    expect(registry.requests("GET").map(({ time }) => time)).toEqual([0, 500, 1500, 3500, 7500]);
  });

  it("fault 19: a tag that is not there yet, too", async () => {
    const setup = await bench();
    const { registry, client } = setup;
    const index = indexOf(registry);
    registry.rules.push({ times: 99, fault: { kind: "stale-read", ms: 400 } });
    await put(setup, { registry, index });
    await client.awaitTag(tagged(registry, "one"), index.digest);
    expect(registry.requests("GET").map(({ status }) => status)).toEqual([404, 200]);
  });

  it("fault 19: one that another job has moved is an error that names both digests", async () => {
    const setup = await bench();
    const { registry, client } = setup;
    const index = indexOf(registry);
    await put(setup, { registry, index });
    const other = image(registry, "386", "one");
    const error = await failureOf(client.awaitTag(tagged(registry, "one"), index.digest));
    expect(error.message).toContain(`was set to ${index.digest}, but the registry answers ${other.digest}`);
    expect(error.fix).toContain("another job");
    expect(times(registry).at(-1)).toBe(10_000);
  });

  it("fault 20: a refused index tells the registry's code, so that its children can be looked for", async () => {
    const setup = await bench();
    const { registry, client } = setup;
    const index = indexOf(registry);
    const [child] = index.manifests;
    if (child === undefined) throw new Error("no child");
    await client.deleteManifest(withTarget(tagged(registry, "one"), { digest: child.digest }));
    registry.rules.push({ fault: { kind: "reject-missing-child" } });
    const error = await failureOf(put(setup, { registry, index }));
    expect(error).toMatchObject({ status: 400, code: "MANIFEST_BLOB_UNKNOWN", temporary: false });
    expect(error.message).toContain(child.digest);
    expect(await client.headManifest(named(registry, child.digest))).toBe(undefined);
  });

  it.each([400, 403, 409])("fault 21: an immutable tag is refused with %i at once", async (status) => {
    const setup = await bench();
    const { registry } = setup;
    const before = image(registry, "386", "one");
    registry.rules.push({ match: { method: "PUT" }, times: 9, fault: { kind: "immutable-tags", status } });
    const error = await failureOf(put(setup, { registry, index: indexOf(registry) }));
    expect(error).toMatchObject({ status, code: "TAG_INVALID", temporary: false });
    expect(registry.requests("PUT")).toHaveLength(1);
    expect(registry.tagged("a/b", "one")).toBe(before.digest);
  });

  it("fault 23: a manifest that is too large for the registry is told with its size", async () => {
    const setup = await bench();
    const { registry } = setup;
    const index = indexOf(registry);
    registry.rules.push({ match: { method: "PUT" }, fault: { kind: "status", status: 413 } });
    const error = await failureOf(put(setup, { registry, index }));
    expect(error.message).toBe(
      `PUT http://${registry.host}/v2/a/b/manifests/one: 413: it is ${index.size} bytes`,
    );
  });

  it.each([405, 403])("fault 24: where HEAD is answered with %i, GET is used", async (status) => {
    const { registry, client } = await bench();
    const child = image(registry, "arm64", "one");
    registry.rules.push({ match: { method: "HEAD" }, times: 9, fault: { kind: "status", status } });
    expect((await client.headManifest(tagged(registry, "one")))?.digest).toBe(child.digest);
    expect(await client.headManifest(tagged(registry, "two"))).toBe(undefined);
    expect(registry.log.map(({ method }) => method)).toEqual(["HEAD", "GET", "HEAD", "GET"]);
  });

  it("fault 24: where GET is refused as well, it is an error", async () => {
    const { registry, client } = await bench();
    registry.rules.push({ times: 9, fault: { kind: "status", status: 403 } });
    const failed = client.headManifest(tagged(registry, "one"));
    await expect(failed).rejects.toBeInstanceOf(RegistryError);
    await expect(failed).rejects.toMatchObject({ status: 403 });
  });
});

// What the conformance suite does not ask of the chaos registry: its faults, its log, and who looks on.
import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";

import { buildIndex } from "../../../src/oci/image-index.ts";
import { afterwards, bench, image, tagged } from "../bench.ts";
import { createJudge, type Rule, type Struck } from "./fault.ts";
import { pollTag } from "./poller.ts";
import { startChaosRegistry } from "./registry.ts";

const get: Struck = { method: "GET", target: "/v2/a?b=1", origin: "http://r.io", header: () => undefined };

it("strikes what a rule matches, as often as it says, and the same way for the same seed", () => {
  const struck = (rule: Omit<Rule, "fault">, request = get, seed = 1): string => {
    const judge = createJudge([{ ...rule, fault: { kind: "hang" } }], seed);
    return Array.from({ length: 6 }, () => (judge(request).main === undefined ? "-" : "x")).join("");
  };
  expect(struck({})).toBe("x-----");
  expect(struck({ times: 3 })).toBe("xxx---");
  expect(struck({ match: { nth: [2, 5] } })).toBe("-x--x-");
  expect(struck({ match: { method: "PUT" } })).toBe("------");
  expect(struck({ match: { path: /b=1/, origin: "http://r.io" } })).toBe("x-----");
  expect(struck({ match: { origin: "http://other.io" } })).toBe("------");
  expect(struck({ match: { header: ["x-test", /y/] } }, { ...get, header: () => "y" })).toBe("x-----");
  const chance = { chance: 0.5, times: 99 };
  expect(struck(chance)).toBe(struck(chance));
  expect(new Set([1, 2, 3].map((seed) => struck(chance, get, seed))).size).toBeGreaterThan(1);
});

it("keeps the turn of a rule that another one forestalled, and lets others go with it", () => {
  const rules: Rule[] = [
    { fault: { kind: "hang" } },
    { fault: { kind: "reset-before" } },
    { fault: { kind: "delay", ms: 7 } },
  ];
  const judge = createJudge(rules, 1);
  const [first, second, third] = [judge(get), judge(get), judge(get)];
  expect([first, second, third].map(({ main }) => main?.kind)).toEqual(["hang", "reset-before", undefined]);
  expect([first, second].map(({ attendant }) => attendant("delay")?.ms)).toEqual([7, undefined]);
});

it("logs who was spoken to, on which connection and with what, and tells each request", async () => {
  const counts: number[] = [];
  const registry = await startChaosRegistry({ onRequest: (_, count) => void counts.push(count) });
  afterwards(registry.close);
  const other = await registry.listen({ address: "127.0.0.2" });
  const headers = { authorization: "Basic x", cookie: "a=b" };
  await fetch(`${registry.origin}/v2/`, { headers });
  await fetch(`${other.origin}/v2/a/b/blobs/uploads/`, { method: "POST", body: "hello" });
  expect(counts).toEqual([1, 2]);
  expect(registry.log).toMatchObject([
    { origin: registry.origin, socket: 1, authorization: "Basic", hasCookie: true, bodySize: 0, status: 200 },
    {
      origin: other.origin,
      socket: 2,
      authorization: undefined,
      hasCookie: false,
      body: "hello",
      bodySha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
      status: 202,
    },
  ]);
});

it("shows who looks on an old tag, and then a whole new one", async () => {
  const { registry, client } = await bench();
  const children = ["amd64", "arm64"].map((architecture) => image(registry, architecture));
  const poller = pollTag(registry.origin, "a/b", "one");
  while (poller.reads() === 0) await delay(1);
  const indexes = [0, 1].map((round) => buildIndex({ children, annotations: { round: String(round) } }));
  for (const index of indexes) {
    await client.putManifest(tagged(registry, "one"), index.bytes, index.mediaType);
    const before = poller.reads();
    while (poller.reads() < before + 2) await delay(1);
  }
  await poller.stop();
  expect(poller.seen).toEqual([undefined, ...indexes.map(({ digest }) => digest)]);
});

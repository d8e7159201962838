import { expect, it } from "vitest";

import { buildIndex } from "../../src/oci/image-index.ts";
import { withTarget } from "../../src/oci/reference.ts";
import { bench, image, named, tagged } from "./bench.ts";
import type { Fault } from "./chaos/fault.ts";

/** All that may happen to any request and still be survived. */
const faults: readonly Fault[] = [
  { kind: "reset-before" },
  { kind: "reset-after" },
  { kind: "close-idle" },
  { kind: "reset-mid-body", bytes: 9 },
  { kind: "flip-byte", at: 11 },
  { kind: "status", status: 429, headers: { "retry-after": "1" } },
  { kind: "status", status: 500 },
  { kind: "status", status: 502 },
  { kind: "status", status: 503 },
  { kind: "status", status: 504 },
];

it("a storm that strikes three of ten requests leaves no tag wrong, and few publishes undone", async () => {
  const { registry, client } = await bench({ auth: "bearer", seed: 7 });
  const children = ["amd64", "arm64", "s390x"].map((architecture) => image(registry, architecture));
  const chance = 1 - 0.7 ** (1 / faults.length);
  for (const fault of faults) registry.rules.push({ chance, times: Number.POSITIVE_INFINITY, fault });
  const failures: string[] = [];
  let wrong = 0;
  for (let round = 0; round < 1000; round++) {
    const index = buildIndex({ children, annotations: { round: String(round) } });
    const target = tagged(registry, `t${round}`);
    try {
      await Promise.all(children.map(({ digest }) => client.getManifest(named(registry, digest))));
      await client.putManifest(withTarget(target, { digest: index.digest }), index.bytes, index.mediaType);
      await client.putManifest(target, index.bytes, index.mediaType);
      await client.awaitTag(target, index.digest);
      if (registry.tagged("a/b", `t${round}`) !== index.digest) wrong++;
    } catch (error) {
      failures.push(String(error));
    }
    const tag = registry.tagged("a/b", `t${round}`);
    if (tag !== undefined && tag !== index.digest) wrong++;
  }
  const struck = registry.log.filter(({ status }) => status === undefined || status >= 400).length;
  expect(struck / registry.log.length).toBeGreaterThan(0.2);
  expect(wrong).toBe(0);
  // Six failures in a row are possible, or twice the wrong bytes, and then an error is right.
  const isHonest = /after 6 tries|but the registry sent|schemaVersion must be/;
  expect(failures.filter((text) => !isHonest.test(text))).toEqual([]);
  expect(failures.length).toBeLessThan(50);
}, 60_000);

// Check 10: publish-manifest is killed at every request that it makes; then it runs again. What the tags point at is read
// from the registry's store.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

import { startChaosRegistry } from "../registry/chaos/registry.ts";
import { putImage, putIndex, sixPlatforms } from "../steps/publish-manifest/images.ts";
import { type Ended, runEntrypoint } from "./entrypoint.ts";

const tags = ["1.0.0", "latest"];

/** A registry with six images and an older index, and publishing runs there; `killAt` counts requests from 1. */
async function scene(killAt: number) {
  let kill: ((signal: NodeJS.Signals) => void) | undefined;
  let made = 0;
  const registry = await startChaosRegistry({
    onRequest: (_, count) => {
      made = count;
      if (count === killAt) kill?.("SIGKILL");
    },
  });
  const folder = mkdtempSync(join(tmpdir(), "multiarch-crash-"));
  const images = sixPlatforms.map((platform) => putImage(registry, { platform }));
  const old = putIndex(registry, images.slice(0, 1), { tag: "latest" });
  const publish = (): Promise<Ended> =>
    runEntrypoint(
      "publish-manifest",
      [
        ...["--image", `${registry.host}/a/b,${registry.host}/c/d`, "--tags", tags.join(",")],
        ...[
          "--descriptors",
          JSON.stringify(images),
          "--platforms",
          sixPlatforms.join(","),
          "--print",
          "json",
        ],
      ],
      {
        env: { DOCKER_CONFIG: folder, MULTIARCH_STATE: join(folder, "state.json") },
        started: (send) => (kill = send),
      },
    );
  return {
    registry,
    publish,
    old: old.digest,
    requests: () => made,
    files: () => readdirSync(folder),
    end: async () => {
      await registry.close();
      rmSync(folder, { recursive: true });
    },
  };
}

it("ends at the same index, wherever it was killed, and no tag is ever without its images", async () => {
  const whole = await scene(0);
  const first = await whole.publish();
  expect(first.code, first.stderr).toBe(0);
  const { digest } = JSON.parse(first.stdout) as { readonly digest: string };
  const requests = whole.requests();
  await whole.end();
  expect(requests).toBeGreaterThan(30);

  for (let at = 1; at <= requests; at += 1) {
    const { end, files, old, publish, registry } = await scene(at);
    const killed = await publish();
    expect(killed.signal, `killed at request ${at}, but: ${killed.code} ${killed.stderr}`).toBe("SIGKILL");
    for (const repository of ["a/b", "c/d"]) {
      for (const tag of tags) {
        const now = registry.tagged(repository, tag);
        expect([undefined, old, digest], `${repository}:${tag} after a kill at request ${at}`).toContain(now);
        const bytes = now === undefined ? undefined : registry.manifest(repository, now);
        const { manifests = [] } = JSON.parse(bytes?.toString() ?? "{}") as {
          manifests?: { digest: string }[];
        };
        for (const child of manifests) expect(registry.manifest(repository, child.digest)).toBeDefined();
      }
    }
    const again = await publish();
    expect(again.code, `again after a kill at request ${at}:\n${again.stderr}`).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ digest });
    for (const repository of ["a/b", "c/d"]) {
      for (const tag of tags) expect(registry.tagged(repository, tag)).toBe(digest);
    }
    expect(files()).toEqual([]);
    await end();
  }
}, 300_000);

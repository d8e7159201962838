import type { IncomingMessage } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import type { Fault } from "./front.ts";
import { startFront } from "./front.ts";
import { engineContents, fetchManifest, lab, program, startJob } from "./job.ts";

const behind = `http://${lab.LAB_REGISTRY}`;
const repository = "moby/buildkit";
const image = `docker.io/${repository}:v0.32.2`;
const setup = ["--buildkit-image", image, "--platforms", "linux/amd64"];
const none: Fault = () => false;

/** Copies that the engine got from a mirror, which it would have the next time. */
const copies: string[] = [];
afterEach(async () => {
  for (const copy of copies.splice(0)) await program("docker", ["rmi", "--force", copy]).catch(() => "");
});

async function startMirror(...[fault, change]: [Fault, Parameters<typeof startFront>[2]?]) {
  const mirror = await startFront(behind, fault, change);
  copies.push(`${mirror.address}/${repository}:v0.32.2`);
  return mirror;
}

const isManifest = ({ url = "" }: IncomingMessage): boolean => url.includes(`/${repository}/manifests/`);

/** A limiter that lets nobody in for a second and says so, then a server that is down for one request, and then a good one. */
function limitedThenDown(): Fault {
  let end = 0;
  let downs = 1;
  return (request, response) => {
    if (!isManifest(request)) return false;
    const now = performance.now();
    if (end === 0) end = now + 1000;
    if (now < end) {
      response.writeHead(429, { "retry-after": String(Math.ceil((end - now) / 1000)) }).end();
      return true;
    }
    if (downs-- <= 0) return false;
    response.writeHead(503).end();
    return true;
  };
}

describe("a mirror of the images", () => {
  it("that answers 429 with Retry-After, then 503, then well, is waited for as long as it asks", async () => {
    await using mirror = await startMirror(limitedThenDown());
    await using job = startJob();
    const { code, stderr } = await job.step("setup", [...setup, "--image-mirrors", mirror.address]);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`warning: ${mirror.address}: answered 429; trying again in 1.0 s`);
    const asked = mirror.seen.filter(({ path }) => path.includes("/manifests/"));
    const limited = asked.findLastIndex(({ status }) => status === 429);
    const [last, next, ...rest] = asked.slice(limited);
    expect((next?.at ?? 0) - (last?.at ?? 0)).toBeGreaterThanOrEqual(990);
    expect(next?.status).toBe(503);
    expect(rest.map(({ status }) => status)).toContain(200);
  });

  it("that stays limited for hours is left for the next one", async () => {
    await using limited = await startMirror((request, response) => {
      if (!isManifest(request)) return false;
      response.writeHead(429, { "retry-after": "7200" }).end();
      return true;
    });
    await using good = await startMirror(none);
    await using job = startJob();
    const mirrors = ["--image-mirrors", `${limited.address},${good.address}`];
    const { code, stderr } = await job.step("setup", [...setup, ...mirrors]);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("asks to wait 7200 s); trying the next source");
    expect(good.seen.map(({ path }) => path)).toContain(`/v2/${repository}/manifests/v0.32.2`);
  });

  it("check 13: that serves another image than the digest pins is refused, and nothing is left", async () => {
    const { digest } = await fetchManifest(lab.LAB_REGISTRY, repository, "v0.32.2");
    await using mirror = await startMirror(none, (path, body) =>
      path.includes("/manifests/") ? Buffer.concat([body, Buffer.from(" ")]) : body,
    );
    await using job = startJob();
    const before = await engineContents();
    const { code, stderr } = await job.step("setup", [
      ...["--buildkit-image", `${mirror.address}/${repository}@${digest}`, "--platforms", "linux/amd64"],
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain(`the image ${mirror.address}/${repository}@${digest} could not be pulled`);
    expect(stderr).toMatch(/digest|verif/);
    expect(await engineContents()).toBe(before);
  });
});

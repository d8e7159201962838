import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { CancelledError } from "../../../src/errors.ts";
import { formatPlatform } from "../../../src/oci/platform.ts";
import { runSolves } from "../../../src/steps/build/schedule.ts";
import { planOf } from "./facts.ts";

const { solves } = planOf({ platforms: "linux/amd64,linux/arm64,linux/s390x,linux/386" });
const unlimited = { parallel: Infinity, failFast: false, timeout: 0 };
const never = new AbortController().signal;

function rejections(settled: readonly PromiseSettledResult<unknown>[]): unknown[] {
  return settled.map((result) => (result.status === "rejected" ? String(result.reason) : result.value));
}

describe("runSolves", () => {
  it.each([
    { parallel: Infinity, most: 4 },
    { parallel: 2, most: 2 },
    { parallel: 1, most: 1 },
  ])("runs $parallel at a time, in their order", async ({ parallel, most }) => {
    const order: string[] = [];
    let running = 0;
    let seen = 0;
    const settled = await runSolves(solves, { ...unlimited, parallel }, never, async ({ platform }) => {
      order.push(formatPlatform(platform));
      seen = Math.max(seen, (running += 1));
      await delay(5);
      running -= 1;
      return formatPlatform(platform);
    });
    expect(seen).toBe(most);
    expect(order).toEqual(["linux/amd64", "linux/arm64", "linux/s390x", "linux/386"]);
    expect(rejections(settled)).toEqual(order);
  });

  const failing = async ({ platform }: (typeof solves)[number], signal: AbortSignal): Promise<string> => {
    if (platform.architecture === "arm64") throw new Error("no");
    await delay(20, undefined, { signal }).catch(() => {
      throw signal.reason;
    });
    return "done";
  };

  it("lets the others finish when one fails", async () => {
    expect(rejections(await runSolves(solves, unlimited, never, failing))).toEqual([
      ...["done", "Error: no", "done", "done"],
    ]);
  });

  it("stops the others when told to", async () => {
    const stopped = "WorkError: stopped, because linux/arm64 failed";
    expect(rejections(await runSolves(solves, { ...unlimited, failFast: true }, never, failing))).toEqual([
      ...[stopped, "Error: no", stopped, stopped],
    ]);
    const oneByOne = { ...unlimited, parallel: 1, failFast: true };
    expect(rejections(await runSolves(solves, oneByOne, never, failing))).toEqual([
      ...["done", "Error: no", stopped, stopped],
    ]);
  });

  it("stops what takes too long, and says which", async () => {
    const settled = await runSolves(solves.slice(0, 1), { ...unlimited, timeout: 5 }, never, (_, signal) =>
      delay(5000, "late", { signal }).catch(() => {
        throw signal.reason;
      }),
    );
    expect(rejections(settled)[0]).toContain("linux/amd64 took longer than the 0.005 s of platform-timeout");
  });

  it("starts nothing after a cancellation", async () => {
    const controller = new AbortController();
    controller.abort(new CancelledError("SIGINT"));
    const settled = await runSolves(solves, unlimited, controller.signal, async () => "started");
    for (const result of settled) {
      expect(result.status === "rejected" && result.reason).toBeInstanceOf(CancelledError);
    }
  });
});

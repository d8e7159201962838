import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { lock } from "./lock.ts";

test("one at a time", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lab-lock-"));
  const order: string[] = [];
  const hold = async (name: string): Promise<void> => {
    await using _ = await lock(join(folder, "lock"), () => {});
    order.push(`${name} in`);
    await sleep(50);
    order.push(`${name} out`);
  };
  await Promise.all([hold("a"), hold("b"), hold("c")]);
  for (let turn = 0; turn < 3; turn++) {
    const [entered, left] = order.slice(2 * turn);
    expect(left).toBe(entered?.replace("in", "out"));
  }
  await rm(folder, { recursive: true });
});

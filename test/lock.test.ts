import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { withLock } from "../src/lock.ts";
import { CancelledError } from "../src/errors.ts";

const folder = mkdtempSync(join(tmpdir(), "multiarch-lock-"));
afterAll(() => rmSync(folder, { recursive: true }));
const program = join(import.meta.dirname, "hold-lock.ts");
let names = 0;
const newName = (): string => `test-${process.pid}-${names++}`;

function hold(name: string, file: string, milliseconds: number, uid?: number): ChildProcess {
  return spawn(process.execPath, ["--import", "tsx", program, name, file, String(milliseconds)], {
    stdio: "inherit",
    ...(uid === undefined ? {} : { uid }),
  });
}

async function lines(file: string, count: number): Promise<string[]> {
  for (;;) {
    const found = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
    if (found.length >= count) return found;
    await delay(10);
  }
}

describe.skipIf(process.platform !== "linux")("the lock", () => {
  it("gives ten processes their turns one after the other", { timeout: 60_000 }, async () => {
    const [name, file] = [newName(), join(folder, "ten")];
    const children = Array.from({ length: 10 }, () => hold(name, file, 20));
    await Promise.all(children.map((child) => once(child, "exit")));
    const found = await lines(file, 20);
    expect(found).toHaveLength(20);
    for (let i = 0; i < found.length; i += 2) {
      const pid = found[i]?.replace("begin ", "");
      expect(found.slice(i, i + 2)).toEqual([`begin ${pid}`, `end ${pid}`]);
    }
  });

  it("is free at once when who has it is killed", { timeout: 30_000 }, async () => {
    const [name, file] = [newName(), join(folder, "killed")];
    const child = hold(name, file, 60_000);
    await lines(file, 1);
    let owner = "";
    const taken = withLock(name, async () => performance.now(), { onWait: (who) => (owner = who) });
    await delay(100);
    expect(owner).toBe(`process ${child.pid}`);
    const killed = performance.now();
    child.kill("SIGKILL");
    expect((await taken) - killed).toBeLessThan(1000);
  });

  it("is not waited for longer than is allowed, and the error names who has it", async () => {
    const name = newName();
    await withLock(name, () =>
      expect(withLock(name, async () => {}, { milliseconds: 100 })).rejects.toThrow(
        `process ${process.pid} has kept the lock ${name} of this machine for 0 s`,
      ),
    );
  });

  it("is given back when the work fails, and the wait for it can be cancelled", async () => {
    const name = newName();
    await expect(withLock(name, () => Promise.reject(new Error("work")))).rejects.toThrow("work");
    const controller = new AbortController();
    await withLock(name, async () => {
      const waiting = withLock(name, async () => {}, { signal: controller.signal });
      setTimeout(() => controller.abort(new CancelledError("SIGINT")), 50);
      await expect(waiting).rejects.toThrow("cancelled by SIGINT");
    });
    expect(await withLock(name, async () => "free")).toBe("free");
  });
});

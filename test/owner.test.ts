import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { hostIdentity, ownerLife, ownerOf, readStartTime } from "../src/owner.ts";

describe("an owner", () => {
  it("is alive while its process runs, and dead after", async () => {
    const child = spawn(process.execPath, ["--eval", "setTimeout(() => {}, 60_000)"], { stdio: "ignore" });
    await once(child, "spawn");
    const owner = ownerOf(child.pid ?? 0);
    expect(ownerLife(owner)).toBe("alive");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(ownerLife(owner)).toBe("dead");
  });

  it("is dead when its pid is another process now", () => {
    expect(ownerLife({ ...ownerOf(process.pid), startTime: "1" })).toBe("dead");
  });

  it("is unknown on another host, or after a reboot", () => {
    expect(ownerLife({ ...ownerOf(process.pid), host: "another/1" })).toBe("unknown");
  });

  it("is of this host", () => {
    expect(hostIdentity()).toMatch(/^[0-9a-f-]{36}\/\d+$/);
    expect(readStartTime(process.pid)).toMatch(/^\d+$/);
    expect(readStartTime(2 ** 22 + 1)).toBeUndefined();
  });
});

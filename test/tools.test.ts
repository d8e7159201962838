import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { find as findWithToolCache } from "@actions/tool-cache";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createTools } from "../src/tools.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "multiarch-tools-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const key = { tool: "buildctl", version: "0.32.2", arch: "x64" };

function madeFolder(content: string): string {
  const made = mkdtempSync(join(folder, "made-"));
  writeFileSync(join(made, "program"), content);
  return made;
}

describe("the tool cache", () => {
  it("is found by us where tool-cache puts it, and by tool-cache too", async () => {
    const tools = createTools({ RUNNER_TOOL_CACHE: join(folder, "cache") });
    expect(tools.find(key)).toBeUndefined();
    const kept = await tools.keep(key, madeFolder("one"));
    expect(kept).toBe(tools.folderOf(key));
    expect(tools.find(key)).toBe(kept);
    vi.stubEnv("RUNNER_TOOL_CACHE", join(folder, "cache"));
    expect(findWithToolCache(key.tool, key.version, key.arch)).toBe(kept);
    expect(readFileSync(join(kept, "program"), "utf8")).toBe("one");
  });

  it("gives nothing that was not kept to the end", () => {
    const tools = createTools({ RUNNER_TOOL_CACHE: folder });
    mkdirSync(tools.folderOf(key), { recursive: true });
    expect(tools.find(key)).toBeUndefined();
  });

  it("is the user's own off GitHub", () => {
    expect(createTools({ XDG_CACHE_HOME: "/c" }).folderOf(key)).toBe(
      "/c/multiarch/tools/buildctl/0.32.2/x64",
    );
    expect(createTools({ RUNNER_TOOL_CACHE: "/r" }).folderOf(key)).toBe("/r/buildctl/0.32.2/x64");
  });

  it("replaces and forgets", async () => {
    const tools = createTools({ RUNNER_TOOL_CACHE: folder });
    await tools.keep(key, madeFolder("one"));
    const kept = await tools.keep(key, madeFolder("two"));
    expect(readFileSync(join(kept, "program"), "utf8")).toBe("two");
    await tools.forget(key);
    expect(tools.find(key)).toBeUndefined();
    expect(existsSync(kept)).toBe(false);
  });

  it("is written by one at a time", async () => {
    let inside = 0;
    const work = async (): Promise<number> => {
      inside += 1;
      await delay(5);
      return inside--;
    };
    const all = Array.from({ length: 10 }, () =>
      createTools({ RUNNER_TOOL_CACHE: folder }).exclusively(key, work),
    );
    expect(new Set(await Promise.all(all))).toEqual(new Set([1]));
  });

  it("writes nothing to stdout off GitHub", async () => {
    const write = vi.spyOn(process.stdout, "write");
    await createTools({ RUNNER_TOOL_CACHE: folder }).keep(key, madeFolder("one"));
    expect(write).not.toHaveBeenCalled();
    write.mockRestore();
  });

  it("that can't be written says which folder and what to do", async () => {
    writeFileSync(join(folder, "file"), "");
    const tools = createTools({ RUNNER_TOOL_CACHE: join(folder, "file", "cache") });
    const error = {
      message: expect.stringContaining("can't be written"),
      fix: "set RUNNER_TEMP and RUNNER_TOOL_CACHE to folders that this user may write",
    };
    await expect(tools.keep(key, madeFolder("one"))).rejects.toMatchObject(error);
    const elsewhere = createTools({ RUNNER_TEMP: join(folder, "file", "temp") });
    await expect(elsewhere.inTemporaryFolder(() => Promise.resolve())).rejects.toMatchObject(error);
  });
});

describe("a temporary folder", () => {
  it("is removed, also after a failure", async () => {
    const tools = createTools({ RUNNER_TEMP: join(folder, "temp") });
    let seen = "";
    const work = tools.inTemporaryFolder((path) => {
      seen = path;
      writeFileSync(join(path, "file"), "");
      return Promise.reject(new Error("no"));
    });
    await expect(work).rejects.toThrow("no");
    expect(seen.startsWith(join(folder, "temp"))).toBe(true);
    expect(existsSync(seen)).toBe(false);
  });
});

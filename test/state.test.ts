import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openState, statePath } from "../src/state.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "state-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("statePath", () => {
  it.each([
    { env: { MULTIARCH_STATE: "/x/y.json", GITHUB_ACTIONS: "true", RUNNER_TEMP: "/t" }, path: "/x/y.json" },
    { env: { GITHUB_ACTIONS: "true", RUNNER_TEMP: "/t" }, path: "/t/multiarch.json" },
  ])("$env", ({ env, path }) => {
    expect(statePath(env, "/repo")).toBe(path);
  });

  it("differs by working directory, and is not in it", () => {
    const env = { XDG_RUNTIME_DIR: "/run/user/7" };
    expect(statePath(env, "/a")).toMatch(/^\/run\/user\/7\/multiarch-[0-9a-f]{16}\.json$/);
    expect(statePath(env, "/a")).not.toBe(statePath(env, "/b"));
    expect(statePath(env, "/a")).toBe(statePath(env, "/a"));
  });
});

describe("openState", () => {
  it("keeps what was written, for its owner alone, and leaves no draft", () => {
    const path = join(folder, "deep", "state.json");
    const state = openState(path, { dryRun: false });
    const builder = { driver: "remote", endpoints: [{ address: "a" }], removal: { kind: "none" } } as const;
    state.update((before) => ({ ...before, builder }));
    const read = openState(path, { dryRun: false }).read();
    expect(read.builder).toEqual(builder);
    expect(read.job).toMatch(/^[0-9a-f]{12}$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "deep")).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(folder, "deep"))).toEqual(["state.json"]);
  });

  it("changes nothing on disk in a dry run", () => {
    const path = join(folder, "state.json");
    const state = openState(path, { dryRun: true });
    state.update((before) => ({ ...before, job: "j" }));
    expect(state.read().job).toBe("j");
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(["", "not json", '{"version":2}', "[]"])("refuses a file that holds %j", (text) => {
    const path = join(folder, "state.json");
    writeFileSync(path, text);
    expect(() => openState(path, { dryRun: false }).read()).toThrow(
      `the state file ${path} was not written by`,
    );
  });
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { useOwnBuildctl } from "../../src/buildkit/own-buildctl.ts";
import { describeError } from "../../src/errors.ts";
import { exec } from "../../src/exec.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "multiarch-own-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const program = (lines: string, mode = 0o755): void =>
  writeFileSync(join(cwd, "my buildctl"), lines, { mode });
const use = (path = "my buildctl"): Promise<unknown> => useOwnBuildctl(path, { cwd, exec });

describe("a buildctl of one's own", () => {
  it("says its version", async () => {
    program("#!/bin/sh\necho buildctl github.com/moby/buildkit v0.32.2 abc\n");
    expect(await use()).toEqual({ path: join(cwd, "my buildctl"), version: "v0.32.2" });
  });

  it.each([
    { name: "is not there", make: () => {}, says: "is not there" },
    { name: "may not be run", make: () => program("#!/bin/sh\n", 0o644), says: "may not be run\n" },
    { name: "is of another machine", make: () => program("\u007fELFx"), says: "does not run here" },
    { name: "fails", make: () => program("#!/bin/sh\necho broken >&2; exit 3\n"), says: "broken" },
    { name: "is something else", make: () => program("#!/bin/sh\necho hello\n"), says: 'it answers "hello"' },
  ])("is refused when it $name", async ({ make, says }) => {
    make();
    const error = await use().catch((error: unknown) => describeError(error));
    expect(error).toContain(`buildctl-path: ${join(cwd, "my buildctl")}`);
    expect(error).toContain(says);
    expect(error).toContain("fix: ");
  });

  it("is not a folder", async () => {
    const error = await use(".").catch((error: unknown) => describeError(error));
    expect(error).toContain("is not a file");
  });
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unpackPrograms } from "../../src/buildkit/release-archive.ts";
import { makeArchive, type Member } from "./release-server.ts";

let folder: string;
let archive: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "multiarch-archive-"));
  archive = `${folder}.tar.gz`;
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  rmSync(archive, { force: true });
});

const write = async (...members: (readonly [string, Member])[]): Promise<void> =>
  writeFileSync(archive, await makeArchive(members));

describe("unpackPrograms", () => {
  it("takes the named programs, whole and executable", async () => {
    await write(
      ["bin/", { type: "directory" }],
      ["bin/buildctl", "client"],
      ["./bin/buildkitd", "daemon"],
      ["bin/buildkit-runc", "runc"],
    );
    expect(await unpackPrograms(archive, folder, ["buildctl", "buildkitd"])).toEqual([
      "buildctl",
      "buildkitd",
    ]);
    expect(readdirSync(folder)).toEqual(["buildctl", "buildkitd"]);
    expect(readFileSync(join(folder, "buildkitd"), "utf8")).toBe("daemon");
    expect(statSync(join(folder, "buildctl")).mode & 0o777).toBe(0o755);
  });

  it("takes all programs and nothing else; no name becomes a path, no link is made", async () => {
    await write(
      ["bin/buildctl", "client"],
      ["bin/buildkit-qemu-arm", "qemu"],
      ["bin/link", { type: "symlink", linkname: "/etc/passwd" }],
      ["bin/hard", { type: "link", linkname: "bin/buildctl" }],
      ["bin/sub/program", "x"],
      ["bin/../evil", "x"],
      ["../evil", "x"],
      ["/bin/evil", "x"],
      ["bin/.hidden", "x"],
      ["bin/-rf", "x"],
      ["buildctl", "x"],
      ["share/bin/buildctl", "x"],
    );
    expect(await unpackPrograms(archive, folder, "all")).toEqual(["buildctl", "buildkit-qemu-arm"]);
    expect(readdirSync(folder)).toEqual(["buildctl", "buildkit-qemu-arm"]);
  });

  it("does not take a link for a program", async () => {
    await write(["bin/buildctl", { type: "symlink", linkname: "/bin/sh" }]);
    expect(await unpackPrograms(archive, folder, ["buildctl"])).toEqual([]);
  });

  it("refuses a program that comes twice", async () => {
    await write(["bin/buildctl", "one"], ["./bin/buildctl", "two"]);
    await expect(unpackPrograms(archive, folder, "all")).rejects.toThrow("holds ./bin/buildctl twice");
  });

  it.each([
    { name: "no gzip", bytes: () => Promise.resolve(Buffer.from("<html>")) },
    {
      name: "half a gzip",
      bytes: async () =>
        (await makeArchive([["bin/buildctl", Buffer.alloc(1_000_000, "ab")]])).subarray(0, 700),
    },
    { name: "nothing", bytes: () => Promise.resolve(Buffer.alloc(0)) },
  ])("refuses $name", async ({ bytes }) => {
    writeFileSync(archive, await bytes());
    const taken = unpackPrograms(archive, folder, "all").catch((error: unknown) => error);
    expect(await taken).toSatisfy(
      (outcome) =>
        (Array.isArray(outcome) && outcome.length === 0) ||
        (outcome instanceof Error && outcome.message.endsWith("is not a .tar.gz that can be read")),
    );
    expect(readdirSync(folder)).not.toContain("buildctl");
  });
});

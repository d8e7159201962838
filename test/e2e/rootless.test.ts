import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, copyFileSync, cpSync, mkdirSync, mkdtempSync } from "node:fs";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestContext } from "vitest";
import { root } from "../entry/entrypoint.ts";
import { fetchManifest, lab, labEnvironment, startJob } from "./job.ts";
import { readTraces } from "./traces.ts";

// A CI job of an ordinary user without Docker, on a machine that has rootlesskit and uidmap installed for him.

const user = { name: "nobody", uid: 65534, gid: 65534 };
const folder = mkdtempSync(join(tmpdir(), "multiarch-rootless-"));
const home = join(folder, "home");
const platforms = "--platforms linux/amd64,linux/arm64";
const environment = {
  ...labEnvironment,
  HOME: home,
  TMPDIR: join(home, "tmp"),
  MULTIARCH_STATE: join(home, "state.json"),
  MULTIARCH_BUILDKITD_CONFIG: join(folder, "buildkitd.toml"),
  RUNNER_TOOL_CACHE: join(home, "tools"),
  // Root's own folders may be on PATH, too, where this user may not look.
  PATH: [join(folder, "bin"), join(folder, "private"), labEnvironment["PATH"]].join(":"),
};

/** Why this machine can't do it, in its own words; undefined when it can. */
let obstacle: string | undefined = "only root can become another user";

beforeAll(async () => {
  if (process.getuid?.() !== 0) return;
  const path = (...names: readonly string[]): string => join(folder, ...names);
  for (const name of ["bin", "etc", "home", "home/tmp", "private"]) mkdirSync(path(name));
  chmodSync(folder, 0o755);
  chmodSync(path("private"), 0o700);
  for (const name of ["rootlesskit", "newuidmap", "newgidmap"]) {
    copyFileSync(join(lab.LAB_ROOTLESS ?? "", "usr/bin", name), path("bin", name));
    chmodSync(path("bin", name), name === "rootlesskit" ? 0o755 : 0o4755);
  }
  // https://man7.org/linux/man-pages/man5/subuid.5.html
  for (const name of ["subuid", "subgid"]) writeFileSync(path("etc", name), `${user.name}:200000:65536\n`);
  copyFileSync(lab.MULTIARCH_BUILDKITD_CONFIG, path("buildkitd.toml"));
  cpSync(join(root, "dist"), path("dist"), { recursive: true });
  cpSync(join(root, "examples/hello"), path("hello"), { recursive: true });
  for (const name of ["home", "home/tmp"]) chownSync(path(name), user.uid, user.gid);
  await using registering = startJob();
  await registering.outputs("setup", platforms.split(" "));
  const { status, stderr } = asUser(`rootlesskit --state-dir=${home}/try true`, "true");
  // Anything else is for the tests to tell.
  const isRefused = status !== 0 && /operation not permitted|permission denied/i.test(stderr);
  obstacle = isRefused ? `rootlesskit does not run here: ${stderr.trim()}` : undefined;
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a script as the user, in a mount namespace where /etc has his ids, and after `before` was done there by root. */
function asUser(script: string, before: string) {
  const enter = [
    `mount -t overlay overlay -o 'lowerdir=${folder}/etc:/etc' /etc`,
    before,
    `exec setpriv --reuid=${user.uid} --regid=${user.gid} --clear-groups sh -euc "$0"`,
  ].join(" && ");
  return spawnSync("unshare", ["--mount", "sh", "-euc", enter, script], {
    cwd: folder,
    env: environment,
    encoding: "utf8",
  });
}

/** The reason is printed, or a machine that can't would look like one that did. */
function skipIfImpossible(skip: TestContext["skip"]): void {
  if (obstacle === undefined) return;
  process.stderr.write(`rootless was not tried: ${obstacle}\n`);
  skip(obstacle);
}

const node = JSON.stringify(process.execPath);
const image = `${lab.LAB_REGISTRY}/e2e/rootless`;

describe("the process driver of an ordinary user", () => {
  it.for([
    { proc: "as it is", before: "true", flag: false, mode: "sandbox" },
    {
      // As in a container: the kernel then refuses builds a /proc of their own.
      proc: "that is partly covered",
      before: "mount -t tmpfs -o ro tmpfs /proc/irq",
      flag: true,
      mode: "no-sandbox",
    },
  ])("does the main job with rootlesskit, with a /proc $proc", async ({ before, flag, mode }, { skip }) => {
    skipIfImpossible(skip);
    const traces = readTraces({ folder });
    const { status, stdout, stderr } = asUser(
      [
        `${node} dist/setup.js --driver process ${platforms} --print json >home/setup.json`,
        `cat home/multiarch-*/buildkitd/buildkitd.log >home/log`,
        `cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep '^--' >home/flags`,
        `${node} dist/build.js ${platforms} --image ${image} --context hello`,
        `${node} dist/publish-manifest.js --image ${image} --tags ${mode} --print json`,
        `${node} dist/teardown.js`,
      ].join("\n"),
      before,
    );
    expect(status, stderr).toBe(0);
    const setup = JSON.parse(readFileSync(join(home, "setup.json"), "utf8")) as Record<string, string>;
    expect(setup).toMatchObject({ driver: "process" });
    const flags = readFileSync(join(home, "flags"), "utf8").split("\n");
    expect(flags).toContain("--rootless");
    expect(flags.includes("--oci-worker-no-process-sandbox")).toBe(flag);
    expect(readFileSync(join(home, "log"), "utf8")).toContain(`oci.process-mode:${mode} `);

    const { digest } = JSON.parse(stdout) as { digest: string };
    const published = await fetchManifest(lab.LAB_REGISTRY, "e2e/rootless", mode);
    expect(published.digest).toBe(digest);
    expect(published.json.manifests.filter(({ platform }) => platform.os === "linux")).toHaveLength(2);

    expect(readdirSync(home).toSorted()).toEqual(["flags", "log", "setup.json", "tmp", "tools"]);
    expect(readdirSync(join(home, "tmp"))).toEqual([]);
    expect(readTraces({ folder })).toEqual(traces);
  });

  it("says what is missing where there is no rootlesskit", ({ skip }) => {
    skipIfImpossible(skip);
    rmSync(join(folder, "bin/rootlesskit"));
    const { status, stdout, stderr } = asUser(
      `${node} dist/setup.js --driver process ${platforms} --print json`,
      "true",
    );
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain("rootlesskit was not found on PATH");
    expect(stderr).toContain("fix: install rootlesskit and uidmap");
  });
});

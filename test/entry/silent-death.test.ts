import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runEntrypoint } from "./entrypoint.ts";

// A program that is killed prints nothing, so who looks at stderr alone takes its end for a good one.

const workers = JSON.stringify([{ id: "w", platforms: [{ architecture: "amd64", os: "linux" }] }]);
const goodBuild = JSON.stringify({
  "containerimage.digest": `sha256:${"a".repeat(64)}`,
  "containerimage.descriptor": {
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    digest: `sha256:${"a".repeat(64)}`,
    size: 1,
  },
});

/** Each does what the step asks of it, until the word comes at which it dies. */
const stubs = {
  docker: `#!/bin/sh
[ "$1" = "$DIES_AT" ] && kill -9 $$
case "$1" in
  version) echo '{"Version":"28.0.0","Arch":"amd64"}';;
  container) echo '{"id":"1d","running":true,"status":"running","image":"i","labels":{}}';;
  exec) while [ "\${1#multiarch-}" = "$1" ]; do shift; done; shift
    case "$1" in buildctl) echo "ID PLATFORMS";; *) exec "$@";; esac;;
esac
`,
  buildctl: `#!/bin/sh
for word; do
  [ "$word" = "$DIES_AT" ] && kill -9 $$
  case "$word" in
    --version) echo "buildctl github.com/moby/buildkit v0.32.2 1";;
    workers) echo '${workers}';;
    --metadata-file=*) echo '${goodBuild}' >"\${word#*=}";;
  esac
done
`,
};

let folder: string;
let env: Readonly<Record<string, string>>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "multiarch-death-"));
  mkdirSync(join(folder, "bin"));
  for (const [name, text] of Object.entries(stubs)) {
    writeFileSync(join(folder, "bin", name), text);
    chmodSync(join(folder, "bin", name), 0o755);
  }
  writeFileSync(join(folder, "Dockerfile"), "FROM scratch\n");
  env = {
    PATH: `${join(folder, "bin")}:/usr/bin:/bin`,
    // An engine elsewhere, so that nothing but these programs is asked.
    DOCKER_HOST: "tcp://192.0.2.1:2375",
    MULTIARCH_STATE: join(folder, "state.json"),
  };
});

afterEach(() => rmSync(folder, { recursive: true }));

const setUp = (diesAt: string) =>
  runEntrypoint(
    "setup",
    [
      ...["--driver", "docker-container", "--platforms", "linux/amd64"],
      ...["--buildctl-path", join(folder, "bin/buildctl"), "--print", "json"],
    ],
    { env: { ...env, DIES_AT: diesAt } },
  );

const build = (diesAt: string) =>
  runEntrypoint(
    "build",
    ["--image", "127.0.0.1:9/a/b", "--platforms", "linux/amd64", "--context", folder, "--print", "json"],
    { env: { ...env, DIES_AT: diesAt } },
  );

describe("fault 40, check 2: a program that is killed without a word", () => {
  it("is missed by nobody: with none killed, setup and build end well", async () => {
    expect(await setUp("")).toMatchObject({ code: 0 });
    expect(await build("")).toMatchObject({ code: 0 });
  });

  it.each(["version", "create", "start", "--version", "workers"])(
    "fails the setup when it dies at %s, and gives no output",
    async (word) => {
      const { code, stdout, stderr } = await setUp(word);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toMatch(/^error: /m);
      expect(stderr).toContain("SIGKILL");
    },
  );

  it("fails the build, and gives no output", async () => {
    expect(await setUp("")).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await build("build");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("linux/amd64: buildctl was killed by SIGKILL");
  });
});

import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root, runEntrypoint } from "./entrypoint.ts";

// How a build ends when buildctl says that it went well, but did not leave what it should, or nobody hears us.

const folder = mkdtempSync(join(tmpdir(), "multiarch-ends-"));
const temp = mkdtempSync(join(tmpdir(), "multiarch-ends-temp-"));
const digest = `sha256:${"a".repeat(64)}`;
const descriptor = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest, size: 1 };
const good = JSON.stringify({ "containerimage.digest": digest, "containerimage.descriptor": descriptor });

const workers = JSON.stringify([{ platforms: [{ architecture: "amd64", os: "linux" }] }]);
const buildctl = `#!/bin/sh
for word; do
  case "$word" in
    workers) echo '${workers}';;
    --metadata-file=*) [ -z "$METADATA" ] || printf %s "$METADATA" >"\${word#*=}";;
  esac
done
`;

const env = (metadata: string): Record<string, string> => ({
  PATH: `${folder}:/usr/bin:/bin`,
  BUILDKIT_HOST: "unix:///nowhere.sock",
  MULTIARCH_STATE: join(folder, "state.json"),
  RUNNER_TEMP: temp,
  METADATA: metadata,
});

const args = [
  ...["--image", "127.0.0.1:9/a/b", "--platforms", "linux/amd64", "--context", folder, "--print", "json"],
];

beforeAll(() => {
  writeFileSync(join(folder, "Dockerfile"), "FROM scratch\n");
  writeFileSync(join(folder, "buildctl"), buildctl);
  chmodSync(join(folder, "buildctl"), 0o755);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(temp, { recursive: true });
});

describe("fault 46: metadata that", () => {
  it.each([
    { what: "is not there", metadata: "" },
    { what: "is half written", metadata: good.slice(0, good.length / 2) },
    { what: "is no object", metadata: "null" },
    { what: "names no image", metadata: "{}" },
    { what: "has half a digest", metadata: good.replaceAll(digest, digest.slice(0, 40)) },
    { what: "has no size", metadata: good.replace('"size":1', '"size":"1"') },
  ])("$what fails the build, and gives no output", async ({ metadata }) => {
    const { code, stdout, stderr } = await runEntrypoint("build", args, { env: env(metadata) });
    expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^error: linux\/amd64: /m);
    expect(stderr).not.toMatch(/^\s+at |looks like a defect/m);
    expect(readdirSync(temp)).toEqual([]);
  });

  it("is whole gives them", async () => {
    const { code, stdout, stderr } = await runEntrypoint("build", args, { env: env(good) });
    expect({ code }, stderr).toEqual({ code: 0 });
    expect(JSON.parse(stdout)).toMatchObject({ digest });
  });

  it("is not there does no harm where no image is made", async () => {
    const files = ["--outputs", join(folder, "out"), "--platforms", "linux/amd64", "--context", folder];
    const { code, stderr } = await runEntrypoint("build", files, { env: env("") });
    expect({ code }, stderr).toEqual({ code: 0 });
  });
});

describe("fault 45: nobody hears us", () => {
  const run = (
    closed: readonly ("stdout" | "stderr")[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly code: number | null; readonly printed: string }> => {
    const child = spawn(process.execPath, [join(root, "dist/build.js"), ...args], {
      env: { ...env(good), ...more },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let printed = "";
    for (const name of ["stdout", "stderr"] as const) {
      if (closed.includes(name)) child[name].destroy();
      else child[name].on("data", (text: Buffer) => (printed += text.toString()));
    }
    return new Promise((done) => void child.on("close", (code) => done({ code, printed })));
  };

  it.each([{ closed: ["stdout"] }, { closed: ["stderr"] }, { closed: ["stdout", "stderr"] }] as const)(
    "with $closed closed, the build goes on, and ends without a stack trace",
    async ({ closed }) => {
      const { code, printed } = await run(closed);
      expect(code).toBe(0);
      expect(printed).not.toMatch(/^\s+at |EPIPE/m);
    },
  );

  it("without a GITHUB_OUTPUT the outputs are printed all the same", async () => {
    const { code, printed } = await run([], { GITHUB_ACTIONS: "true" });
    expect(code).toBe(0);
    expect(printed).toContain(digest);
  });

  it("a GITHUB_OUTPUT that can't be written fails the step, by its path", async () => {
    const { code, printed } = await run([], { GITHUB_ACTIONS: "true", GITHUB_OUTPUT: "/no/such/file" });
    expect(code).toBe(1);
    expect(printed).toContain("/no/such/file");
    expect(printed).not.toMatch(/^\s+at /m);
  });

  it("a HOME that can't be written is not needed", async () => {
    expect(await run([], { HOME: "/proc" })).toMatchObject({ code: 0 });
  });
});

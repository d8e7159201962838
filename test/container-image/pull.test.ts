import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ProvidedImage, provideImage } from "../../src/container-image/pull.ts";
import { describeError } from "../../src/errors.ts";
import { exec } from "../../src/exec.ts";
import { RegistryError } from "../../src/registry/error.ts";

const digest = `sha256:${"ab".repeat(32)}`;
const image = "docker.io/moby/buildkit:v1";
const mirror = "m.test/moby/buildkit:v1";

// A stand-in for the engine, because a real registry can't be made to be limited, down, and well again. It is told what
// to answer by files: `pull` takes its answers line by line, "ok" for a good one; the last is repeated.
const stub = `#!/bin/sh
folder=$(dirname "$0")
echo "$(basename "$0") $*" >>"$folder/log"
for reference; do :; done
file="$folder/$1.$(echo "$reference" | tr '/:@' '___')"
if [ "$1" = image ]; then
  if [ -f "$file" ]; then cat "$file"; else echo "Error: No such image: $reference" >&2; exit 1; fi
else
  answer=$(head -n 1 "$file" 2>/dev/null)
  if [ "$(wc -l <"$file")" -gt 1 ]; then sed -i 1d "$file"; fi
  if [ "$answer" = ok ]; then echo "Digest: ${digest}"; else echo "$answer" >&2; exit 1; fi
fi
`;

let folder: string;
let waits: number[];
let lines: string[];
let asked: string[];
let answer: Error | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "multiarch-pull-"));
  for (const engine of ["docker", "podman"]) {
    writeFileSync(join(folder, engine), stub);
    chmodSync(join(folder, engine), 0o755);
  }
  writeFileSync(join(folder, "log"), "");
  vi.stubEnv("PATH", [folder, process.env["PATH"] ?? ""].join(delimiter));
  waits = [];
  asked = [];
  answer = undefined;
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const told = (verb: "image" | "pull", reference: string, ...answers: string[]): void =>
  writeFileSync(
    join(folder, `${verb}.${reference.replaceAll(/[/:@]/g, "_")}`),
    answers.map((line) => `${line}\n`).join(""),
  );
const pulls = (): string[] =>
  readFileSync(join(folder, "log"), "utf8")
    .split("\n")
    .filter((line) => line.includes(" pull "));

const provide = (
  reference: string,
  mirrors: readonly string[] = [],
  engine: "docker" | "podman" = "docker",
): Promise<ProvidedImage> =>
  provideImage(reference, {
    engine,
    mirrors,
    exec,
    ask: async (asking, patience) => {
      asked.push(`${asking} ${patience}`);
      if (answer !== undefined) throw answer;
    },
    log: {
      debug: () => {},
      info: (line) => lines.push(line),
      warning: (line) => lines.push(`warning: ${line}`),
    },
    clock: { random: () => 1, sleep: (duration) => Promise.resolve(void waits.push(duration)) },
  });

const hubLimit =
  "Error response from daemon: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating";
const serverError = "Error response from daemon: received unexpected HTTP status: 503 Service Unavailable";
const refused =
  'Error response from daemon: Get "https://m.test/v2/": dial tcp 127.0.0.1:443: connect: connection refused';
const absent = "Error response from daemon: manifest for m.test/moby/buildkit:v1 not found: manifest unknown";
const denied =
  "Error response from daemon: pull access denied for moby/buildkit, repository does not exist or may require 'docker login': denied: requested access to the resource is denied";
const down =
  "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?";

describe("an image that is there", () => {
  it("is not pulled", async () => {
    told("image", image, "null");
    expect(await provide("moby/buildkit:v1")).toEqual({ reference: image, pulled: false });
    expect(pulls()).toEqual([]);
  });

  it("from a mirror is as good", async () => {
    told("image", mirror, "[]");
    expect(await provide(image, ["m.test"])).toEqual({ reference: mirror, pulled: false });
  });

  it("but is known by another digest is pulled", async () => {
    const pinned = `${image}@${digest}`;
    told("image", pinned, `["moby/buildkit@sha256:${"cd".repeat(32)}"]`);
    told("pull", pinned, "ok");
    expect(await provide(pinned)).toEqual({ reference: pinned, pulled: true });
    told("image", pinned, `["moby/buildkit@${digest}"]`);
    expect(await provide(pinned)).toEqual({ reference: pinned, pulled: false });
  });
});

describe("an image that is not there", () => {
  it("is pulled, and told to be pinned when it is not", async () => {
    told("pull", image, "ok");
    expect(await provide(image)).toEqual({ reference: image, pulled: true });
    expect(lines).toContain(
      `${image} is named by its tag only, so it may be another image next time; @${digest} behind it pins it`,
    );
  });

  it("is pulled by podman without a tag beside its digest", async () => {
    const pinned = `docker.io/moby/buildkit@${digest}`;
    told("pull", pinned, "ok");
    expect(await provide(`moby/buildkit:v1@${digest}`, [], "podman")).toMatchObject({ reference: pinned });
    expect(pulls()).toEqual([`podman pull ${pinned}`]);
    expect(lines.some((line) => line.includes("tag only"))).toBe(false);
  });

  it("keeps its digest on a mirror, and is run from there", async () => {
    const copy = `m.test/moby/buildkit@${digest}`;
    told("pull", copy, "ok");
    expect(await provide(`${image}@${digest}`, ["m.test"])).toEqual({ reference: copy, pulled: true });
  });

  it("is asked for again when the registry is limited or down", async () => {
    told("pull", image, hubLimit, serverError, "error: unexpected EOF", "ok");
    expect(await provide(image)).toMatchObject({ pulled: true });
    expect(waits).toEqual([500, 1000, 2000]);
    expect(lines.filter((line) => line.startsWith("warning: "))).toHaveLength(3);
    // A connection that breaks is no word of the registry's.
    expect(asked).toEqual([`${image} 300000`, `${image} 300000`]);
  });

  it("is asked for at the registry itself, which says how long to wait, less patiently where there is another", async () => {
    told("pull", mirror, hubLimit, "ok");
    answer = new RegistryError("HEAD https://m.test/v2/: 401", { status: 401 });
    expect(await provide(image, ["m.test"])).toEqual({ reference: mirror, pulled: true });
    expect(asked).toEqual([`${mirror} 10000`]);

    told("pull", mirror, hubLimit, "ok");
    told("pull", image, "ok");
    answer = new RegistryError("m.test asks to wait 3600 s", { status: 429 });
    expect(await provide(image, ["m.test"])).toEqual({ reference: image, pulled: true });
    expect(lines).toContain(`${mirror} can't be pulled (m.test asks to wait 3600 s); trying the next source`);
  });

  it.each([
    { name: "has it not", said: absent, tries: 1 },
    { name: "refuses", said: denied, tries: 1 },
    { name: "can't be reached", said: refused, tries: 1 },
    { name: "says what nobody knows", said: "Error response from daemon: the moon is full", tries: 1 },
    { name: "stays limited", said: hubLimit, tries: 3 },
    { name: "stays down", said: serverError, tries: 3 },
  ])("comes from the next source when one $name", async ({ said, tries }) => {
    told("pull", mirror, said);
    told("pull", image, "ok");
    expect(await provide(image, ["m.test"])).toEqual({ reference: image, pulled: true });
    expect(pulls()).toEqual([
      ...Array.from({ length: tries }, () => `docker pull ${mirror}`),
      `docker pull ${image}`,
    ]);
  });

  it("is given up with each source, why it failed, and the fix", async () => {
    told("pull", mirror, absent);
    told("pull", image, hubLimit);
    const error = await provide(image, ["m.test"]).catch((error: unknown) => describeError(error));
    expect(error).toBe(
      [
        `the image ${image} could not be pulled from any of its sources:`,
        `  ${mirror}: ${absent}`,
        `  ${image}: ${hubLimit} (6 tries)`,
        `fix: the registry limits pulls: log in with docker login, or name a mirror in image-mirrors`,
      ].join("\n"),
    );
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000]);
  });

  it.each([
    { said: down, fix: "start the engine" },
    { said: "write /var/lib/docker/tmp/x: no space left on device", fix: "free space on the engine's disk" },
  ])("is not looked for elsewhere when the engine itself fails: $said", async ({ said, fix }) => {
    told("pull", mirror, said);
    const error = await provide(image, ["m.test"]).catch((error: unknown) => describeError(error));
    expect(error).toContain(fix);
    expect(pulls()).toHaveLength(1);
  });
});

import { describe, expect, it } from "vitest";
import { parseBinfmtEntry } from "../../src/emulation/binfmt-misc.ts";
import { formatCommand } from "../../src/exec.ts";
import { parseInputs } from "../../src/inputs/parse.ts";
import { setupInputs } from "../../src/steps/setup/inputs.ts";
import { describeSetup, planSetup } from "../../src/steps/setup/plan.ts";
import type { SetupFacts } from "../../src/steps/setup/probe.ts";

const facts: SetupFacts = {
  docker: { version: "28.0.0", os: "linux", architecture: "amd64" },
  binfmt: [],
  host: { platform: "linux", arch: "x64" },
  cwd: "/work",
  state: { version: 1, job: "j0b", builds: {} },
  earlier: undefined,
};
const registered = ["aarch64", "arm"].map((name) =>
  parseBinfmtEntry(`qemu-${name}`, `enabled\ninterpreter /usr/bin/qemu-${name}\nflags: CF\n`),
);

function plan(given: Readonly<Record<string, string>>, change: Partial<SetupFacts> = {}) {
  const { inputs, problems } = parseInputs(setupInputs, new Map(Object.entries(given)), {});
  expect(problems).toEqual([]);
  return planSetup(inputs, { ...facts, ...change });
}

const buildkit =
  "docker.io/moby/buildkit:v0.32.2@sha256:28a898719c18a33f4e8000685287fa36fd0dd9560c6440227d3a732d79bb41d8";
const tonistiigi =
  "docker.io/tonistiigi/binfmt:qemu-v10.2.3-68@sha256:400a4873b838d1b89194d982c45e5fb3cda4593fbfd7e08a02e76b03b21166f0";
const binfmtRun = "docker run --rm --privileged --label=multiarch=j0b";

describe("registering emulators", () => {
  const arm64: SetupFacts["docker"] = { ...facts.docker, architecture: "arm64" };
  it.each<{
    name: string;
    given: Record<string, string>;
    change?: Partial<SetupFacts>;
    command: string | undefined;
  }>([
    { name: "without platforms, all", given: {}, command: `${binfmtRun} docker.io/linuxkit/binfmt:v0.8` },
    {
      name: "for a foreign platform",
      given: { platforms: "linux/amd64,linux/arm64" },
      command: `${binfmtRun} docker.io/linuxkit/binfmt:v0.8`,
    },
    {
      name: "not for what the machine runs itself",
      given: { platforms: "linux/amd64,linux/386" },
      command: undefined,
    },
    {
      name: "not for what is registered",
      given: { platforms: "linux/arm64,linux/arm/v6" },
      change: { binfmt: registered },
      command: undefined,
    },
    {
      name: "for one that is missing among others",
      given: { platforms: "linux/arm64,linux/s390x" },
      change: { binfmt: registered },
      command: `${binfmtRun} docker.io/linuxkit/binfmt:v0.8`,
    },
    {
      name: "in any case when asked to",
      given: { platforms: "linux/arm64", emulation: "binfmt" },
      change: { binfmt: registered },
      command: `${binfmtRun} docker.io/linuxkit/binfmt:v0.8`,
    },
    {
      name: "when the engine's kernel can't be read",
      given: { platforms: "linux/arm64" },
      change: { binfmt: undefined },
      command: `${binfmtRun} docker.io/linuxkit/binfmt:v0.8`,
    },
    { name: "never, when told so", given: { emulation: "none" }, command: undefined },
    {
      name: "with tonistiigi's image, only what is foreign",
      given: {
        platforms: "linux/amd64,linux/arm64,linux/arm/v7,linux/arm/v6",
        "binfmt-image": "tonistiigi/binfmt:x",
      },
      command: `${binfmtRun} tonistiigi/binfmt:x --install arm64,arm`,
    },
    {
      name: "on another machine, with tonistiigi's image",
      given: { platforms: "linux/amd64" },
      change: { docker: arm64 },
      command: `${binfmtRun} ${tonistiigi} --install amd64`,
    },
  ])("$name", ({ given, change, command }) => {
    const { register } = plan(given, change);
    expect(register && formatCommand(register.command)).toBe(command);
  });

  it("is an error when a platform needs it and it is not allowed", () => {
    expect(() => plan({ platforms: "linux/amd64,linux/arm64,linux/s390x", emulation: "none" })).toThrow(
      "emulation is none, but linux/arm64 and linux/s390x can't run on this linux/amd64 machine without it",
    );
    expect(() => plan({ platforms: "linux/arm64", emulation: "none" }, { binfmt: registered })).not.toThrow();
  });

  it("refuses an image that is not for this machine", () => {
    const given = { platforms: "linux/amd64", "binfmt-image": "linuxkit/binfmt:v0.8" };
    expect(() => plan(given, { docker: arm64 })).toThrow("runs on amd64 machines only");
  });
});

describe("starting the daemon", () => {
  const create = "docker create --name=multiarch-j0b --label=multiarch=j0b --privileged";
  it.each<{
    name: string;
    given: Record<string, string>;
    change?: Partial<SetupFacts>;
    commands: string[] | undefined;
  }>([
    { name: "the pinned image", given: {}, commands: [`${create} ${buildkit}`] },
    {
      name: "another version, by its tag",
      given: { "buildkit-version": "v0.31.0" },
      commands: [`${create} docker.io/moby/buildkit:v0.31.0`],
    },
    {
      name: "another image, network and flags",
      given: {
        "buildkit-image": "mirror/buildkit:x",
        network: "host",
        "buildkitd-flags": "--debug\n--oci-max-parallelism=2",
      },
      commands: [`${create} --network=host mirror/buildkit:x --debug --oci-max-parallelism=2`],
    },
    {
      name: "a configuration is copied in",
      given: { "buildkit-image": "b", "buildkitd-config": "ci/buildkitd.toml", "buildkitd-flags": "--debug" },
      commands: [
        "docker create --name=multiarch-j0b --label=multiarch=j0b --privileged b --config=/buildkitd.toml --debug",
        "docker cp /work/ci/buildkitd.toml multiarch-j0b:/buildkitd.toml",
      ],
    },
    {
      name: "nothing, when it runs already",
      given: { "buildkit-image": "b" },
      change: { earlier: { image: "b", running: true } },
      commands: undefined,
    },
    {
      name: "anew, when it has stopped",
      given: { "buildkit-image": "b" },
      change: { earlier: { image: "b", running: false } },
      commands: ["docker rm --force --volumes multiarch-j0b", `${create} b`],
    },
    {
      name: "anew, when it was another image",
      given: { "buildkit-image": "b" },
      change: { earlier: { image: "a", running: true } },
      commands: ["docker rm --force --volumes multiarch-j0b", `${create} b`],
    },
  ])("$name", ({ given, change, commands }) => {
    expect(plan(given, change).create?.map(formatCommand)).toEqual(commands);
  });
});

describe("getting buildctl", () => {
  it("from the release, for this machine", () => {
    const { buildctl } = plan({ "download-mirror": "http://m" });
    expect(buildctl.asset?.url).toBe(
      "http://m/moby/buildkit/releases/download/v0.32.2/buildkit-v0.32.2.linux-amd64.tar.gz",
    );
    expect(buildctl.fitsContainer).toBe(true);
  });

  it.each([
    { platform: "darwin", arch: "arm64", fits: false },
    { platform: "linux", arch: "arm64", fits: false },
  ])("not out of the container on $platform $arch", ({ fits, ...host }) => {
    expect(plan({}, { host }).buildctl.fitsContainer).toBe(fits);
  });
});

describe("describeSetup", () => {
  it("shows every command whole", () => {
    expect(
      describeSetup(
        plan({ platforms: "linux/arm64", "binfmt-image": "linuxkit/binfmt:x", "buildkit-image": "b" }),
      ),
    ).toEqual([
      `${binfmtRun} linuxkit/binfmt:x`,
      "docker create --name=multiarch-j0b --label=multiarch=j0b --privileged b",
      "docker start multiarch-j0b",
      "# buildctl v0.32.2 from the tool cache or " +
        "https://github.com/moby/buildkit/releases/download/v0.32.2/buildkit-v0.32.2.linux-amd64.tar.gz",
      "export BUILDKIT_HOST=docker-container://multiarch-j0b",
    ]);
  });
});

import { describe, expect, it } from "vitest";
import type { BinfmtMisc } from "../../src/emulation/binfmt-misc.ts";
import { formatCommand } from "../../src/exec.ts";
import { parseInputs } from "../../src/inputs/parse.ts";
import { setupInputs } from "../../src/steps/setup/inputs.ts";
import { describeSetup, planSetup } from "../../src/steps/setup/plan.ts";
import type { InspectedDaemon } from "../../src/buildkit/drivers/container.ts";
import type { ContainerPlan } from "../../src/steps/setup/plan-container.ts";
import type { SetupFacts } from "../../src/steps/setup/probe.ts";
import { containerCommands } from "../../src/steps/setup/start-container.ts";

const mounted: BinfmtMisc = { state: "mounted", enabled: true, readOnly: false, entries: [] };

const facts: SetupFacts = {
  choice: {
    driver: "docker-container",
    engine: { name: "docker", info: { version: "28.0.0", architecture: "amd64" } },
    endpoints: [],
    why: "docker answers",
  },
  architecture: "amd64",
  emulation: { binfmt: mounted, proofs: {}, isRoot: false },
  host: { platform: "linux", arch: "x64", goArch: "amd64" },
  sharesMachine: false,
  user: { name: "ci", uid: 1000, gid: 1001 },
  owner: { host: "boot/1", pid: 7, startTime: "99" },
  jobOwner: undefined,
  run: "42",
  now: 1_000_000_000,
  cwd: "/repo",
  temp: "/tmp",
  state: { version: 1, job: "j0b", builds: {} },
  statePath: "/tmp/s/state.json",
  config: "",
  existing: undefined,
  runningProcess: undefined,
};
function plan(given: Readonly<Record<string, string>>, change: Partial<SetupFacts> = {}) {
  const { inputs, problems } = parseInputs(setupInputs, new Map(Object.entries(given)), {});
  expect(problems).toEqual([]);
  return planSetup(inputs, { ...facts, ...change });
}

const buildkit =
  "docker.io/moby/buildkit:v0.32.2@sha256:28a898719c18a33f4e8000685287fa36fd0dd9560c6440227d3a732d79bb41d8";
const binfmtRun = "docker run --rm --privileged --label=multiarch=j0b";

// How emulation is planned is tested with it; here is only what it is asked.
describe("emulation", () => {
  it("registers what is missing, by the image that is named", () => {
    const { emulation } = plan({
      platforms: "linux/amd64,linux/arm64",
      "binfmt-image": "tonistiigi/binfmt:x",
    });
    expect(emulation?.plan.register && formatCommand(emulation.plan.register.command)).toBe(
      `${binfmtRun} tonistiigi/binfmt:x --install arm64`,
    );
  });

  it("registers nothing for what the machine runs itself", () => {
    expect(plan({ platforms: "linux/amd64,linux/386" }).emulation?.plan.register).toBeUndefined();
  });

  it("is an error where it is needed and not allowed", () => {
    expect(() => plan({ platforms: "linux/amd64,linux/arm64", emulation: "none" })).toThrow("linux/arm64");
  });

  it("is BuildKit's own where nothing runs containers", () => {
    const choice = { driver: "process", endpoints: [], why: "" } as const;
    const { emulation } = plan({ platforms: "linux/arm64" }, { choice });
    expect(emulation?.plan.platforms.map(({ kind }) => kind)).toEqual(["embedded"]);
  });

  it("is left to daemons that others run", () => {
    const choice = {
      driver: "remote",
      endpoints: [{ address: "tcp://127.0.0.1:1", tls: {} }],
      why: "",
    } as const;
    const { emulation, daemon } = plan({ platforms: "linux/arm64" }, { choice, emulation: undefined });
    expect(emulation).toBeUndefined();
    expect(daemon).toMatchObject({
      driver: "remote",
      remote: { endpoints: [{ address: "tcp://127.0.0.1:1" }] },
    });
  });
});

/** The labels of the container, but for the one that its settings give. */
const labels =
  "--label=multiarch=j0b --label=multiarch.spec=SPEC --label=multiarch.owner=ci --label=multiarch.run=42 " +
  "--label=multiarch.host=boot/1 --label=multiarch.pid=7 --label=multiarch.state=/tmp/s/state.json " +
  "--label=multiarch.expires=1086400";

function containerOf(
  given: Readonly<Record<string, string>>,
  change: Partial<SetupFacts> = {},
): ContainerPlan {
  const { daemon } = plan(given, change);
  if (daemon.driver === "remote" || daemon.driver === "process") throw new Error(`driver ${daemon.driver}`);
  return daemon;
}

function commandsOf(given: Readonly<Record<string, string>>, change: Partial<SetupFacts> = {}): string[] {
  return containerCommands(containerOf(given, change)).map((command) =>
    formatCommand(command).replace(/multiarch\.spec=[0-9a-f]{16}/, "multiarch.spec=SPEC"),
  );
}

describe("starting the daemon", () => {
  const create = `docker create --pull=never --name=multiarch-j0b ${labels} --privileged`;
  it.each<{
    name: string;
    given: Record<string, string>;
    change?: Partial<SetupFacts>;
    commands: string[];
  }>([
    { name: "the pinned image", given: {}, commands: [`${create} ${buildkit}`] },
    {
      name: "another version, by its tag",
      given: { "buildkit-version": "v0.31.0" },
      commands: [`${create} docker.io/moby/buildkit:v0.31.0`],
    },
    {
      name: "another image, limits, options and flags",
      given: {
        "buildkit-image": "mirror/buildkit:x",
        "daemon-network": "host",
        memory: "4g",
        cpus: "1.5",
        "container-options": "--dns=10.0.0.1\n--env=A=b c",
        allow: "network.host\ndevice=vendor.io/gpu",
        "buildkitd-flags": "--debug\n--oci-max-parallelism=2",
      },
      commands: [
        `${create} --network=host --memory=4g --cpus=1.5 --dns=10.0.0.1 '--env=A=b c' mirror/buildkit:x ` +
          "--allow-insecure-entitlement=network.host --allow-insecure-entitlement=device --debug --oci-max-parallelism=2",
      ],
    },
    {
      name: "a configuration is copied in",
      given: {
        "buildkit-image": "b",
        "buildkitd-config-inline": "debug = true",
        "buildkitd-flags": "--trace",
      },
      commands: [
        `${create} b --config=/multiarch/buildkitd.toml --trace`,
        "docker cp /tmp/s/multiarch-j0b/files multiarch-j0b:/multiarch",
      ],
    },
    {
      name: "a socket is shared where the engine sees our files",
      given: { "buildkit-image": "b" },
      change: { sharesMachine: true },
      commands: [
        `${create} --volume=/tmp/s/multiarch-j0b/socket:/run/multiarch b ` +
          "--addr=unix:///run/buildkit/buildkitd.sock --addr=unix:///run/multiarch/buildkitd.sock --group=1001",
      ],
    },
    {
      name: "root needs no group for it",
      given: { "buildkit-image": "b" },
      change: { sharesMachine: true, user: { name: "root", uid: 0, gid: 0 } },
      commands: [
        `${create.replace("owner=ci", "owner=root")} --volume=/tmp/s/multiarch-j0b/socket:/run/multiarch b ` +
          "--addr=unix:///run/buildkit/buildkitd.sock --addr=unix:///run/multiarch/buildkitd.sock",
      ],
    },
    {
      name: "a port of the loopback with mutual TLS",
      given: { "buildkit-image": "b", expose: "tcp" },
      commands: [
        `${create} --publish=127.0.0.1::1234 b --addr=unix:///run/buildkit/buildkitd.sock --addr=tcp://0.0.0.0:1234 ` +
          "--tlscacert=/multiarch/tls/ca.pem --tlscert=/multiarch/tls/server-cert.pem " +
          "--tlskey=/multiarch/tls/server-key.pem",
        "docker cp /tmp/s/multiarch-j0b/files multiarch-j0b:/multiarch",
      ],
    },
    {
      name: "the same on the host's network, on a free port",
      given: { "buildkit-image": "b", expose: "tcp", "daemon-network": "host" },
      commands: [
        `${create} --network=host b --addr=unix:///run/buildkit/buildkitd.sock --addr=tcp://127.0.0.1:0 ` +
          "--tlscacert=/multiarch/tls/ca.pem --tlscert=/multiarch/tls/server-cert.pem " +
          "--tlskey=/multiarch/tls/server-key.pem",
        "docker cp /tmp/s/multiarch-j0b/files multiarch-j0b:/multiarch",
      ],
    },
    {
      name: "a name, and a volume for its cache",
      given: { "buildkit-image": "b", name: "farm", "keep-state": "true" },
      commands: [
        `${create.replace("--name=multiarch-j0b", "--name=multiarch-farm")} --volume=multiarch-farm:/var/lib/buildkit b`,
      ],
    },
  ])("$name", ({ given, change, commands }) => {
    expect(commandsOf(given, change)).toEqual(commands);
  });
});

describe("a container that has the name already", () => {
  const own = { "buildkit-image": "b" };
  const { spec = "" } = (() => {
    const found = containerOf(own).container.labels["multiarch.spec"];
    return found === undefined ? {} : { spec: found };
  })();
  const existing = (change: Partial<InspectedDaemon> = {}): Partial<SetupFacts> => ({
    existing: {
      id: "1d",
      image: "b",
      running: true,
      status: change.running === false ? "exited" : "running",
      ...change,
      labels: { multiarch: "j0b", "multiarch.spec": spec, "multiarch.expires": "2000000", ...change.labels },
    },
  });

  it.each([
    { name: "is used when it is ours and the same", change: existing(), commands: 0 },
    { name: "is replaced when it has stopped", change: existing({ running: false }), commands: 2 },
    {
      name: "is replaced when its settings were others",
      change: existing({ labels: { "multiarch.spec": "x" } }),
      commands: 2,
    },
    {
      name: "is used when it is a neighbour's and the same",
      change: existing({ labels: { multiarch: "other" } }),
      commands: 0,
    },
    {
      name: "is replaced when it is a neighbour's and has ended",
      change: existing({ running: false, labels: { multiarch: "other" } }),
      commands: 2,
    },
    {
      name: "is waited for when a neighbour is just starting it",
      change: existing({ running: false, status: "created", labels: { multiarch: "other" } }),
      commands: 1,
    },
    {
      name: "is replaced when its job is over",
      change: existing({ labels: { multiarch: "other", "multiarch.spec": "x", "multiarch.expires": "999" } }),
      commands: 2,
    },
  ])("$name", ({ change, commands }) => {
    expect(commandsOf(own, change)).toHaveLength(commands);
  });

  it("is removed at the end only when this job made it", () => {
    const neighbour = existing({ labels: { multiarch: "other" } });
    expect(containerOf(own).removal).toMatchObject({ kind: "container", keepVolume: false });
    expect(containerOf(own, existing()).removal).toMatchObject({ kind: "container" });
    expect(containerOf(own, neighbour).removal).toEqual({ kind: "none" });
    expect(containerOf({ ...own, cleanup: "false" }).removal).toEqual({ kind: "none" });
  });

  it("listens for TCP where it did, and for its own job alone", () => {
    const exposed = { address: "tcp://127.0.0.1:40000", tls: { ca: "/ca.pem" } };
    const builder = {
      driver: "docker-container",
      endpoints: [],
      removal: { kind: "none" },
      exposed,
    } as const;
    const state = { ...facts.state, builder };
    const given = { ...own, expose: "tcp" };
    const specLabel = { "multiarch.spec": containerOf(given).container.labels["multiarch.spec"] ?? "" };
    expect(containerOf(given, { ...existing({ labels: specLabel }), state }).exposed).toEqual(exposed);
    const neighbour = existing({ labels: { multiarch: "other", ...specLabel } });
    expect(() => plan(given, { ...neighbour, state })).toThrow(
      "listens for TCP with certificates of that job",
    );
  });

  it("is left alone when it is a neighbour's with other settings, or nothing of ours", () => {
    const neighbour = existing({ labels: { multiarch: "other", "multiarch.spec": "x" } });
    expect(() => plan({ ...own, name: "n" }, neighbour)).toThrow("the daemon multiarch-n of another job");
    const stranger = {
      existing: { id: "2e", image: "nginx", running: true, status: "running", labels: {} },
    };
    expect(() => plan({ ...own, name: "n" }, stranger)).toThrow(
      "there is a container multiarch-n that is not ours",
    );
  });
});

describe("registries", () => {
  it("become tables of the daemon's configuration, their files copied along", () => {
    const given = {
      "buildkitd-config-inline": "debug = true",
      registries:
        "docker.io,mirror=m.local:5000\nm.local:5000,http\nr.local,ca=certs/ca.pem,cert=c.pem,key=/k.pem",
    };
    const { registries } = plan(given);
    expect(containerOf(given).files).toEqual([
      {
        path: "buildkitd.toml",
        text: [
          "debug = true",
          '[registry."docker.io"]',
          '  mirrors = ["m.local:5000"]',
          "",
          '[registry."m.local:5000"]',
          "  http = true",
          "",
          '[registry."r.local"]',
          "  http = false",
          '  ca = ["/multiarch/registries/0.pem"]',
          '  [[registry."r.local".keypair]]',
          '    key = "/multiarch/registries/2.pem"',
          '    cert = "/multiarch/registries/1.pem"',
          "",
        ].join("\n"),
      },
      { path: "registries/0.pem", source: "/repo/certs/ca.pem" },
      { path: "registries/1.pem", source: "/repo/c.pem" },
      { path: "registries/2.pem", source: "/k.pem" },
    ]);
    expect(registries.map(({ host }) => host)).toEqual(["docker.io", "m.local:5000", "r.local"]);
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
    { platform: "darwin", arch: "arm64", goArch: "arm64", fits: false },
    { platform: "linux", arch: "arm64", goArch: "arm64", fits: false },
  ])("not out of the container on $platform $arch", ({ fits, ...host }) => {
    expect(plan({}, { host }).buildctl.fitsContainer).toBe(fits);
  });
});

describe("describeSetup", () => {
  it("shows every command whole", () => {
    const given = { platforms: "linux/arm64", "binfmt-image": "linuxkit/binfmt:x", "buildkit-image": "b" };
    const lines = describeSetup(plan(given));
    expect(lines[0]).toBe("# driver docker-container: docker answers");
    expect(lines).toContain(`${binfmtRun} linuxkit/binfmt:x`);
    expect(lines.join("\n")).toContain(
      "docker create --pull=never --name=multiarch-j0b --label=multiarch=j0b ",
    );
    expect(lines.slice(-2)).toEqual([
      "docker start multiarch-j0b",
      "# buildctl v0.32.2 from the tool cache or " +
        "https://github.com/moby/buildkit/releases/download/v0.32.2/buildkit-v0.32.2.linux-amd64.tar.gz",
    ]);
  });
});

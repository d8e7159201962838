import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fetchManifest, lab, program, startJob } from "./job.ts";
import type { TestJob } from "./job.ts";
import { readTraces } from "./traces.ts";

const platforms = ["--platforms", "linux/amd64,linux/arm64"];

/** A PATH with everything but container engines. */
function pathWithoutEngines(job: TestJob): string {
  const folder = join(job.folder, "bin");
  mkdirSync(folder);
  for (const name of ["sh", "env", "mount", "umount", "cp", "ls"])
    symlinkSync(`/bin/${name}`, join(folder, name));
  return folder;
}

async function buildAndPublish(job: TestJob, repository: string, env: Readonly<Record<string, string>> = {}) {
  const image = ["--image", `${lab.LAB_REGISTRY}/${repository}`, ...platforms];
  await job.outputs("build", [...image, "--context", "examples/hello"], { env });
  const { digest } = await job.outputs("publish-manifest", [...image, "--tags", "t"], { env });
  expect((await fetchManifest(lab.LAB_REGISTRY, repository, "t")).digest).toBe(digest);
}

/** The daemons among this machine's processes, by their command lines. */
async function daemonProcesses(): Promise<string> {
  return program("sh", ["-c", "grep -lz ^--root= /proc/[0-9]*/cmdline 2>/dev/null | sort || true"]);
}

describe("the process driver", () => {
  it("is what auto takes where there is neither Docker nor podman, and does the main job", async () => {
    await using registering = startJob();
    await registering.outputs("setup", platforms);
    await using job = startJob();
    const before = await daemonProcesses();
    const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n").length;
    const env = { PATH: pathWithoutEngines(job) };
    const { code, stdout, stderr } = await job.step("setup", [...platforms, "--print", "json"], { env });
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("driver process: there is no Docker here");
    const setup = JSON.parse(stdout) as Record<string, string>;
    expect(setup["driver"]).toBe("process");
    await buildAndPublish(job, "e2e/process", env);

    const state = JSON.parse(readFileSync(job.env["MULTIARCH_STATE"] ?? "", "utf8")) as {
      builder: { removal: { root: string } };
    };
    expect(existsSync(state.builder.removal.root)).toBe(true);
    expect(await job.step("teardown", [], { env })).toMatchObject({ code: 0 });
    expect(existsSync(state.builder.removal.root)).toBe(false);
    expect(await daemonProcesses()).toBe(before);
    expect(readFileSync("/proc/self/mountinfo", "utf8").split("\n")).toHaveLength(mounts);
  });

  it("tells what BuildKit says of a bad configuration, and leaves nothing", async () => {
    await using job = startJob();
    const before = await daemonProcesses();
    const { code, stderr } = await job.step("setup", [
      ...["--driver", "process", "--buildkitd-config", "README.md", "--platforms", "linux/amd64"],
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/toml/i);
    expect(stderr).toContain("fix: correct buildkitd-config");
    expect(await daemonProcesses()).toBe(before);
  });
});

describe("the daemon's process of a job", () => {
  const setup = ["--driver", "process", "--platforms", "linux/amd64"];
  const pidIn = (job: TestJob): number =>
    (
      JSON.parse(readFileSync(job.env["MULTIARCH_STATE"] ?? "", "utf8")) as {
        builder: { removal: { pid: number } };
      }
    ).builder.removal.pid;
  const build = ["--image", `${lab.LAB_REGISTRY}/e2e/process-again`, "--context", "examples/hello"];

  it("is used by a second setup, also by one that fails, and replaced when it is to be another", async () => {
    await using job = startJob();
    const before = readTraces(job);
    const first = await job.outputs("setup", setup);
    const pid = pidIn(job);
    expect(await job.outputs("setup", ["--platforms", "linux/amd64"])).toEqual(first);
    expect(await job.step("setup", [...setup, "--buildctl-path", "/bin/true"])).toMatchObject({ code: 1 });
    expect(pidIn(job)).toBe(pid);
    await job.outputs("build", build);
    await job.outputs("setup", [...setup, "--buildkitd-flags=--debug"]);
    expect(pidIn(job)).not.toBe(pid);
    await job.outputs("build", build);
    await job.step("teardown", []);
    expect(readTraces(job)).toEqual(before);
  });

  it("makes room for another driver", async () => {
    await using job = startJob();
    const before = readTraces(job);
    await job.outputs("setup", setup);
    const { driver } = await job.outputs("setup", [
      "--driver",
      "docker-container",
      "--platforms",
      "linux/amd64",
    ]);
    expect(driver).toBe("docker-container");
    await job.outputs("build", build);
    await job.step("teardown", []);
    expect(readTraces(job)).toEqual(before);
  });

  it("fault 32: that was killed leaves a socket and a lock behind, which the next setup replaces", async () => {
    await using neighbour = startJob();
    await using job = startJob();
    await neighbour.outputs("setup", setup);
    const { "buildkit-host": address = "" } = await job.outputs("setup", setup);
    process.kill(pidIn(job), "SIGKILL");
    expect(existsSync(address.replace("unix://", ""))).toBe(true);
    expect(await job.outputs("setup", setup)).toMatchObject({ "buildkit-host": address });
    await job.outputs("build", build);
    await neighbour.outputs("build", build);
  });

  it("fault 38: of a setup that was killed is stopped by the next; neighbours that live are not", async () => {
    await using neighbour = startJob();
    await neighbour.outputs("setup", setup);
    await using killed = startJob();
    const before = readTraces(killed);
    const ended = await killed.step("setup", setup, {
      watch: (printed, kill) => {
        if (printed.includes("BuildKit answers")) kill("SIGKILL");
      },
    });
    expect(ended.signal).toBe("SIGKILL");
    expect(readTraces(killed)).not.toEqual(before);

    await using next = startJob();
    const { code, stderr } = await next.step("setup", setup);
    expect(code).toBe(0);
    expect(stderr).toContain(`stopped the BuildKit daemon in ${killed.folder}/multiarch-`);
    expect(readTraces(killed)).toEqual(before);
    await neighbour.outputs("build", build);
  });
});

describe("the podman driver", () => {
  it("does the main job, and leaves nothing", async () => {
    await using job = startJob();
    const env = { PATH: `${lab.LAB_PODMAN ?? ""}:${job.env["PATH"] ?? ""}` };
    const contents = () => program("podman", ["ps", "--all", "--format={{.Names}}"], { env });
    const before = await contents();
    const setup = await job.outputs("setup", [...platforms, "--driver", "podman-container"], { env });
    expect(setup["driver"]).toBe("podman-container");
    await buildAndPublish(job, "e2e/podman", env);
    expect(await job.step("teardown", [], { env })).toMatchObject({ code: 0 });
    expect(await contents()).toBe(before);
  });
});

describe("the remote driver", () => {
  it("uses daemons that others run, by BUILDKIT_HOST or by name, and leaves them there", async () => {
    await using owner = startJob();
    const { "buildkit-host": address = "" } = await owner.outputs("setup", platforms);
    for (const given of [
      { args: [], env: { BUILDKIT_HOST: address } },
      { args: ["--endpoint", address], env: {} },
    ]) {
      await using job = startJob();
      const setup = await job.outputs("setup", [...platforms, ...given.args], given);
      expect(setup).toMatchObject({ driver: "remote", "buildkit-host": address });
      await buildAndPublish(job, "e2e/remote", given.env);
      await job.step("teardown", []);
    }
    await buildAndPublish(owner, "e2e/remote");
  });

  it("speaks mutual TLS, and says what is wrong with it", async () => {
    await using owner = startJob();
    const setup = await owner.outputs("setup", [...platforms, "--expose", "tcp"]);
    const { "tcp-endpoint": address = "", "tls-folder": folder = "" } = setup;
    const files = ["--tls-ca", join(folder, "ca.pem"), "--tls-cert", join(folder, "cert.pem")];
    await using job = startJob();
    await job.outputs("setup", [
      ...platforms,
      "--endpoint",
      address,
      ...files,
      "--tls-key",
      join(folder, "key.pem"),
    ]);
    await buildAndPublish(job, "e2e/tls");

    await using other = startJob();
    const foreign = await other.outputs("setup", ["--platforms", "linux/amd64", "--expose", "tcp"]);
    const wrong = foreign["tls-folder"] ?? "";
    await using stranger = startJob();
    const refused = await stranger.step("setup", [
      ...[...platforms, "--endpoint", address, "--tls-ca", join(wrong, "ca.pem")],
      ...["--tls-cert", join(wrong, "cert.pem"), "--tls-key", join(wrong, "key.pem")],
    ]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(address);
    expect(refused.stderr).toMatch(/certificate|authority|trust/i);
  });

  it("says which endpoint does not answer", async () => {
    await using job = startJob();
    const endpoints = "unix:///no/such.sock\ndocker-container://no-such";
    const { code, stderr } = await job.step("setup", [...platforms, "--endpoint", endpoints]);
    expect(code).toBe(1);
    expect(stderr).toContain("unix:///no/such.sock");
    expect(stderr).toContain("docker-container://no-such");
    expect(stderr).toContain("fix: ");
  });

  it("refuses TCP without TLS to another machine", async () => {
    await using job = startJob();
    const { code, stderr } = await job.step("setup", ["--endpoint", "tcp://192.0.2.1:1234"]);
    expect(code).toBe(2);
    expect(stderr).toContain("tcp://192.0.2.1:1234");
  });
});

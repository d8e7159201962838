import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../entry/entrypoint.ts";
import { engineContents, lab, program, startJob } from "./job.ts";
import { readTraces } from "./traces.ts";

const hello = ["--context", "examples/hello", "--platforms", "linux/amd64"];

describe("the way to the daemon", () => {
  it("is a private socket where the engine shares our files", async () => {
    await using job = startJob();
    const { "buildkit-host": address = "" } = await job.outputs("setup", []);
    const socket = address.replace("unix://", "");
    expect(statSync(join(socket, "..")).mode & 0o777).toBe(0o700);
    await job.outputs("build", ["--image", `${lab.LAB_REGISTRY}/e2e/socket`, ...hello]);
    const ports = await program("docker", ["ps", "--filter=label=multiarch", "--format={{.Ports}}"]);
    expect(ports).toBe("");
    await job.step("teardown", []);
    expect(existsSync(socket)).toBe(false);
  });

  it("is docker exec where it does not", async () => {
    await using job = startJob();
    // An engine on TCP may be another machine; a relay to the lab's socket stands for it.
    const relay = spawn("node", ["--eval", relayProgram], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const port = await new Promise<string>((listening) => {
        relay.stdout.once("data", (text: Buffer) => listening(text.toString().trim()));
      });
      const env = { DOCKER_HOST: `tcp://127.0.0.1:${port}` };
      const setup = await job.outputs("setup", ["--platforms", "linux/amd64"], { env });
      expect(setup["buildkit-host"]).toMatch(/^docker-container:\/\/multiarch-[0-9a-f]{12}$/);
      await job.outputs("build", ["--image", `${lab.LAB_REGISTRY}/e2e/exec`, ...hello], { env });
      expect(await job.step("teardown", [], { env })).toMatchObject({ code: 0 });
    } finally {
      relay.kill();
    }
  });

  it("is TCP on the loopback with mutual TLS when that is asked for", async () => {
    await using job = startJob();
    const setup = await job.outputs("setup", ["--expose", "tcp"]);
    const { buildctl = "", "tcp-endpoint": address = "", "tls-folder": folder = "" } = setup;
    expect(address).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
    for (const file of ["ca.pem", "cert.pem", "key.pem"]) {
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    }
    const workers = ["--addr", address, "debug", "workers"];
    expect(await program(buildctl, ["--tlsdir", folder, ...workers])).toContain("linux/amd64");
    const failed = "Command failed";
    await expect(program(buildctl, ["--tlscacert", join(folder, "ca.pem"), ...workers])).rejects.toThrow(
      failed,
    );
    await expect(program(buildctl, workers)).rejects.toThrow(failed);
    expect(setup["buildx-arguments"]).toContain("--driver=remote");
    // A daemon that is used again listens where it did.
    expect(await job.outputs("setup", ["--expose", "tcp"])).toMatchObject({
      "tcp-endpoint": address,
      "tls-folder": folder,
    });
    expect(await program(buildctl, ["--tlsdir", folder, ...workers])).toContain("linux/amd64");
    await job.step("teardown", []);
    expect(existsSync(folder)).toBe(false);
  });
});

describe("a daemon that takes its time", () => {
  it("fault 31: whose container runs long before its socket is there is waited for", async () => {
    await using job = startJob();
    const container = await program("docker", ["create", lab.LAB_BUILDKIT_IMAGE]);
    const entrypoint = JSON.stringify(["sh", "-c", 'sleep 3; exec buildkitd "$@"', "sh"]);
    await program("docker", ["commit", `--change=ENTRYPOINT ${entrypoint}`, container, "late/buildkit:1"]);
    try {
      const begin = performance.now();
      await job.outputs("setup", ["--buildkit-image", "late/buildkit:1", "--platforms", "linux/amd64"]);
      expect(performance.now() - begin).toBeGreaterThan(3000);
      await job.outputs("build", ["--image", `${lab.LAB_REGISTRY}/e2e/late`, ...hello]);
    } finally {
      await job.step("teardown", []);
      await program("docker", ["rm", container]);
      await program("docker", ["rmi", "--force", "late/buildkit:1"]);
    }
  });
});

const relayProgram = `
  const net = require("node:net");
  const server = net.createServer({ allowHalfOpen: true }, (client) => {
    const engine = net.connect({ path: "/var/run/docker.sock", allowHalfOpen: true });
    client.pipe(engine).pipe(client);
    for (const side of [client, engine]) side.on("error", () => { client.destroy(); engine.destroy(); });
  });
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

describe("a named daemon", () => {
  it("keeps its cache for the next run", async () => {
    const image = ["--image", `${lab.LAB_REGISTRY}/e2e/named`, ...hello];
    const name = `e2e-${process.pid}`;
    const setup = ["--name", name, "--keep-state", "true"];
    try {
      for (const expected of ["done", "cached"]) {
        await using job = startJob();
        await job.outputs("setup", setup);
        const { stderr } = await job.step("build", image);
        expect(stderr).toMatch(new RegExp(`RUN chmod .* ${expected}`));
      }
    } finally {
      await program("docker", ["volume", "rm", `multiarch-${name}`]);
    }
  });

  it("is shared with a neighbour, who does not remove it", async () => {
    await using first = startJob();
    await using second = startJob();
    const setup = ["--name", `e2e-${process.pid}`];
    await first.outputs("setup", setup);
    await second.outputs("setup", setup);
    await second.step("teardown", []);
    await first.outputs("build", ["--image", `${lab.LAB_REGISTRY}/e2e/shared`, ...hello]);
    const { code, stderr } = await second.step("setup", [...setup, "--buildkitd-flags=--debug"]);
    expect(code).toBe(1);
    expect(stderr).toContain("of another job runs with other settings");
  });

  it("fault 33: that three jobs start at once is made by one of them, and used by all", async () => {
    const jobs = [startJob(), startJob(), startJob()];
    const args = ["--name", `e2e-${process.pid}`, "--platforms", "linux/amd64"];
    const ends = await Promise.all(jobs.map((job) => job.step("setup", args)));
    for (const { code, stderr } of ends) expect(code, stderr).toBe(0);
    for (const [index, job] of jobs.entries()) {
      await job.outputs("build", ["--image", `${lab.LAB_REGISTRY}/e2e/same-name-${index}`, ...hello]);
    }
    const maker = ends.findIndex(({ stderr }) => stderr.includes("BuildKit at unix://"));
    const others = jobs.filter((_, index) => index !== maker);
    for (const job of others) await job[Symbol.asyncDispose]();
    expect(await engineContents()).toContain(`multiarch-e2e-${process.pid}`);
    await jobs[maker]?.[Symbol.asyncDispose]();
    expect(await engineContents()).not.toContain(`multiarch-e2e-${process.pid}`);
  });

  it("fault 32: that has ended is replaced, whosever it was; one that lives is not touched", async () => {
    await using first = startJob();
    await using second = startJob();
    const name = `multiarch-e2e-${process.pid}`;
    const setup = ["--name", `e2e-${process.pid}`, "--platforms", "linux/amd64"];
    await first.outputs("setup", setup);
    const id = () => program("docker", ["inspect", "--format={{.Id}}", name]);
    const before = await id();
    expect(await second.step("setup", [...setup, "--buildkitd-flags=--debug"])).toMatchObject({ code: 1 });
    expect(await id()).toBe(before);

    await program("docker", ["kill", name]);
    await second.outputs("setup", [...setup, "--buildkitd-flags=--debug"]);
    expect(await id()).not.toBe(before);
    // The name is another job's now.
    await first.step("teardown", []);
    await second.outputs("build", ["--image", `${lab.LAB_REGISTRY}/e2e/replaced`, ...hello]);
  });

  it("stays when cleanup is false", async () => {
    const name = `e2e-stays-${process.pid}`;
    await using job = startJob();
    await job.outputs("setup", ["--name", name, "--cleanup", "false"]);
    await job.step("teardown", []);
    expect(await engineContents()).toContain(`multiarch-${name}`);
    await program("docker", ["rm", "--force", "--volumes", `multiarch-${name}`]);
  });
});

describe("orphans", () => {
  it("fault 38: of a setup that was killed are removed by the next; neighbours that live are not", async () => {
    await using neighbour = startJob();
    await neighbour.outputs("setup", []);
    await using killed = startJob();
    let container = "";
    const ended = await killed.step("setup", [], {
      watch: (printed, kill) => {
        if (printed.includes("BuildKit answers")) kill("SIGKILL");
      },
    });
    expect(ended.signal).toBe("SIGKILL");
    container = `multiarch-${(JSON.parse(readFileSync(killed.env["MULTIARCH_STATE"] ?? "", "utf8")) as { job: string }).job}`;
    expect(await engineContents()).toContain(container);

    await using next = startJob();
    const { code, stderr } = await next.step("setup", []);
    expect(code).toBe(0);
    expect(stderr).toContain(`removed the container ${container}, which a job that is over had left behind`);
    expect(await engineContents()).not.toContain(container);
    await neighbour.outputs("build", ["--image", `${lab.LAB_REGISTRY}/e2e/neighbour`, ...hello]);
  });
});

describe("many at once", () => {
  it("check 20, fault 33: ten setups and teardowns do not meet, neither in names nor in ports", async () => {
    const before = await engineContents();
    const drivers = Array.from({ length: 10 }, (_, index) =>
      index < 7 ? ["--expose", "tcp"] : ["--driver", "process"],
    );
    const jobs = drivers.map((args) => ({ args, job: startJob() }));
    const traces = jobs.map(({ job }) => readTraces(job));
    const setups = await Promise.all(
      jobs.map(({ args, job }) => job.outputs("setup", ["--platforms", "linux/amd64,linux/arm64", ...args])),
    );
    expect(new Set(setups.map((setup) => setup["buildkit-host"])).size).toBe(10);
    expect(new Set(setups.flatMap((setup) => setup["tcp-endpoint"] ?? [])).size).toBe(7);
    await Promise.all(jobs.map(({ job }) => job[Symbol.asyncDispose]()));
    expect(await engineContents()).toBe(before);
    expect(jobs.map(({ job }) => readTraces(job))).toEqual(traces);
  });
});

describe("registries", () => {
  it("said once are trusted by the daemon, and by publish", async () => {
    await using job = startJob();
    // Without the lab's own configuration the daemon knows of no mirror and of no plain HTTP.
    const config = join(job.folder, "empty.toml");
    writeFileSync(config, "");
    const registries = [
      `docker.io,mirror=${lab.LAB_REGISTRY}`,
      `${lab.LAB_REGISTRY},http`,
      `${lab.LAB_REGISTRY_AUTH},http`,
    ].join("\n");
    await job.outputs("setup", ["--buildkitd-config", config, "--registries", registries]);
    const image = `${lab.LAB_REGISTRY}/e2e/registries`;
    await job.outputs("build", ["--image", image, ...hello]);
    const { tags } = await job.outputs("publish-manifest", ["--image", image, "--tags", "t"]);
    expect(tags).toBe(`${image}:t`);
  });

  it("a configuration that BuildKit refuses is told in its own words", async () => {
    await using job = startJob();
    const { code, stderr } = await job.step("setup", ["--buildkitd-config", join(root, "README.md")]);
    expect(code).toBe(1);
    expect(stderr).toContain("ended at once:");
    expect(stderr).toMatch(/toml|expected|invalid/i);
  });
});

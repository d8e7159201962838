import { describe, expect, it } from "vitest";
import { planDaemonProcess, probeProcess } from "../../../src/buildkit/drivers/process.ts";

const request = {
  programs: "/tools/buildkit/0.32.2/x64",
  folder: "/run/user/1000/multiarch-0f/buildkitd",
  temp: "/tmp",
  job: "0f1e2d3c4b5a",
  flags: [],
  env: { PATH: "/usr/bin:/bin", HOME: "/root" },
};
const root = { uid: 0, mayMount: true, rootlesskit: undefined, procCovered: false };
const user = { uid: 1000, mayMount: false, rootlesskit: "/usr/bin/rootlesskit", procCovered: false };

describe("the plan for a buildkitd process", () => {
  it("is buildkitd itself for root, with sockets and cache in a folder of its own", () => {
    expect(planDaemonProcess(request, root)).toEqual({
      command: {
        program: "/tools/buildkit/0.32.2/x64/buildkitd",
        args: [
          "--addr=unix:///run/user/1000/multiarch-0f/buildkitd/buildkitd.sock",
          "--root=/run/user/1000/multiarch-0f/buildkitd/root",
          "--otel-socket-path=/run/user/1000/multiarch-0f/buildkitd/otel.sock",
          "--containerd-worker=false",
          "--oci-worker=true",
        ],
      },
      env: {
        PATH: "/tools/buildkit/0.32.2/x64:/usr/bin:/bin",
        HOME: "/root",
        TMPDIR: "/run/user/1000/multiarch-0f/buildkitd/tmp",
      },
      folder: "/run/user/1000/multiarch-0f/buildkitd",
      runtime: "/run/user/1000/multiarch-0f/buildkitd",
      socket: "/run/user/1000/multiarch-0f/buildkitd/buildkitd.sock",
      log: "/run/user/1000/multiarch-0f/buildkitd/buildkitd.log",
      runc: "/tools/buildkit/0.32.2/x64/buildkit-runc",
      rootlesskit: undefined,
    });
  });

  it("is rootlesskit for an ordinary user", () => {
    const { command, env, rootlesskit } = planDaemonProcess(request, user);
    expect(command).toEqual({
      program: "/usr/bin/rootlesskit",
      args: [
        "--state-dir=/run/user/1000/multiarch-0f/buildkitd/rootlesskit",
        "/tools/buildkit/0.32.2/x64/buildkitd",
        "--addr=unix:///run/user/1000/multiarch-0f/buildkitd/buildkitd.sock",
        "--root=/run/user/1000/multiarch-0f/buildkitd/root",
        "--otel-socket-path=/run/user/1000/multiarch-0f/buildkitd/otel.sock",
        "--containerd-worker=false",
        "--oci-worker=true",
        "--rootless",
      ],
    });
    expect(env["XDG_RUNTIME_DIR"]).toBe("/run/user/1000/multiarch-0f/buildkitd/xdg");
    expect(rootlesskit).toBe("/usr/bin/rootlesskit");
  });

  it("gives up the process sandbox only where /proc is covered", () => {
    const { command } = planDaemonProcess(request, { ...user, procCovered: true });
    expect(command.args.slice(-2)).toEqual(["--rootless", "--oci-worker-no-process-sandbox"]);
    expect(planDaemonProcess(request, { ...root, procCovered: true }).command.args).not.toContain(
      "--oci-worker-no-process-sandbox",
    );
  });

  it("has the configuration, then the user's flags, which so win", () => {
    const flags = ["--debug", "--oci-worker-net=host"];
    const { command } = planDaemonProcess({ ...request, config: "/w/buildkitd.toml", flags }, root);
    expect(command.args.slice(-3)).toEqual([
      "--config=/w/buildkitd.toml",
      "--debug",
      "--oci-worker-net=host",
    ]);
  });

  it.each([
    { what: "short enough", folder: `/${"x".repeat(59)}`, temp: "/tmp", runtime: `/${"x".repeat(59)}` },
    {
      what: "too deep",
      folder: `/${"x".repeat(60)}`,
      temp: "/var/tmp",
      runtime: "/var/tmp/multiarch-0f1e2d3c4b5a",
    },
    {
      what: "too deep, counted in bytes",
      folder: `/${"ü".repeat(30)}`,
      temp: "/var/tmp",
      runtime: "/var/tmp/multiarch-0f1e2d3c4b5a",
    },
    {
      what: "too deep, as is the temporary one",
      folder: `/${"x".repeat(80)}`,
      temp: `/${"y".repeat(80)}`,
      runtime: "/tmp/multiarch-0f1e2d3c4b5a",
    },
  ])("puts sockets where their paths fit: the folder is $what", ({ folder, temp, runtime }) => {
    const plan = planDaemonProcess({ ...request, folder, temp }, root);
    expect(plan.runtime).toBe(runtime);
    expect(plan.command.args[0]).toBe(`--addr=unix://${runtime}/buildkitd.sock`);
    expect(plan.command.args[1]).toBe(`--root=${folder}/root`);
    expect(plan.env["TMPDIR"]).toBe(`${runtime}/tmp`);
  });

  it("hands on what the daemon reads, and no secret of the job", () => {
    const env = {
      PATH: "/bin",
      https_proxy: "http://proxy:3128",
      NO_PROXY: "localhost",
      SSL_CERT_FILE: "/ca.pem",
      LC_ALL: "C",
      GITHUB_TOKEN: "secret",
      AWS_SECRET_ACCESS_KEY: "secret",
      MULTIARCH_TLS_KEY: "secret",
      TMPDIR: "/elsewhere",
      NOTIFY_SOCKET: "/run/systemd/notify",
    };
    expect(planDaemonProcess({ ...request, env }, root).env).toEqual({
      PATH: "/tools/buildkit/0.32.2/x64:/bin",
      https_proxy: "http://proxy:3128",
      NO_PROXY: "localhost",
      SSL_CERT_FILE: "/ca.pem",
      LC_ALL: "C",
      TMPDIR: `${request.folder}/tmp`,
    });
  });

  it.each([
    {
      what: "an ordinary user without rootlesskit",
      facts: { ...user, rootlesskit: undefined },
      says: "rootlesskit was not found on PATH",
      fix: "install rootlesskit and uidmap",
    },
    {
      what: "root that may not mount",
      facts: { ...root, mayMount: false },
      says: "no CAP_SYS_ADMIN",
      fix: "run the job in a privileged container",
    },
  ])("is refused for $what, with what to do", ({ facts, fix, says }) => {
    expect(() => planDaemonProcess(request, facts)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(says) as string,
        fix: expect.stringContaining(fix) as string,
      }),
    );
  });

  it("is made from facts of this machine", () => {
    const facts = probeProcess({ PATH: "/nowhere:relative" });
    expect(facts).toEqual({
      uid: process.getuid?.(),
      mayMount: expect.any(Boolean) as boolean,
      rootlesskit: undefined,
      procCovered: expect.any(Boolean) as boolean,
    });
  });
});

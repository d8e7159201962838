import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeContext } from "./context.ts";
import { lab, labEnvironment, startJob } from "./job.ts";
import { readFiles, readImage } from "./registry-image.ts";

// What a build may use of the machine that it does not get by itself.

const job = startJob();
const image = `${lab.LAB_REGISTRY}/e2e/privileges`;

beforeAll(() =>
  job.outputs("setup", ["--platforms", "linux/amd64", "--allow", "network.host,security.insecure"]),
);

afterAll(() => job[Symbol.asyncDispose]());

/** Builds and gives the files of the image. */
async function build(
  name: string,
  dockerfile: readonly string[],
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, string>>> {
  const context = writeContext(job, name, { Dockerfile: dockerfile });
  const common = ["--image", image, "--context", context, "--platforms", "linux/amd64"];
  const { digest = "" } = await job.outputs("build", [...common, ...args], { env });
  const { manifest } = await readImage("e2e/privileges", digest);
  return readFiles("e2e/privileges", manifest);
}

describe("an SSH agent", () => {
  const run = promisify(execFile);
  const tools = join(lab.LAB_SSH ?? "", "usr/bin");
  const key = join(job.folder, "key");
  // The image of BuildKit has a C library; what OpenSSH wants besides is on every Debian.
  const dockerfile = [
    "FROM moby/buildkit:latest AS asked",
    "COPY --from=openssh ssh-add /usr/bin/",
    "COPY --from=libraries libselinux.so.1 /lib/",
    "RUN --mount=type=ssh,id=default ssh-add -l > /default || echo none > /default",
    "RUN --mount=type=ssh,id=deploy ssh-add -l > /deploy || echo none > /deploy",
    "FROM scratch",
    "COPY --from=asked /default /deploy /",
  ];
  const tool = ["--build-contexts", `openssh=${tools}\nlibraries=/lib/x86_64-linux-gnu`];
  let agent = { socket: "", pid: 0 };
  let fingerprint = "";

  beforeAll(async () => {
    const env = labEnvironment;
    await run(join(tools, "ssh-keygen"), ["-q", "-t", "ed25519", "-N", "", "-C", "the key", "-f", key], {
      env,
    });
    const { stdout } = await run(join(tools, "ssh-agent"), ["-s", "-a", join(job.folder, "agent.sock")], {
      env,
    });
    agent = {
      socket: /SSH_AUTH_SOCK=([^;]+)/.exec(stdout)?.[1] ?? "",
      pid: Number(/SSH_AGENT_PID=(\d+)/.exec(stdout)?.[1]),
    };
    await run(join(tools, "ssh-add"), ["-q", key], { env: { ...env, SSH_AUTH_SOCK: agent.socket } });
    fingerprint = (await run(join(tools, "ssh-keygen"), ["-l", "-f", key], { env })).stdout;
  });

  afterAll(() => void process.kill(agent.pid));

  it("answers the steps that mount it", async () => {
    const env = { SSH_AUTH_SOCK: agent.socket };
    const files = await build("agent", dockerfile, [...tool, "--ssh", "default"], env);
    expect(files["default"]).toBe(fingerprint);
    expect(files["deploy"]).toBe("none\n");
  });

  it.each([
    { what: "a socket", value: () => agent.socket },
    { what: "a key", value: () => key },
  ])("can be $what, under a name of its own", async ({ value }) => {
    const files = await build("named", dockerfile, [
      ...tool,
      "--ssh",
      `deploy=${value()}`,
      "--no-cache",
      "true",
    ]);
    expect(files["default"]).toBe("none\n");
    // An agent that buildctl makes of a key knows no comment.
    expect(files["deploy"]?.split(" ")[1]).toBe(fingerprint.split(" ")[1]);
  });
});

describe("entitlements", () => {
  const capabilities = [
    "FROM busybox",
    "RUN --security=insecure grep CapEff /proc/self/status > /capabilities",
  ];
  const sandboxed = ["FROM busybox", "RUN grep CapEff /proc/self/status > /capabilities"];
  const interfaces = ["FROM busybox", "RUN ls /sys/class/net > /interfaces"];

  it("security.insecure gives a step the daemon's privileges", async () => {
    const insecure = await build("insecure", capabilities, ["--allow", "security.insecure"]);
    const usual = await build("sandboxed", sandboxed, []);
    const mask = (text = ""): bigint => BigInt(`0x${text.split(/\s+/)[1]}`);
    // CAP_SYS_ADMIN of https://man7.org/linux/man-pages/man7/capabilities.7.html
    const administers = 1n << 21n;
    expect(mask(insecure["capabilities"]) & administers).toBe(administers);
    expect(mask(usual["capabilities"]) & administers).toBe(0n);
  });

  it("network: host is allowed by itself, network: none shuts out", async () => {
    const host = await build("network", interfaces, ["--network", "host", "--no-cache", "true"]);
    const none = await build("network", interfaces, ["--network", "none", "--no-cache", "true"]);
    expect(none["interfaces"]).toBe("lo\n");
    expect(host["interfaces"]?.split("\n")).toContain("docker0");
  });

  it("that the daemon does not allow are refused, with what to do", async () => {
    await using other = startJob();
    await other.outputs("setup", ["--platforms", "linux/amd64"]);
    const cases = [
      { entitlement: "security.insecure", dockerfile: capabilities, args: ["--allow", "security.insecure"] },
      { entitlement: "network.host", dockerfile: interfaces, args: ["--network", "host"] },
    ];
    await Promise.all(
      cases.map(async ({ args, dockerfile, entitlement }) => {
        const context = writeContext(other, entitlement, { Dockerfile: dockerfile });
        const common = ["--context", context, "--platforms", "linux/amd64"];
        const { code, stderr } = await other.step("build", [...common, ...args]);
        expect(code).toBe(1);
        expect(stderr).toContain(`error: linux/amd64: granting entitlement ${entitlement} is not allowed`);
        expect(stderr).toContain("fix: the daemon must allow it, too: give setup the same allow");
      }),
    );
  });

  it("that the build does not ask for are refused", async () => {
    const context = writeContext(job, "unasked", { Dockerfile: capabilities });
    const args = ["--context", context, "--platforms", "linux/amd64"];
    const { code, stderr } = await job.step("build", args);
    expect(code).toBe(1);
    expect(stderr).toContain("security.insecure");
    expect(stderr).toMatch(/fix: .*allow/);
  });
});

describe("the machine as a step sees it", () => {
  it("has the limits, hosts, memory and arguments that were given", async () => {
    const files = await build(
      "limits",
      [
        "FROM busybox",
        "ARG FROM_ENVIRONMENT",
        "ARG GIVEN",
        "RUN ulimit -n > /files && ulimit -Hn >> /files",
        "RUN cat /etc/hosts > /hosts",
        "RUN df -k /dev/shm | tail -n 1 > /shm",
        'RUN echo "$FROM_ENVIRONMENT/$GIVEN/$HTTP_PROXY" > /arguments',
      ],
      [
        ...["--ulimit", "nofile=100:200", "--shm-size", "8m"],
        ...["--add-hosts", "one:10.0.0.1,two=fd00::2,machine:host-gateway"],
        ...["--build-args", "FROM_ENVIRONMENT", "--build-args", "GIVEN=a,b c=d"],
      ],
      { FROM_ENVIRONMENT: "from the environment" },
    );
    expect(files["files"]).toBe("100\n200\n");
    expect(files["hosts"]).toMatch(/^10\.0\.0\.1\s+one$/m);
    expect(files["hosts"]).toMatch(/^fd00::2\s+two$/m);
    // The lab's daemon is on the machine's own network.
    expect(files["hosts"]).toMatch(/^127\.0\.0\.1\s+machine$/m);
    expect(files["shm"]).toMatch(/\s8192\s/);
    expect(files["arguments"]).toBe("from the environment/a,b c=d/\n");
  });
});

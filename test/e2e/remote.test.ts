import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fetchManifest, lab, startJob } from "./job.ts";
import type { TestJob } from "./job.ts";
import type { SshServer } from "./ssh-server.ts";
import { startSshServer } from "./ssh-server.ts";
import { readTraces } from "./traces.ts";

// Daemons that are reached through a program: ssh for real, kubectl by a stand-in that does what `kubectl exec` would.

const folder = mkdtempSync(join(tmpdir(), "multiarch-remote-"));
const owner = startJob();
const platforms = ["--platforms", "linux/amd64,linux/arm64"];
let socket = "";
let buildctl = "";
let ssh: SshServer;

beforeAll(async () => {
  const outputs = await owner.outputs("setup", platforms);
  socket = (outputs["buildkit-host"] ?? "").replace("unix://", "");
  buildctl = outputs["buildctl"] ?? "";
  ssh = await startSshServer(folder, lab.LAB_SSH ?? "", buildctl);
});

afterAll(async () => {
  await ssh[Symbol.asyncDispose]();
  await owner[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const withBin = (bin: string) => ({ PATH: `${bin}:${owner.env["PATH"] ?? ""}` });

async function buildAndPublish(job: TestJob, repository: string, env: Readonly<Record<string, string>>) {
  const image = ["--image", `${lab.LAB_REGISTRY}/${repository}`, ...platforms];
  await job.outputs("build", [...image, "--context", "examples/hello"], { env });
  const { digest } = await job.outputs("publish-manifest", [...image, "--tags", "t"], { env });
  return (await fetchManifest(lab.LAB_REGISTRY, repository, "t")).digest === digest;
}

describe("ssh://", () => {
  it("reaches a daemon on another machine, builds there, and leaves it there", async () => {
    const env = withBin(ssh.bin);
    const endpoint = `${ssh.url}${socket}`;
    await using job = startJob();
    const before = readTraces(job);
    const setup = await job.outputs("setup", [...platforms, "--endpoint", endpoint], { env });
    expect(setup).toMatchObject({ driver: "remote", "buildkit-host": endpoint });
    expect(await buildAndPublish(job, "e2e/ssh", env)).toBe(true);
    await job.step("teardown", [], { env });
    expect(readTraces(job)).toEqual(before);
    expect(await buildAndPublish(owner, "e2e/ssh", {})).toBe(true);
  });

  it("says what to do about a key that the other side does not know", async () => {
    await using job = startJob();
    const endpoint = `${ssh.url}${socket}`;
    const { code, stderr } = await job.step("setup", [...platforms, "--endpoint", endpoint], {
      env: withBin(ssh.strangerBin),
    });
    expect(code).toBe(1);
    expect(stderr).toContain(
      `the BuildKit daemon at ${endpoint} can't be used: this user may not talk to it`,
    );
    expect(stderr).toContain("for ssh, give this user a key");
  });

  it("says where nobody listens on the other side", async () => {
    await using job = startJob();
    const endpoint = `${ssh.url}/no/such.sock`;
    const { code, stderr } = await job.step("setup", [...platforms, "--endpoint", endpoint], {
      env: withBin(ssh.bin),
    });
    expect(code).toBe(1);
    expect(stderr).toContain(`the BuildKit daemon at ${endpoint} can't be used: nobody listens there`);
  });
});

describe("kube-pod://", () => {
  /** A `kubectl` that finds the one pod in the one namespace, and runs there what comes behind `--`. */
  function writeKubectl(): { readonly bin: string; readonly log: string } {
    const bin = join(folder, "kubectl-bin");
    const log = join(folder, "kubectl.log");
    mkdirSync(bin);
    const script = `#!/bin/sh
echo "$*" >>'${log}'
[ "$2" = --namespace=ci ] || { echo 'Error from server (NotFound): pods "builder-0" not found' >&2; exit 1; }
while [ "$1" != -- ]; do shift; done
shift
[ "$1" = buildctl ] && shift && BUILDKIT_HOST='unix://${socket}' exec '${buildctl}' "$@"
`;
    writeFileSync(join(bin, "kubectl"), script);
    chmodSync(join(bin, "kubectl"), 0o755);
    return { bin, log };
  }

  it("reaches the daemon in a pod, and says so when there is none", async () => {
    const { bin, log } = writeKubectl();
    const env = withBin(bin);
    await using job = startJob();
    const endpoint = "kube-pod://builder-0?namespace=ci&container=buildkitd";
    const setup = await job.outputs("setup", [...platforms, "--endpoint", endpoint], { env });
    expect(setup).toMatchObject({ driver: "remote", "buildkit-host": endpoint });
    expect(await buildAndPublish(job, "e2e/kube-pod", env)).toBe(true);
    expect(readFileSync(log, "utf8").split("\n")[0]).toBe(
      "--context= --namespace=ci exec --container=buildkitd -i builder-0 -- buildctl dial-stdio",
    );

    await using other = startJob();
    const args = [...platforms, "--endpoint", "kube-pod://builder-0"];
    const { code, stderr } = await other.step("setup", args, { env });
    expect(code).toBe(1);
    expect(stderr).toContain("can't be used: there is no such pod");
    expect(stderr).toContain("say ?namespace=");
  });
});

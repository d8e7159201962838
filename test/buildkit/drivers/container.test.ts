import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DaemonContainer } from "../../../src/buildkit/drivers/container.ts";
import { findTcpPort, isNameTaken, startDaemon } from "../../../src/buildkit/drivers/container.ts";
import { exec, ExecError } from "../../../src/exec.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "multiarch-container-"));
  vi.stubEnv("PATH", [folder, process.env["PATH"] ?? ""].join(delimiter));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A docker that does, at its n-th call, what the n-th line says, and the last from there on; its calls are in a log. */
function writeDocker(lines: readonly string[]): () => readonly string[] {
  const log = join(folder, "log");
  const script = `#!/bin/sh
echo "$*" >>'${log}'
line=$(wc -l <'${log}')
[ "$line" -gt ${lines.length} ] && line=${lines.length}
eval "$(sed -n "\${line}p" '${folder}/lines')"
`;
  writeFileSync(join(folder, "docker"), script);
  writeFileSync(join(folder, "lines"), `${lines.join("\n")}\n`);
  chmodSync(join(folder, "docker"), 0o755);
  return () => readFileSync(log, "utf8").trim().split("\n");
}

const container: DaemonContainer = {
  engine: "docker",
  name: "d",
  image: "i",
  labels: {},
  options: [],
  flags: [],
  hasConfig: false,
};
const running = `echo '{"id":"1","running":true,"status":"running","image":"i","labels":{}}'`;

describe("a daemon in a container", () => {
  it("has not answered when docker exec ends well with nothing said, as when its connection breaks", async () => {
    const calls = writeDocker([":", ":", "exit 1", "echo 'ID PLATFORMS'"]);
    expect(await startDaemon(container, exec)).toBe("docker-container://d");
    expect(calls()).toEqual(["start d", ...Array.from({ length: 3 }, () => "exec d buildctl debug workers")]);
  });

  it.each([
    { log: `time="…" level=info msg="running server on 127.0.0.1:40123"`, stream: "" },
    { log: `{"level":"info","msg":"running server on 127.0.0.1:40123"}`, stream: ">&2" },
  ])("says on which of the host's ports it listens: $log", async ({ log, stream }) => {
    const first = "echo 'running server on /run/buildkit/buildkitd.sock'";
    const calls = writeDocker([first, `${first}; echo '${log}' ${stream}`]);
    expect(await findTcpPort({ ...container, tcp: { hostNetwork: true } }, exec)).toBe(40_123);
    expect(calls()).toEqual(["logs d", "logs d"]);
  });

  it("has the port that the engine published for it in a network of its own", async () => {
    const calls = writeDocker(["echo 127.0.0.1:49153"]);
    expect(await findTcpPort({ ...container, tcp: { hostNetwork: false } }, exec)).toBe(49_153);
    expect(calls()).toEqual(["port d 1234/tcp"]);
  });

  it("that ends before it listens is not waited for", async () => {
    writeDocker([
      "echo nothing",
      "echo nothing",
      "echo nothing",
      "echo nothing",
      "echo nothing",
      running.replace("true", "false"),
      "echo 'its last words'",
    ]);
    const asked = findTcpPort({ ...container, tcp: { hostNetwork: true } }, exec);
    await expect(asked).rejects.toThrow("ended at once");
  });
});

describe("isNameTaken", () => {
  it.each([
    {
      stderr:
        'Error response from daemon: Conflict. The container name "/d" is already in use by container "8f".',
      taken: true,
    },
    {
      stderr:
        'Error: creating container storage: the container name "d" is already in use by 8f. You have to remove',
      taken: true,
    },
    { stderr: "Error response from daemon: port is already allocated", taken: false },
  ])("$stderr", ({ stderr, taken }) => {
    const end = { stdout: "", stderr, exitCode: 125, signal: null };
    const cause = new ExecError({ program: "docker", args: ["create"] }, end);
    expect(isNameTaken(new Error("BuildKit did not start", { cause }))).toBe(taken);
  });
});

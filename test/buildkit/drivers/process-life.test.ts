import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ProcessRemoval } from "../../../src/buildkit/drivers/process-life.ts";
import {
  daemonProcessFailure,
  findDaemonProcesses,
  inspectDaemonProcess,
  isDaemonProcessAlive,
  readProcessLog,
  startAdvice,
  startDaemonProcess,
  stopDaemonProcess,
} from "../../../src/buildkit/drivers/process-life.ts";
import { planDaemonProcess, processAddress } from "../../../src/buildkit/drivers/process.ts";
import { CancelledError, describeError } from "../../../src/errors.ts";
import { exec } from "../../../src/exec.ts";
import { ownerOf, readStartTime } from "../../../src/owner.ts";

let base: string;
const started: ProcessRemoval[] = [];
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "mp-"));
});
afterEach(async () => {
  for (const removal of started.splice(0)) await stopDaemonProcess(removal, { exec }).catch(() => {});
  rmSync(base, { recursive: true, force: true });
});

const serves = `
const http2 = require("node:http2");
const socket = process.argv.find((argument) => argument.startsWith("--addr=unix://")).slice(14);
const serve = () => http2.createServer().listen(socket);
const fs = require("node:fs");
fs.writeFileSync(process.env.TMPDIR + "/environment", JSON.stringify(process.env));
console.error("buildkitd says hello");
`;

/** A buildkitd of which only the start and the end are real. */
function daemonOf(script: string, overrides: { folder?: string } = {}) {
  const programs = join(base, "programs");
  mkdirSync(programs, { recursive: true });
  writeFileSync(join(programs, "buildkitd"), `#!${process.execPath}\n${script}`);
  chmodSync(join(programs, "buildkitd"), 0o755);
  return planDaemonProcess(
    {
      programs,
      folder: join(base, "job"),
      temp: tmpdir(),
      job: `test${process.pid}`,
      flags: [],
      env: { ...process.env, GITHUB_TOKEN: "secret" },
      ...overrides,
    },
    { uid: 0, mayMount: true, rootlesskit: undefined, procCovered: false },
  );
}

const start = (
  daemon: ReturnType<typeof daemonOf>,
  options: Partial<Parameters<typeof startDaemonProcess>[1]> = {},
) => startDaemonProcess(daemon, { exec, onStarted: (removal) => started.push(removal), ...options });

const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "it did not fail",
    (error: unknown) => describeError(error),
  );

describe("a buildkitd process", () => {
  it("runs in a session of its own, logs to a private file, and is removed with all of its folder", async () => {
    const daemon = daemonOf(`${serves} setTimeout(serve, 200);`);
    const removal = await start(daemon);
    expect(started).toEqual([removal]);
    expect(removal).toEqual({
      kind: "process",
      pid: expect.any(Number) as number,
      startTime: readStartTime(removal.pid),
      root: join(base, "job"),
    });
    expect(isDaemonProcessAlive(removal)).toBe(true);
    expect(daemonProcessFailure(removal)).toBeUndefined();
    expect(processAddress(daemon)).toBe(`unix://${base}/job/buildkitd.sock`);
    const session = readFileSync(`/proc/${removal.pid}/stat`, "utf8").split(") ")[1]?.split(" ")[3];
    expect(session).toBe(String(removal.pid));
    expect(readProcessLog(removal.root)).toBe("buildkitd says hello");
    const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
    expect([mode(daemon.log), mode(daemon.folder), mode(join(base, "job/daemon.json"))]).toEqual([
      "600",
      "700",
      "600",
    ]);
    const environment = JSON.parse(readFileSync(join(base, "job/tmp/environment"), "utf8")) as object;
    expect(environment).toMatchObject({ TMPDIR: join(base, "job/tmp") });
    expect(environment).not.toHaveProperty("GITHUB_TOKEN");

    await stopDaemonProcess(removal, { exec });
    expect(isDaemonProcessAlive(removal)).toBe(false);
    expect(readdirSync(base)).toEqual(["programs"]);
    await stopDaemonProcess(removal, { exec });
  });

  it("has its socket in a shorter folder where its own is too deep; that goes with it, too", async () => {
    const folder = join(base, "x".repeat(60), "job");
    const daemon = daemonOf(`${serves} serve();`, { folder });
    expect(daemon.runtime).toBe(join(tmpdir(), `multiarch-test${process.pid}`));
    const removal = await start(daemon);
    expect(existsSync(daemon.socket)).toBe(true);
    await stopDaemonProcess(removal, { exec });
    expect([existsSync(daemon.runtime), existsSync(folder)]).toEqual([false, false]);
  });

  it("says why when it dies at start, without stack trace, and leaves nothing (a wrong configuration)", async () => {
    const log = String.raw`buildkitd: toml: expected character ]\nfailed to parse config\ngithub.com/moby/buildkit/cmd/buildkitd/config.Load\n\tgithub.com/moby/buildkit@v0.32.2/cmd/buildkitd/config/load.go:15\nmain.main\n\tmain.go:488\n`;
    const message = await failure(start(daemonOf(`process.stderr.write("${log}"); process.exit(1);`)));
    expect(message).toBe(
      "buildkitd has ended (exit code 1):\nbuildkitd: toml: expected character ]\nfailed to parse config\n" +
        "fix: correct buildkitd-config",
    );
    expect(readdirSync(base)).toEqual(["programs"]);
  });

  it("says so when it is killed without a word", async () => {
    const message = await failure(start(daemonOf(`process.kill(process.pid, "SIGKILL")`)));
    expect(message).toBe("buildkitd has ended (killed by SIGKILL):\n(it printed nothing)");
  });

  it("is not taken for ready while it only listens, and ends when that is cancelled", async () => {
    const controller = new AbortController();
    const listens = `${serves} require("node:net").createServer().listen(socket);`;
    const waiting = start(daemonOf(listens), { signal: controller.signal });
    setTimeout(() => controller.abort(new CancelledError("SIGTERM")), 700);
    await expect(waiting).rejects.toBeInstanceOf(CancelledError);
    expect(started.map(isDaemonProcessAlive)).toEqual([false]);
    expect(readdirSync(base)).toEqual(["programs"]);
  });

  it("can't be started from a folder that has none", async () => {
    const daemon = daemonOf("");
    rmSync(daemon.command.program);
    const message = await failure(start(daemon));
    expect(message).toContain(`${daemon.command.program} could not be started`);
    expect(readdirSync(base)).toEqual(["programs"]);
  });

  it("is killed when it does not heed SIGTERM, with what it started, but nobody else", async () => {
    const neighbour = spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
    const script = `${serves} serve(); process.on("SIGTERM", () => {});
      const child = require("node:child_process").spawn("sleep", ["60"]);
      fs.writeFileSync(process.env.TMPDIR + "/child", String(child.pid));`;
    try {
      const removal = await start(daemonOf(script));
      const child = ownerOf(Number(readFileSync(join(base, "job/tmp/child"), "utf8")));
      const begin = performance.now();
      await stopDaemonProcess(removal, { exec });
      expect(performance.now() - begin).toBeLessThan(5000);
      expect(isDaemonProcessAlive(removal)).toBe(false);
      await delay(100);
      expect(readStartTime(child.pid)).not.toBe(child.startTime);
      expect(readStartTime(neighbour.pid ?? 0)).toBeDefined();
    } finally {
      neighbour.kill("SIGKILL");
    }
  });

  it("leaves a process alone that has got its pid", async () => {
    const removal = await start(daemonOf(`${serves} serve();`));
    const another = { ...removal, startTime: String(Number(removal.startTime) + 1) };
    expect(isDaemonProcessAlive(another)).toBe(false);
    await stopDaemonProcess({ ...another, root: join(base, "elsewhere") }, { exec });
    expect(isDaemonProcessAlive(removal)).toBe(true);
  });

  it("leaves a folder alone that is not its own", async () => {
    const folder = join(base, "precious");
    mkdirSync(folder);
    const removal = { kind: "process", pid: 0, startTime: "", root: folder } as const;
    expect(await failure(stopDaemonProcess(removal, { exec }))).toContain("was not removed");
    writeFileSync(join(folder, "daemon.json"), JSON.stringify({ ...ownerOf(process.pid), host: "other" }));
    expect(await failure(stopDaemonProcess(removal, { exec }))).toContain("on another machine");
    expect(existsSync(folder)).toBe(true);
  });

  it("takes the place of one that is dead, and not of one that lives", async () => {
    const daemon = daemonOf(`${serves} serve();`);
    const first = await start(daemon);
    expect(await failure(start(daemon))).toContain("already runs");
    process.kill(first.pid, "SIGKILL");
    while (isDaemonProcessAlive(first)) await delay(10);
    expect(daemonProcessFailure(first)?.message).toBe(
      "buildkitd has ended; the end of its log:\nbuildkitd says hello",
    );
    expect(existsSync(daemon.socket)).toBe(true);
    const second = await start(daemon);
    expect(isDaemonProcessAlive(second)).toBe(true);
  });

  it("is found by its folder and among all, with its labels, until it ends", async () => {
    const daemon = daemonOf(`${serves} serve();`);
    const labels = { multiarch: "0f", "multiarch.spec": "s" };
    const removal = await start(daemon, { labels });
    const found = { removal, address: processAddress(daemon), labels };
    expect(inspectDaemonProcess(daemon.folder)).toEqual(found);
    expect(findDaemonProcesses()).toContainEqual(found);
    await stopDaemonProcess(removal, { exec });
    expect(inspectDaemonProcess(daemon.folder)).toBeUndefined();
    expect(findDaemonProcesses().map(({ removal: { root } }) => root)).not.toContain(daemon.folder);
  });

  it.skipIf(process.getuid?.() !== 0)(
    "is not found by a record that another user wrote, who could have us remove anything (needs root)",
    async () => {
      const daemon = daemonOf(`${serves} serve();`);
      await start(daemon);
      chownSync(join(daemon.folder, "daemon.json"), 65_534, 65_534);
      expect(findDaemonProcesses().map(({ removal: { root } }) => root)).not.toContain(daemon.folder);
    },
  );

  it("outlives the program that started it", async () => {
    const daemon = daemonOf(`${serves} serve();`);
    const program = `
      import { startDaemonProcess } from ${JSON.stringify(join(import.meta.dirname, "../../../src/buildkit/drivers/process-life.ts"))};
      import { exec } from ${JSON.stringify(join(import.meta.dirname, "../../../src/exec.ts"))};
      const options = { exec, onStarted: (removal) => console.log(JSON.stringify(removal)) };
      startDaemonProcess(${JSON.stringify(daemon)}, options).then(() => console.log("ready"));`;
    const file = join(base, "start.mts");
    writeFileSync(file, program);
    const child = spawn(process.execPath, ["--import", "tsx", file], {
      cwd: process.cwd(),
      stdio: ["ignore", "pipe", "inherit"],
    });
    let printed = "";
    child.stdout.on("data", (data: Buffer) => (printed += data.toString()));
    const [code] = (await once(child, "exit")) as [number | null];
    const removal = JSON.parse(printed.split("\n")[0] ?? "") as ProcessRemoval;
    started.push(removal);
    expect({ code, printed }).toMatchObject({ code: 0, printed: expect.stringContaining("ready") as string });
    expect(isDaemonProcessAlive(removal)).toBe(true);
  });
});

describe("what to do about what buildkitd ends with", () => {
  it.each([
    {
      log: "buildkitd: flag provided but not defined: -nope",
      fix: "correct buildkitd-flags: this BuildKit has no such flag, or not with this value",
    },
    {
      log: "buildkitd: invalid entitlement : everything",
      fix: "correct --allow-insecure-entitlement in buildkitd-flags",
    },
    {
      log: "buildkitd: failed to find runc binary",
      fix: "buildkitd found no runc: use a release that has bin/buildkit-runc, or install runc",
    },
    {
      log: '[rootlesskit:parent] error: failed to setup UID/GID map: exec: "newuidmap": executable file not found',
      fix: "install uidmap, and give this user ranges in /etc/subuid and /etc/subgid",
    },
    { log: "write /x: no space left on device", fix: "free some disk space" },
    { log: "buildkitd: something new", fix: undefined },
  ])("$log", ({ fix, log }) => {
    expect(startAdvice(log)).toBe(fix);
  });
});

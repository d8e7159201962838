import { describe, expect, it } from "vitest";
import { CancelledError } from "../src/errors.ts";
import {
  childEnvironment,
  exec,
  execToEnd,
  ExecError,
  formatCommand,
  ProgramMissingError,
} from "../src/exec.ts";

const node = (script: string, ...args: string[]) => ({
  program: process.execPath,
  args: ["--eval", script, "--", ...args],
});

describe("exec", () => {
  it("gives what the program printed, and its lines while it runs", async () => {
    const lines: string[] = [];
    const result = await exec(node("console.log('a\\nb'); process.stderr.write('c\\r\\nd')"), {
      onStdoutLine: (line) => lines.push(line),
      onStderrLine: (line) => lines.push(line),
    });
    expect(result).toEqual({ stdout: "a\nb\n", stderr: "c\r\nd" });
    expect(lines.toSorted()).toEqual(["a", "b", "c", "d"]);
  });

  it("passes arguments on as they are", async () => {
    const args = ["two words", '"quoted"', "$HOME", "a;b", "--flag=x y"];
    const { stdout } = await exec(node("console.log(JSON.stringify(process.argv.slice(1)))", ...args));
    expect(JSON.parse(stdout)).toEqual(args);
  });

  it("keeps letters whole that arrive in pieces", async () => {
    const pieces =
      "const b = Buffer.from('ü'); process.stdout.write(b.subarray(0, 1)); " +
      "setTimeout(() => process.stdout.write(b.subarray(1)), 50)";
    expect((await exec(node(pieces))).stdout).toBe("ü");
  });

  it("hands over stdin, and closes it when there is none", async () => {
    const echo = node("process.stdin.pipe(process.stdout)");
    expect((await exec(echo, { stdin: "hello" })).stdout).toBe("hello");
    expect((await exec(echo)).stdout).toBe("");
  });

  it.each([
    { end: "process.exit(3)", exitCode: 3, signal: null, says: "exit code 3" },
    {
      end: "process.kill(process.pid, 'SIGKILL')",
      exitCode: null,
      signal: "SIGKILL",
      says: "killed by SIGKILL",
    },
    {
      end: "process.kill(process.pid, 'SIGSEGV')",
      exitCode: null,
      signal: "SIGSEGV",
      says: "killed by SIGSEGV",
    },
  ])("fails on $says, with nothing on stderr", async ({ end, exitCode, signal, says }) => {
    const failure: unknown = await exec(node(end)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ExecError);
    expect(failure).toMatchObject({ exitCode, signal, stderr: "" });
    expect(String(failure)).toContain(says);
  });

  it("says which program is missing", async () => {
    const failure = exec({ program: "no-such-program-here", args: [] });
    await expect(failure).rejects.toThrow(ProgramMissingError);
    await expect(failure).rejects.toThrow("no-such-program-here was not found on PATH");
  });

  it("stops the program when it is cancelled", async () => {
    const controller = new AbortController();
    const begin = performance.now();
    const running = exec(node("console.log('up'); setTimeout(() => {}, 60_000)"), {
      signal: controller.signal,
      onStdoutLine: () => controller.abort(new CancelledError("SIGTERM")),
    });
    await expect(running).rejects.toThrow("cancelled by SIGTERM");
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  it.each([0, 1, 5, 20])("stops a program that is cancelled %d ms into its start", async (milliseconds) => {
    const controller = new AbortController();
    const begin = performance.now();
    const running = exec(node("setTimeout(() => {}, 60_000)"), { signal: controller.signal });
    setTimeout(() => controller.abort(new CancelledError("SIGINT")), milliseconds);
    await expect(running).rejects.toThrow("cancelled by SIGINT");
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  it("stops a program that is cancelled in the moment it is asked for", async () => {
    const controller = new AbortController();
    const running = exec(node("setTimeout(() => {}, 60_000)"), { signal: controller.signal });
    controller.abort(new CancelledError("SIGINT"));
    await expect(running).rejects.toThrow("cancelled by SIGINT");
  });

  it("kills a program that will not be interrupted", async () => {
    const controller = new AbortController();
    const stubborn = "process.on('SIGINT', () => {}); console.log('up'); setInterval(() => {}, 1000)";
    const running = exec(node(stubborn), {
      signal: controller.signal,
      onStdoutLine: () => controller.abort(new CancelledError("SIGINT")),
    });
    await expect(running).rejects.toThrow(CancelledError);
  });

  it("starts nothing once it is cancelled", async () => {
    const signal = AbortSignal.abort(new CancelledError("SIGINT"));
    await expect(exec(node("process.exit(9)"), { signal })).rejects.toThrow(CancelledError);
  });
});

describe("execToEnd", () => {
  it("lets a program end that was under way, and then gives way", async () => {
    const controller = new AbortController();
    const lines: string[] = [];
    const slow = node("console.log('begun'); setTimeout(() => console.log('ended'), 300)");
    const running = execToEnd(controller.signal)(slow, {
      onStdoutLine: (line) => {
        lines.push(line);
        controller.abort(new CancelledError("SIGINT"));
      },
    });
    await expect(running).rejects.toThrow("cancelled by SIGINT");
    expect(lines).toEqual(["begun", "ended"]);
    await expect(execToEnd(controller.signal)(slow)).rejects.toThrow("cancelled by SIGINT");
  });
});

describe("childEnvironment", () => {
  it("keeps our inputs, which may be secret, from children", () => {
    const env = {
      PATH: "/bin",
      DOCKER_HOST: "x",
      INPUT_SECRETS: "s",
      PLUGIN_PASSWORD: "s",
      MULTIARCH_TAGS: "t",
      NONE: undefined,
    };
    expect(childEnvironment(env)).toEqual({ PATH: "/bin", DOCKER_HOST: "x" });
  });
});

describe("formatCommand", () => {
  it.each([
    { args: ["run", "--rm", "a/b:c"], text: "docker run --rm a/b:c" },
    { args: ["it's", "a b", "$x", ""], text: "docker 'it'\\''s' 'a b' '$x' ''" },
  ])("$text", ({ args, text }) => {
    expect(formatCommand({ program: "docker", args })).toBe(text);
  });
});

import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { program } from "./job.ts";

export interface SshServer extends AsyncDisposable {
  /** `ssh://builder@127.0.0.1:PORT` */
  readonly url: string;
  /** A folder for PATH with an `ssh` that knows the server and has a key for it. */
  readonly bin: string;
  /** The same with a key that the server does not know. */
  readonly strangerBin: string;
}

/** OpenSSH's server on a free port of the loopback, with keys of its own, and `buildctl` on the PATH of those who log in. */
export async function startSshServer(folder: string, root: string, buildctl: string): Promise<SshServer> {
  const libraries = ["usr/lib", "lib"].map((name) => join(root, name, "x86_64-linux-gnu")).join(":");
  const env = { LD_LIBRARY_PATH: libraries };
  const keys = await Promise.all(
    ["host", "user", "stranger"].map(async (name) => {
      const file = join(folder, name);
      const args = ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file];
      await program(join(root, "usr/bin/ssh-keygen"), args, { env });
      return { file, text: readFileSync(`${file}.pub`, "utf8") };
    }),
  );
  const [host, user, stranger] = keys;
  const port = await freePort();
  const write = (name: string, lines: readonly string[]): string => {
    const file = join(folder, name);
    writeFileSync(file, `${lines.join("\n")}\n`);
    return file;
  };
  // https://man.openbsd.org/sshd_config
  const config = write("sshd_config", [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${host?.file}`,
    `AuthorizedKeysFile ${user?.file}.pub`,
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "PermitRootLogin prohibit-password",
    "StrictModes no",
    "PidFile none",
    `SetEnv PATH=${dirname(buildctl)}:/usr/bin:/bin`,
  ]);
  // It wants users and a folder that its package would have installed; it gets them in a mount namespace of its own.
  const passwd = write("passwd", [
    readFileSync("/etc/passwd", "utf8").trimEnd(),
    "sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin",
    "builder:x:0:0::/:/bin/sh",
  ]);
  const start =
    'mount --bind "$1" /etc/passwd && mount -t tmpfs tmpfs /run && mkdir /run/sshd && exec "$2" -D -e -f "$3"';
  const words = ["sh", "-c", start, "sh", passwd, join(root, "usr/sbin/sshd"), config];
  const server = spawn("unshare", ["--mount", ...words], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  server.stderr.on("data", (data: Buffer) => (said += data.toString()));
  const ended = new Promise<void>((done) => server.once("close", () => done()));
  const deadline = Date.now() + 10_000;
  while (!(await listens(port))) {
    if (server.exitCode !== null || Date.now() > deadline) throw new Error(`sshd did not start:\n${said}`);
    await sleep(20);
  }
  const known = write("known_hosts", [`[127.0.0.1]:${port} ${host?.text.trim()}`]);
  const client = (name: string, key: string | undefined): string => {
    // https://man.openbsd.org/ssh_config
    const settings = write(`${name}_config`, [
      `IdentityFile ${key}`,
      "IdentitiesOnly yes",
      "BatchMode yes",
      "StrictHostKeyChecking yes",
      `UserKnownHostsFile ${known}`,
    ]);
    const bin = join(folder, `${name}-bin`);
    mkdirSync(bin);
    const text = `#!/bin/sh\nLD_LIBRARY_PATH='${libraries}' exec '${root}/usr/bin/ssh' -F '${settings}' "$@"\n`;
    writeFileSync(join(bin, "ssh"), text);
    chmodSync(join(bin, "ssh"), 0o755);
    return bin;
  };
  return {
    url: `ssh://builder@127.0.0.1:${port}`,
    bin: client("client", user?.file),
    strangerBin: client("stranger", stranger?.file),
    [Symbol.asyncDispose]: async () => {
      server.kill();
      await ended;
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

import { spawn } from "node:child_process";

import { WorkError } from "../errors.ts";
import type { Credentials } from "./credentials.ts";

/** Runs `docker-credential-<name> get` with the server on stdin. */
export type RunHelper = (program: string, server: string) => Promise<HelperResult>;

export type HelperResult = { readonly exitCode: number; readonly stdout: string };

/** What docker's helpers print when they simply have nothing. */
const notFound = "credentials not found in native keychain";

/**
 * What a credential helper has for a server (the docker-credential-helpers protocol); undefined when it has nothing.
 * Throws WorkError naming the helper; its output, which may hold the secret, is never shown.
 */
export async function askHelper(
  name: string,
  server: string,
  run: RunHelper,
): Promise<Credentials | undefined> {
  if (!/^[A-Za-z0-9._-]+$/.test(name)) {
    throw new WorkError(`${JSON.stringify(name)} is not the name of a credential helper`);
  }
  const program = `docker-credential-${name}`;
  const { exitCode, stdout } = await run(program, server);
  if (exitCode !== 0) {
    if (stdout.trim() === notFound) return undefined;
    throw new WorkError(`${program} failed for ${server} with exit code ${exitCode}`, {
      fix: `run: echo ${server} | ${program} get`,
    });
  }
  return parseHelperOutput(stdout, program);
}

/** `{"Username","Secret"}`; the user `<token>` means that the secret is an identity token. */
export function parseHelperOutput(stdout: string, program: string): Credentials | undefined {
  let value: unknown;
  try {
    value = JSON.parse(stdout);
  } catch {
    throw new WorkError(`${program} did not print JSON`);
  }
  const { Username: username, Secret: secret } = (value ?? {}) as Record<string, unknown>;
  if (typeof username !== "string" || typeof secret !== "string") {
    throw new WorkError(`${program} printed no Username and Secret`);
  }
  if (secret === "") return undefined;
  return username === "<token>" ? { identityToken: secret } : { username, password: secret };
}

/** The real thing: no shell, at most `limit` milliseconds and 1 MiB of output. */
export const spawnHelper = (program: string, server: string, limit = 30_000): Promise<HelperResult> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, ["get"], { stdio: ["pipe", "pipe", "ignore"] });
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (why: string): void => {
      child.kill("SIGKILL");
      // A program that the helper started may hold its output open, which would keep us from ending.
      child.stdout.destroy();
      reject(
        new WorkError(`${program} was stopped: ${why}`, { fix: `run: echo ${server} | ${program} get` }),
      );
    };
    const timer = setTimeout(() => stop(`no answer within ${limit / 1000} s`), limit);
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > 1024 * 1024) stop("it printed over 1 MiB");
      else chunks.push(chunk);
    });
    child.on("error", (cause) => {
      clearTimeout(timer);
      reject(
        new WorkError(`cannot run ${program}`, { cause, fix: `install ${program} or log in without it` }),
      );
    });
    child.on("close", (exitCode, signal) => {
      clearTimeout(timer);
      if (exitCode === null) reject(new WorkError(`${program} was ended by ${signal}`));
      else resolve({ exitCode, stdout: Buffer.concat(chunks).toString("utf8") });
    });
    // A helper that does not read its input closes the pipe; its exit code tells the rest.
    child.stdin.on("error", () => {});
    child.stdin.end(server);
  });

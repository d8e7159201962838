import { mkdirSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { WorkError } from "./errors.ts";
import type { Env } from "./inputs/parse.ts";

/** A tool by its name, exact version (`0.32.2`) and architecture in the cache. */
export interface ToolKey {
  readonly tool: string;
  readonly version: string;
  readonly arch: string;
}

/** The runner's tool cache and its downloads. */
export interface Tools {
  /** The folder of a cached tool, or undefined. */
  readonly find: (key: ToolKey) => Promise<string | undefined>;
  /** Keeps one file as `name` in the cache; gives the folder that it is in. */
  readonly keep: (key: ToolKey, file: string, name: string) => Promise<string>;
  /** Downloads a file into the runner's temp folder; gives its path. */
  readonly download: (url: string) => Promise<string>;
  /** A small text file; rejects with a WorkError when the server can't be reached or does not have it. */
  readonly fetchText: (url: string) => Promise<string>;
}

const textLimit = 16 * 1024 * 1024;

/** @actions/tool-cache, usable off GitHub: with folders of the user's, and silent on stdout. */
export function createTools(env: Env): Tools {
  // tool-cache reads these from the process and fails without them.
  const load = async () => {
    process.env["RUNNER_TEMP"] ||= join(tmpdir(), `multiarch-tools-${process.getuid?.() ?? "user"}`);
    process.env["RUNNER_TOOL_CACHE"] ||= join(
      env["XDG_CACHE_HOME"] || join(homedir(), ".cache"),
      "multiarch",
      "tools",
    );
    mkdirSync(process.env["RUNNER_TEMP"], { recursive: true, mode: 0o700 });
    return import("@actions/tool-cache");
  };
  const onGithub = env["GITHUB_ACTIONS"] === "true";
  const quietly = async <T>(work: () => T | Promise<T>): Promise<T> =>
    onGithub ? work() : withoutStdout(work);
  return {
    find: async ({ tool, version, arch }) => {
      const toolCache = await load();
      return (await quietly(() => toolCache.find(tool, version, arch))) || undefined;
    },
    keep: async ({ tool, version, arch }, file, name) => {
      const toolCache = await load();
      return quietly(() => toolCache.cacheFile(file, name, tool, version, arch));
    },
    download: async (url) => {
      const toolCache = await load();
      return quietly(() => toolCache.downloadTool(url));
    },
    fetchText: async (url) => {
      const { HttpClient } = await import("@actions/http-client");
      const client = new HttpClient("multiarch", [], { socketTimeout: 20_000, maxRetries: 1 });
      try {
        const response = await client.get(url);
        const status = response.message.statusCode;
        if (status !== 200) throw new WorkError(`GET ${url} answered ${status}`);
        let size = 0;
        response.message.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > textLimit)
            response.message.destroy(new Error(`${url} is larger than ${textLimit} bytes`));
        });
        return await response.readBody();
      } catch (error) {
        if (error instanceof WorkError) throw error;
        throw new WorkError(`GET ${url} failed`, { cause: error });
      } finally {
        client.dispose();
      }
    },
  };
}

let muted = 0;

/** Off GitHub stdout belongs to results, and @actions/core writes `::debug::` lines there. */
async function withoutStdout<T>(work: () => T | Promise<T>): Promise<T> {
  if (muted === 0) process.stdout.write = () => true;
  muted += 1;
  try {
    return await work();
  } finally {
    muted -= 1;
    // Uncovers the method that the stream's class has.
    if (muted === 0) Reflect.deleteProperty(process.stdout, "write");
  }
}

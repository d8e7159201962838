import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { performedCommands } from "../host/runner-commands.ts";
import { readBlob, readManifest } from "./registry-image.ts";

/** Reads the arguments of all processes again and again while the work goes on; gives those that have one of the words. */
export async function watchArguments(
  words: readonly string[],
  work: () => Promise<void>,
): Promise<{ readonly rounds: number; readonly found: readonly string[] }> {
  const found = new Set<string>();
  let rounds = 0;
  const timer = setInterval(() => {
    rounds += 1;
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      const command = readIfThere(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
      if (words.some((word) => command.includes(word))) found.add(command);
    }
  }, 5);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return { rounds, found: [...found] };
}

/** Path to permissions of everything in a folder. */
export function readModes(folder: string): Readonly<Record<string, string>> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), (statSync(path).mode & 0o777).toString(8)];
    }),
  );
}

/** The files below a folder in which one of the words stands. */
export function findInFiles(folder: string, words: readonly string[]): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => words.some((word) => readFileSync(file, "latin1").includes(word)));
}

/** All that a registry has of what a digest names, each blob as it is and unpacked. */
export async function readAllBlobs(repository: string, digest: string): Promise<readonly string[]> {
  const { json } = await readManifest(repository, digest);
  const children = "manifests" in json ? json.manifests : [];
  const inner = children.map((child) => readAllBlobs(repository, child.digest));
  const blobs = "config" in json ? [json.config, ...json.layers] : [];
  const read = blobs.map(async (blob) => {
    const bytes = await readBlob(repository, blob.digest);
    const texts = blob.mediaType.endsWith("+gzip") ? [bytes, gunzipSync(bytes)] : [bytes];
    return texts.map((text) => text.toString("latin1"));
  });
  return [JSON.stringify(json), ...(await Promise.all([...inner, ...read])).flat()];
}

/** What was printed, and behind it what stands in it as base64: the logs in BuildKit's own progress. */
export function decodeLogs(printed: string): string {
  const logs = [...printed.matchAll(/"data":"([^"]*)"/g)];
  return [printed, ...logs.map(([, data = ""]) => Buffer.from(data, "base64").toString())].join("\n");
}

/** What GitHub's runner makes of it: it carries out the commands, and hides what it was told to from then on. */
export function asRunnerShows(printed: string): string {
  const masks = new Set<string>();
  return performedCommands(printed, ["add-mask", "group", "endgroup", "warning", "error", "debug"])
    .flatMap((line) => {
      if (typeof line === "string" || line.command !== "add-mask") {
        return typeof line === "string" ? line : line.data;
      }
      for (const mask of [line.data, ...line.data.split(/\r?\n/)]) if (mask !== "") masks.add(mask);
      return [];
    })
    .map((line) => [...masks].reduce((text, mask) => text.replaceAll(mask, "***"), line))
    .join("\n");
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

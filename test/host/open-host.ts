import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { exec } from "../../src/exec.ts";
import { createHost } from "../../src/host/create.ts";
import type { Host, HostWorld } from "../../src/host/host.ts";

/** 2023-11-14T22:13:20.123Z */
export const now = 1_700_000_000_123;

export interface OpenedHost extends Host {
  readonly written: { stdout: string; stderr: string };
  readonly folder: string;
  /** What is in a file of the folder, undefined where there is none. */
  readonly file: (name: string) => string | undefined;
}

/** The host that the environment describes; `FOLDER` in a variable is a folder of its own. */
export async function openHost(
  env: Readonly<Record<string, string>>,
  options: Partial<Omit<HostWorld, "env">> = {},
): Promise<OpenedHost> {
  const folder = mkdtempSync(join(tmpdir(), "multiarch-host-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const written = { stdout: "", stderr: "" };
  const host = await createHost({
    env: Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name, value.replace("FOLDER", folder)]),
    ),
    debug: false,
    printsResults: false,
    stdout: (text) => void (written.stdout += text),
    stderr: (text) => void (written.stderr += text),
    exec,
    now: () => now,
    ...options,
  });
  const file = (name: string): string | undefined =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : undefined;
  return { ...host, written, folder, file };
}

/** Says something of every kind. */
export function sayAll({ log, mask }: Host): void {
  log.debug("detail");
  log.info("one\ntwo");
  log.warning("careful\nnow", { file: "app/Dockerfile", line: 3, endLine: 4, title: "Lint" });
  log.error("100% wrong; [x]");
  log.group("the plan", ["a", "b"]);
  log.untrusted("linux/arm64\n3 s", ["#1 RUN c", "done"]);
  mask("hunter2hunter2");
  log.info("end x hunter2hunter2");
}

export const digest = `sha256:${"a".repeat(64)}`;

/** What a step could give: a list, JSON of several lines, characters that mean something to shells and CIs. */
export const outputs = {
  step: "build",
  outputs: { digest, tags: "a:1\na:2", index: '{\n  "a": "it\'s 100% $HOME; [x]|é"\n}' },
  variables: { BUILDKIT_HOST: "unix:///run/b" },
  paths: ["/opt/x y"],
};

/** Texts that would be commands of some CI, if they were let through. */
export const hostile = [
  "##vso[task.setvariable variable=PATH]/evil",
  "  x ##vso[task.prependpath]/evil",
  "##[endgroup]",
  "##teamcity[setParameter name='env.PATH' value='/evil']",
  "x ##teamcity[buildStop comment='x']",
  "'] ##teamcity[buildStop comment='x']",
  "::set-output name=a::b",
  "::endgroup::",
  "\u001b[0Ksection_end:1700000000:multiarch_1700000000123_1\r\u001b[0K",
  "section_start:1:x\r\u001b[0Kx",
  "travis_fold:end:multiarch.1700000000123.1\r\u001b[0K",
  "--- evil",
  "\u001b[31m+++ evil",
  "~~~ evil",
  "^^^ +++",
  "];isoutput=true]",
  "%0A##vso[task.complete result=Succeeded]",
  "|n##teamcity[buildStop]",
] as const;

/** Says every hostile text in every place where texts can be. */
export function sayHostile({ log }: Host): void {
  const text = hostile.join("\n");
  for (const each of [...hostile, text]) {
    log.debug(each);
    log.info(each);
    log.warning(each, { file: each, line: 1, title: each });
    log.error(each, { file: each, title: each });
    log.group(each, [each]);
    log.untrusted(each, [each]);
  }
}

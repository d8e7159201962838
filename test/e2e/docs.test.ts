import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "../entry/entrypoint.ts";
import { engineContents, fetchManifest, lab, startJob } from "./job.ts";

it("the commands of docs/build.md work", async () => {
  const [, text = ""] = /```sh\n([\s\S]*?)```/.exec(readFileSync("docs/build.md", "utf8")) ?? [];
  await using job = startJob();
  const before = await engineContents();
  const out = join(job.folder, "out");
  const commands = text
    .replaceAll("ghcr.io/someone/server", `${lab.LAB_REGISTRY}/e2e/docs`)
    .replaceAll("dest=out", `dest=${out}`);
  expect(commands).toContain(out);
  const { status, stderr } = spawnSync("bash", ["-eu", "-c", commands], {
    cwd: root,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], ...job.env },
  });
  expect(status, stderr).toBe(0);
  for (const folder of ["linux_amd64", "linux_arm64"]) {
    expect(existsSync(join(out, folder, "usr/local/bin/hello"))).toBe(true);
  }
  for (const tag of ["latest-amd64", "latest-arm64"]) await fetchManifest(lab.LAB_REGISTRY, "e2e/docs", tag);
  expect(await engineContents()).toBe(before);
  rmSync(out, { recursive: true });
});

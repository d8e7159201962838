import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { engineContents, fetchManifest, lab, startJob } from "./job.ts";

const platforms = "linux/amd64,linux/arm64";

describe.each([
  { signal: "SIGINT" as const, code: 130 },
  { signal: "SIGTERM" as const, code: 143 },
])("$signal", ({ signal, code }) => {
  it.each([
    { moment: "when the driver is chosen", seen: /driver docker-container/ },
    { moment: "when buildctl is there", seen: /buildctl ready/ },
    { moment: "when BuildKit answers", seen: /BuildKit answers/ },
    { moment: "when the builds begin", seen: /linux\/amd64 +building/ },
    { moment: "while a platform is built", seen: /\| the step has begun/ },
  ])("$moment ends all with exit code $code, and leaves nothing", async ({ seen }) => {
    await using job = startJob();
    const before = await engineContents();
    const [context, temp] = [join(job.folder, "context"), join(job.folder, "temp")];
    mkdirSync(context);
    mkdirSync(temp);
    writeFileSync(
      join(context, "Dockerfile"),
      `FROM busybox\nRUN echo "the step has begun" && sleep 100 # ${signal}\n`,
    );
    let sent = 0;
    const image = `${lab.LAB_REGISTRY}/e2e/cancelled`;
    const args = ["--image", image, "--tags", "t", "--platforms", platforms, "--context", context];
    const ended = await job.step("multiarch", args, {
      env: { RUNNER_TEMP: temp },
      watch: (printed, kill) => {
        if (sent > 0 || !seen.test(printed)) return;
        sent = performance.now();
        kill(signal);
      },
    });
    const seconds = (performance.now() - sent) / 1000;
    expect(ended, ended.stderr).toMatchObject({ code, stdout: "" });
    expect(ended.stderr).toContain(`cancelled by ${signal}`);
    expect(seconds).toBeLessThan(7);
    expect(await engineContents()).toBe(before);
    expect(readdirSync(temp)).toEqual([]);
    await expect(fetchManifest(lab.LAB_REGISTRY, "e2e/cancelled", "t")).rejects.toThrow("404");
  });
});

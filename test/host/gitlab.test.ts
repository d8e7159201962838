import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openHost } from "./open-host.ts";

const env = { GITLAB_CI: "true", MULTIARCH_ENV_FILE: "FOLDER/report.env" };
const step = { step: "build", variables: {}, paths: [] };

it("leaves out of a dotenv report what would make it too large, and says so", async () => {
  const host = await openHost(env);
  const longest = "x".repeat(5119 - "MULTIARCH_BUILD_INDEX=\n".length);
  const tooLong = "x".repeat(5120 - "MULTIARCH_BUILD_METADATA=\n".length);
  await host.emit({ ...step, outputs: { metadata: tooLong, index: longest, tags: "t" } }, "none");
  expect(host.file("report.env")).toBe(`MULTIARCH_BUILD_INDEX=${longest}\n`);
  expect(host.written.stderr.replaceAll(host.folder, "F")).toBe(
    "warning: MULTIARCH_BUILD_METADATA is not in F/report.env: GitLab refuses dotenv reports of 5120 bytes or more\n" +
      "warning: MULTIARCH_BUILD_TAGS is not in F/report.env: GitLab refuses dotenv reports of 5120 bytes or more\n",
  );
});

it("counts what is in the report already, and keeps it", async () => {
  const host = await openHost(env);
  const before = `A=${"x".repeat(5090)}\n`;
  writeFileSync(join(host.folder, "report.env"), before);
  await host.emit({ ...step, outputs: { tags: "t", index: "i" } }, "none");
  expect(host.file("report.env")).toBe(`${before}MULTIARCH_BUILD_TAGS=t\n`);
});

it("names no variable of the job in a value", async () => {
  const host = await openHost(env);
  await host.emit({ ...step, outputs: { tags: "$CI_JOB_TOKEN ${A} $$" } }, "none");
  expect(host.file("report.env")).toBe("MULTIARCH_BUILD_TAGS=$$CI_JOB_TOKEN $${A} $$$$\n");
});

it("writes no report that nobody named", async () => {
  const host = await openHost({ GITLAB_CI: "true" });
  await host.emit({ ...step, outputs: { tags: "t" } }, "none");
  expect(host.written).toEqual({ stdout: "", stderr: "" });
});

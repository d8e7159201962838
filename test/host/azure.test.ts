import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readAgentLines } from "./azure-agent.ts";
import { openHost } from "./open-host.ts";

describe("a secret on Azure", () => {
  it.each([
    { secret: "hunter2", told: ["hunter2"] },
    { secret: "a", told: ["a"] },
    { secret: "50%; [x]", told: ["50%; [x]"] },
    // The agent sees lines, and hides no part of what it was told.
    { secret: "-----BEGIN\nabcd\n}\n", told: ["-----BEGIN", "abcd"] },
    { secret: " \n", told: [] },
  ])("is told as $told", async ({ secret, told }) => {
    const { mask, written } = await openHost({ TF_BUILD: "True" });
    mask(secret);
    const read = written.stdout === "" ? [] : readAgentLines(written.stdout);
    expect(read).toEqual(told.map((data) => ({ name: "task.setsecret", properties: {}, data })));
    expect(written.stderr).toBe("");
  });

  it("is not told where results are on stdout", async () => {
    const { mask, written } = await openHost({ TF_BUILD: "True" }, { printsResults: true });
    mask("hunter2");
    expect(written).toEqual({ stdout: "", stderr: "" });
  });
});

it("shows debug messages where the pipeline asks for them", async () => {
  const { log, written } = await openHost({ TF_BUILD: "True", SYSTEM_DEBUG: "true" });
  log.debug("detail");
  expect(written.stdout).toBe("##[debug]detail\n");
});

it("gives a summary over as a file that outlives the step", async () => {
  const host = await openHost({ TF_BUILD: "True", AGENT_TEMPDIRECTORY: "FOLDER" });
  host.mask("hunter2hunter2");
  host.written.stdout = "";
  await host.summary?.("# Built\n\nhunter2hunter2\n");
  const [command] = readAgentLines(host.written.stdout);
  expect(command).toMatchObject({ name: "task.uploadsummary", properties: {} });
  const path = typeof command === "object" ? command.data : "";
  expect(path.startsWith(join(host.folder, "multiarch-summary-"))).toBe(true);
  expect(path.endsWith("/multiarch.md")).toBe(true);
  expect(readFileSync(path, "utf8")).toBe("# Built\n\n***\n");
});

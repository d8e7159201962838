import { expect, it } from "vitest";
import { openHost } from "./open-host.ts";
import { readServiceMessages } from "./teamcity-messages.ts";

it("has no message that tells a secret", async () => {
  const { mask, written } = await openHost({ TEAMCITY_VERSION: "2026.1" });
  mask("hunter2");
  expect(written).toEqual({ stdout: "", stderr: "" });
});

it("says every letter", async () => {
  const { log, written } = await openHost({ TEAMCITY_VERSION: "2026.1" });
  log.warning("ü 日本 🙂 |0x41 'a' [b]");
  expect(written.stdout).toMatch(/^[ -~]+\n$/);
  expect(readServiceMessages(written.stdout)).toEqual([
    { name: "message", attributes: { text: "ü 日本 🙂 |0x41 'a' [b]", status: "WARNING" } },
  ]);
});

it("cuts a problem where TeamCity would, and not the log", async () => {
  const { log, written } = await openHost({ TEAMCITY_VERSION: "2026.1" });
  log.error("x".repeat(5000));
  const lengths = readServiceMessages(written.stdout).map((message) =>
    typeof message === "string" ? 0 : Object.values(message.attributes)[0]?.length,
  );
  expect(lengths).toEqual([5000, 4000]);
});

it("hands on nothing where results are on stdout", async () => {
  const host = await openHost({ TEAMCITY_VERSION: "2026.1" }, { printsResults: true });
  host.log.error("e");
  await host.emit({ step: "build", outputs: { tags: "t" }, variables: {}, paths: [] }, "dotenv");
  expect(host.written).toEqual({ stdout: "MULTIARCH_BUILD_TAGS=t\n", stderr: "error: e\n" });
});

import { expect, it } from "vitest";
import { openHost } from "./open-host.ts";

it("hands values on by the file of the volume, but for what would be expanded there", async () => {
  const host = await openHost({ CF_BUILD_ID: "5f", CF_VOLUME_PATH: "FOLDER" });
  const outputs = { tags: "a\nb", metadata: "${{SECRET}}" };
  await host.emit({ step: "build", outputs, variables: { BUILDKIT_HOST: "tcp://b" }, paths: [] }, "none");
  expect(host.file("env_vars_to_export")).toBe("BUILDKIT_HOST=tcp://b\nMULTIARCH_BUILD_TAGS=a,b\n");
  expect(host.written.stderr).toBe(
    "warning: MULTIARCH_BUILD_METADATA is not handed on: Codefresh would expand ${{ in it\n",
  );
});

import { expect, it } from "vitest";
import { openHost } from "./open-host.ts";

it("gives properties that say what was said", async () => {
  const host = await openHost({
    JENKINS_URL: "https://jenkins.example.org/",
    MULTIARCH_ENV_FILE: "FOLDER/file",
  });
  const outputs = { metadata: '  {"a":"C:\\\\x\\n\\u00e9"}', tags: "#a=b:c!\n\t🙂" };
  await host.emit({ step: "build", outputs, variables: {}, paths: [] }, "none");
  expect(host.file("file")).toBe(
    String.raw`MULTIARCH_BUILD_METADATA=\  {"a":"C:\\\\x\\n\\u00e9"}
MULTIARCH_BUILD_TAGS=#a=b:c!\n\t\ud83d\ude42
`,
  );
});

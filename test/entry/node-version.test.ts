import { describe, expect, it } from "vitest";
import { runEntrypoint } from "./entrypoint.ts";
import { installNode, nodeVersions } from "./node-version.ts";

describe.each(nodeVersions)("on Node %s", (version) => {
  it("starts, reads its input, and says what is wrong with it", { timeout: 120_000 }, async () => {
    const node = await installNode(version);
    expect(await runEntrypoint("multiarch", ["--help"], { node })).toMatchObject({ code: 0, stderr: "" });
    const { code, stderr } = await runEntrypoint("build", ["--image", "A/b"], { node });
    expect(code).toBe(2);
    expect(stderr).toContain("a repository is lower case");
  });

  it("loads what is loaded on demand", async () => {
    const node = await installNode(version);
    const setup = await runEntrypoint("setup", ["--driver", "docker-container"], {
      node,
      env: { PATH: "/nowhere" },
    });
    expect(setup.stderr).toContain("there is no Docker here");
    const descriptors = JSON.stringify([
      {
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        digest: `sha256:${"a".repeat(64)}`,
        size: 1,
      },
    ]);
    const args = ["--image", "127.0.0.1:9/a/b", "--tags", "t", "--descriptors", descriptors];
    const publish = await runEntrypoint("publish-manifest", args, { node });
    expect(publish).toMatchObject({ code: 1 });
    expect(publish.stderr).toContain("127.0.0.1:9");
    const github = await runEntrypoint("build", ["--push"], { node, env: { GITHUB_ACTIONS: "true" } });
    expect(github).toMatchObject({ code: 2 });
    expect(github.stdout).toContain("::error::push: where to?");
  });
});

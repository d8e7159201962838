import { expect, it } from "vitest";
import { installNode, nodeVersions } from "../entry/node-version.ts";
import { fetchManifest, lab, startJob } from "./job.ts";

it.each(nodeVersions)("the main job runs on Node %s", async (version) => {
  const node = await installNode(version);
  await using job = startJob();
  const repository = `e2e/node-${version}`;
  const { digest } = await job.outputs(
    "multiarch",
    [
      ...["--image", `${lab.LAB_REGISTRY}/${repository}`, "--tags", "t", "--context", "examples/hello"],
      ...["--platforms", "linux/amd64,linux/arm64,linux/arm/v7"],
    ],
    { node },
  );
  expect((await fetchManifest(lab.LAB_REGISTRY, repository, "t")).digest).toBe(digest);
});

import { expect, it } from "vitest";
import { kebabCase } from "../../../src/inputs/field.ts";
import { buildInputs } from "../../../src/steps/build/inputs.ts";
import { multiarchInputs } from "../../../src/steps/multiarch/inputs.ts";

/** The inputs of docker/build-push-action v7. */
const dockerInputs = [
  ...[
    "add-hosts",
    "allow",
    "annotations",
    "attests",
    "build-args",
    "build-contexts",
    "builder",
    "cache-from",
  ],
  ...["cache-to", "call", "cgroup-parent", "context", "file", "github-token", "labels", "load", "network"],
  ...[
    "no-cache",
    "no-cache-filters",
    "outputs",
    "platforms",
    "provenance",
    "pull",
    "push",
    "sbom",
    "secret-envs",
  ],
  ...["secret-files", "secrets", "shm-size", "ssh", "tags", "target", "ulimit"],
];

it("build takes every input of docker's action", () => {
  expect(Object.keys(buildInputs).map(kebabCase)).toEqual(expect.arrayContaining(dockerInputs));
});

it("so does the action that does everything, but for the builder, which it starts", () => {
  expect(Object.keys(multiarchInputs).map(kebabCase)).toEqual(
    expect.arrayContaining(dockerInputs.filter((name) => name !== "builder")),
  );
});

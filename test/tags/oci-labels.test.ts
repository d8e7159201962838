import { expect, it } from "vitest";
import { ociLabels } from "../../src/tags/oci-labels.ts";

const now = new Date("2026-03-04T22:30:00.123Z");
const commit = "3ad1f0c5b2e94876a1d0c3f2b5a6978812345678";

it("says all that the job knows", () => {
  const facts = {
    ci: "github",
    event: "tag",
    repositoryUrl: "https://github.com/octocat/hello",
    commit,
    title: "Hello",
    description: "Says hello.",
    license: "MIT",
  } as const;
  expect(ociLabels(facts, "1.2.3", now, 1_700_000_000)).toEqual({
    "org.opencontainers.image.created": "2023-11-14T22:13:20.000Z",
    "org.opencontainers.image.description": "Says hello.",
    "org.opencontainers.image.licenses": "MIT",
    "org.opencontainers.image.revision": commit,
    "org.opencontainers.image.source": "https://github.com/octocat/hello",
    "org.opencontainers.image.title": "Hello",
    "org.opencontainers.image.url": "https://github.com/octocat/hello",
    "org.opencontainers.image.version": "1.2.3",
  });
});

it("leaves out what nobody knows", () => {
  expect(ociLabels({ ci: "none", event: "unknown" }, undefined, now)).toEqual({
    "org.opencontainers.image.created": "2026-03-04T22:30:00.123Z",
  });
});

it("calls the image by its repository", () => {
  const facts = { ci: "drone", event: "push", repositoryUrl: "https://git.example.com/team/app" } as const;
  expect(ociLabels(facts, "", now)).toEqual({
    "org.opencontainers.image.created": "2026-03-04T22:30:00.123Z",
    "org.opencontainers.image.source": "https://git.example.com/team/app",
    "org.opencontainers.image.title": "app",
    "org.opencontainers.image.url": "https://git.example.com/team/app",
  });
});

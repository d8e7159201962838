import { describe, expect, it } from "vitest";
import { formatPlatform } from "../../../src/oci/platform.ts";
import { formatReference } from "../../../src/oci/reference.ts";
import { describeBuild } from "../../../src/steps/build/plan.ts";
import { planOf, platforms } from "./facts.ts";

describe("planBuild", () => {
  it("makes one solve per platform, in their order, and knows which are emulated", () => {
    const { solves } = planOf({ platforms: "linux/s390x,linux/amd64,linux/386,linux/arm/v7" });
    expect(solves.map(({ platform, emulated }) => [formatPlatform(platform), emulated])).toEqual([
      ["linux/s390x", true],
      ["linux/amd64", false],
      ["linux/386", false],
      ["linux/arm/v7", true],
    ]);
  });

  it("builds for the daemon's own platform when none is named", () => {
    expect(planOf({}).solves.map(({ platform }) => formatPlatform(platform))).toEqual(["linux/amd64"]);
    const nodes = [{ endpoint: { address: "a" }, workers: [] }];
    expect(() => planOf({}, { nodes })).toThrow("the daemon's own platform is not known");
  });

  it("sends each platform to the node that suits it", () => {
    const nodes = [
      { endpoint: { address: "intel" }, workers: platforms("linux/amd64", "linux/arm64", "linux/s390x") },
      { endpoint: { address: "graviton" }, workers: platforms("linux/arm64", "linux/arm/v7") },
      { endpoint: { address: "z", platforms: platforms("linux/s390x") }, workers: platforms("linux/s390x") },
    ];
    const builders = {
      "tcp://own:1": { endpoint: { address: "tcp://own:1" }, workers: platforms("linux/ppc64le") },
    };
    const { solves } = planOf(
      {
        platforms:
          "linux/amd64,linux/arm64,linux/arm/v7,linux/s390x,linux/riscv64\nlinux/ppc64le,builder=tcp://own:1",
      },
      { nodes, builders },
    );
    expect(solves.map(({ solve, emulated }) => [solve.endpoint.address, emulated])).toEqual([
      ["intel", false],
      ["graviton", false],
      ["graviton", true],
      ["z", false],
      ["intel", true],
      ["tcp://own:1", false],
    ]);
    expect(() => planOf({ platforms: "linux/arm64" }, { nodes: nodes.slice(2) })).toThrow(
      "no BuildKit daemon is for linux/arm64",
    );
  });

  it("keeps the caches and the files of several platforms apart", () => {
    const { solves } = planOf({
      platforms: "linux/amd64,linux/arm64",
      "cache-to": "type=registry,ref=r.io/a:cache",
      "cache-from": "type=registry,ref=r.io/a:cache",
      outputs: "out",
    });
    const args = describeBuild(planOf({ platforms: "linux/amd64" }));
    expect(args).toHaveLength(1);
    expect(
      solves.map(({ solve: { cacheExports, cacheImports, outputs } }) => [
        ...cacheExports.map(({ attributes }) => attributes.get("ref")),
        ...cacheImports.map(({ attributes }) => attributes.get("ref")),
        ...outputs.map(({ attributes }) => attributes.get("dest")),
      ]),
    ).toEqual(
      ["linux-amd64", "linux-arm64"].map((name) => [
        `r.io/a:cache-${name}`,
        `r.io/a:cache-${name}`,
        "r.io/a:cache",
        `/repo/out/${name.replaceAll("-", "_")}`,
      ]),
    );
  });

  it("knows the tags that each platform gets by itself", () => {
    const commit = "0123456789abcdef0123456789abcdef01234567";
    const { solves } = planOf(
      {
        image: "r.io/a",
        tags: "1.2,latest,s.io/b:x",
        platforms: "linux/amd64,linux/arm/v7",
        "platform-tags": "{tag}-{arch}{variant}",
        handoff: "registry",
      },
      { job: { ci: "none", event: "push", commit, runId: "7/1" } },
    );
    expect(solves.map(({ tags }) => tags.map(formatReference))).toEqual(
      [
        ["amd64", "linux-amd64"],
        ["armv7", "linux-arm-v7"],
      ].map(([short, long]) => [
        ...[`r.io/a:1.2-${short}`, `r.io/a:latest-${short}`, `s.io/b:x-${short}`],
        ...["r.io/a", "s.io/b"].map((name) => `${name}:multiarch-${commit}-7-1-${long}`),
      ]),
    );
  });

  it("leaves to publishing what belongs to the index", () => {
    const { annotations } = planOf({
      image: "r.io/a",
      annotations: "a=b\nindex:c=d\nmanifest-descriptor[linux/amd64]:e=f",
    });
    expect(annotations.map(({ level, key }) => [level, key])).toEqual([
      ["index", "c"],
      ["manifest-descriptor", "e"],
    ]);
  });

  it("puts values of secrets into files, and shows none", () => {
    const plan = planOf({ secrets: "A=hunter2", "dry-run": "" });
    expect(plan.files).toEqual([{ path: "/tmp/run/secret-0", text: "hunter2" }]);
    expect(describeBuild(plan).join("\n")).not.toContain("hunter2");
  });

  it("is shown as commands", () => {
    const plan = planOf({ platforms: "linux/arm/v7", target: "slim", load: "true", tags: "user/app:1" });
    expect(describeBuild(plan)).toEqual([
      "buildctl --addr=tcp://b:1 build --progress=rawjson --frontend=dockerfile.v0 --local=context=/repo " +
        "--local=dockerfile=/repo --opt=filename=Dockerfile --opt=platform=linux/arm/v7 --opt=target=slim " +
        "--output=type=docker,name=docker.io/user/app:1,dest=/tmp/run/0.tar --metadata-file=/tmp/run/0.json",
      "docker load --input=/tmp/run/0.tar",
    ]);
  });
});

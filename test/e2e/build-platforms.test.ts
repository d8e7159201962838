import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeContext } from "./context.ts";
import { lab, startJob } from "./job.ts";
import type { TestJob } from "./job.ts";
import { readPushed } from "./job-state.ts";
import { readFiles, readImage } from "./registry-image.ts";
import { isRunning } from "./traces.ts";

const job = startJob();
const other = startJob();
let addresses: readonly string[] = [];

beforeAll(async () => {
  const setups = await Promise.all(
    [job, other].map((each) => each.outputs("setup", ["--platforms", "linux/amd64"])),
  );
  addresses = setups.map((outputs) => outputs["buildkit-host"] ?? "");
});

afterAll(() => Promise.all([job, other].map((each) => each[Symbol.asyncDispose]())));

describe("a line of platforms", () => {
  it("has its own Dockerfile, stage and arguments", async () => {
    const context = writeContext(job, "overrides", {
      Dockerfile: [
        "FROM busybox AS slim",
        "ARG WHO",
        "ARG ALL",
        'RUN echo "$WHO and $ALL in slim" > /said',
        "FROM busybox",
        "ARG WHO=nobody",
        "ARG ALL",
        'RUN echo "$WHO and $ALL" > /said',
      ],
      "Dockerfile.386": ["FROM busybox", "ARG WHO", "ARG ALL", 'RUN echo "$WHO and $ALL elsewhere" > /said'],
    });
    const image = `${lab.LAB_REGISTRY}/e2e/overrides`;
    const platforms = [
      "linux/amd64",
      `linux/386,file=${context}/Dockerfile.386,build-arg:WHO=386`,
      "linux/arm64,target=slim,build-arg:WHO=arm64,build-arg:ALL=only me",
    ];
    const emulated = ["--platforms", "linux/arm64"];
    await job.outputs("setup", emulated);
    const args = ["--image", image, "--context", context, "--build-args", "ALL=all"];
    await job.outputs("build", [...args, "--platforms", platforms.join("\n")]);
    const said = await Promise.all(
      readPushed(job, image).map(async ({ digest }) => {
        const { manifest } = await readImage("e2e/overrides", digest);
        return (await readFiles("e2e/overrides", manifest))["said"];
      }),
    );
    expect(said).toEqual(["nobody and all\n", "386 and all elsewhere\n", "arm64 and only me in slim\n"]);
  });

  it("has its own daemon", async () => {
    const context = writeContext(job, "builders", {
      Dockerfile: ["FROM busybox", `RUN echo ${job.folder} on "$(uname -m)"`],
    });
    const lines = ["linux/amd64", `linux/386,builder=${addresses[1]}`];
    await job.outputs("build", ["--context", context, "--platforms", lines.join("\n")]);
    const alone = async (where: TestJob): Promise<boolean> => {
      const { results = "[]" } = await where.outputs("build", [
        "--context",
        context,
        "--platforms",
        "linux/386",
      ]);
      const [{ cached, steps } = { cached: -1, steps: 0 }] = JSON.parse(results) as {
        readonly cached: number;
        readonly steps: number;
      }[];
      return cached === steps;
    };
    expect(await alone(other)).toBe(true);
    expect(await alone(job)).toBe(false);
  });
});

describe("a platform that fails", () => {
  const dockerfile = [
    "FROM busybox",
    "ARG NAME",
    "ARG TARGETARCH",
    'RUN echo "$TARGETARCH of $NAME begins" && case "$NAME-$TARGETARCH" in some-amd64) ;; *) sleep 1; exit 3;; esac',
  ];

  it("lets the others finish, and every failure is told", async () => {
    const context = writeContext(job, "some-fail", { Dockerfile: dockerfile });
    const image = `${lab.LAB_REGISTRY}/e2e/some-fail`;
    const { code, stderr, stdout } = await job.step("build", [
      ...["--image", image, "--context", context, "--build-args", "NAME=some"],
      ...["--platforms", "linux/amd64,linux/386,linux/arm64", "--print", "json"],
    ]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("error: 2 of 3 platforms failed");
    for (const platform of ["linux/386", "linux/arm64"]) {
      expect(stderr).toMatch(new RegExp(`^\\s+${platform}: process .* did not complete`, "m"));
      expect(stderr).toContain(`| ${platform.replace("linux/", "")} of some begins`);
    }
    expect(stderr).toMatch(/^linux\/amd64 +pushed sha256:/m);
    expect(readPushed(job, image)).toEqual([]);
  });

  it("stops the others when that is asked for", async () => {
    const context = writeContext(job, "fail-fast", {
      Dockerfile: [
        "FROM busybox",
        "ARG TARGETARCH",
        'RUN if [ "$TARGETARCH" = amd64 ]; then sleep 2; exit 3; else sleep 1000.5; fi',
      ],
    });
    const args = ["--context", context, "--platforms", "linux/amd64,linux/386", "--fail-fast", "true"];
    const { code, stderr } = await job.step("build", args);
    expect(code).toBe(1);
    expect(stderr).toContain("linux/amd64: process");
    expect(stderr).toContain("stopped, because linux/amd64 failed");
    await expect.poll(() => isRunning("1000.5"), { timeout: 10_000 }).toBe(false);
  });

  it("may take no longer than it is given", async () => {
    const context = writeContext(job, "timeout", {
      Dockerfile: ["FROM busybox", "ARG TARGETARCH", 'RUN [ "$TARGETARCH" = amd64 ] || sleep 1000.25'],
    });
    const image = ["--image", `${lab.LAB_REGISTRY}/e2e/timeout`];
    const { code, stderr } = await job.step("build", [
      ...[...image, "--context", context, "--platforms", "linux/amd64,linux/386", "--platform-timeout", "3s"],
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain("linux/386 took longer than the 3 s of platform-timeout, and was stopped");
    expect(stderr).toMatch(/^linux\/amd64 +pushed sha256:/m);
    await expect.poll(() => isRunning("1000.25"), { timeout: 10_000 }).toBe(false);
  });
});

describe("max-parallel", () => {
  // Fails where another platform is in the same step.
  const dockerfile = [
    "FROM busybox",
    "ARG NAME",
    "RUN --mount=type=cache,target=/shared,id=max-parallel mkdir /shared/$NAME && sleep 2 && rmdir /shared/$NAME",
  ];

  it.each([
    { parallel: "1", name: "alone", code: 0 },
    { parallel: "0", name: "together", code: 1 },
  ])("of $parallel: the platforms are built $name", async ({ parallel, name, code }) => {
    const context = writeContext(job, "parallel", { Dockerfile: dockerfile });
    const ended = await job.step("build", [
      ...["--context", context, "--platforms", "linux/amd64,linux/386", "--build-args", `NAME=${name}`],
      ...["--max-parallel", parallel],
    ]);
    expect(ended.code).toBe(code);
  });
});

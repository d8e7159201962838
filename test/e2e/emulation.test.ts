import { readdirSync } from "node:fs";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { fetchManifest, lab, program, startJob } from "./job.ts";

const tonistiigi = lab.LAB_BINFMT_IMAGE_TONISTIIGI;

function registered(): string[] {
  return readdirSync("/proc/sys/fs/binfmt_misc").filter((name) => name.startsWith("qemu-"));
}

const unregister = () =>
  program("docker", ["run", "--rm", "--privileged", tonistiigi, "--uninstall", "qemu-*"]);

beforeEach(unregister);

afterAll(unregister);

describe("emulation", () => {
  it("linuxkit/binfmt registers all that it has", async () => {
    expect(registered()).toEqual([]);
    await using job = startJob();
    const { platforms = "" } = await job.outputs("setup", ["--platforms", "linux/arm64"]);
    expect(registered().toSorted()).toEqual(
      expect.arrayContaining(["qemu-aarch64", "qemu-arm", "qemu-s390x"]),
    );
    expect(platforms.split(",")).toEqual(
      expect.arrayContaining(["linux/arm64", "linux/arm/v7", "linux/s390x"]),
    );
  });

  it("tonistiigi/binfmt registers what is needed, and builds run on it", async () => {
    await using job = startJob();
    const image = `${lab.LAB_REGISTRY}/e2e/tonistiigi`;
    const platforms = ["--platforms", "linux/amd64,linux/arm64"];
    await job.outputs("setup", [...platforms, "--binfmt-image", tonistiigi]);
    expect(registered()).toEqual(["qemu-aarch64"]);
    const common = ["--image", image, ...platforms];
    await job.outputs("build", [...common, "--context", "examples/hello"]);
    await job.outputs("publish-manifest", [...common, "--tags", "t"]);
    const { json } = await fetchManifest(lab.LAB_REGISTRY, "e2e/tonistiigi", "t");
    expect(json.manifests).toHaveLength(2);
  });

  it("nothing is registered for what the machine runs itself", async () => {
    await using job = startJob();
    await job.outputs("setup", ["--platforms", "linux/amd64,linux/386"]);
    expect(registered()).toEqual([]);
  });

  it("none makes a platform that needs it an error, before anything starts", async () => {
    await using job = startJob();
    const { code, stderr } = await job.step("setup", ["--platforms", "linux/arm64", "--emulation", "none"]);
    expect(code).toBe(1);
    expect(stderr).toContain(
      "emulation is none, but linux/arm64 can't run on this linux/amd64 machine without it",
    );
    expect(stderr).not.toContain("BuildKit answers");
  });

  it("an image that registers nothing is found out, though it ends with exit code 0", async () => {
    await using job = startJob();
    // An emulator of that name is not in the image, which only logs it.
    const { code, stderr } = await job.step("setup", [
      "--platforms",
      "linux/mips64",
      "--binfmt-image",
      tonistiigi,
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain("BuildKit can't run programs for linux/mips64 here");
    expect(stderr).toContain("fix: ");
  });

  it("a daemon that ran before the emulators came still learns of them", async () => {
    await using job = startJob();
    await job.outputs("setup", ["--platforms", "linux/amd64"]);
    const { platforms = "" } = await job.outputs("setup", ["--platforms", "linux/s390x"]);
    expect(platforms.split(",")).toContain("linux/s390x");
  });
});

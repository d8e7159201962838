import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { engineContents, fetchManifest, lab, program, startJob } from "./job.ts";

const tonistiigi = lab.LAB_BINFMT_IMAGE_TONISTIIGI;

const binfmtMisc = "/proc/sys/fs/binfmt_misc";

function registered(): string[] {
  return readdirSync(binfmtMisc).filter((name) => name.startsWith("qemu-"));
}

/** An ELF header of an aarch64 program, as binfmt_misc takes it. */
function aarch64Line(interpreter: string): string {
  const magic = "7f454c460201010000000000000000000200b700".replaceAll(/../g, "\\x$&");
  const mask = "ffffffffffffff00fffffffffffffffffeffffff".replaceAll(/../g, "\\x$&");
  return `:qemu-aarch64:M::${magic}:${mask}:${interpreter}:CF`;
}

const unregister = () =>
  program("docker", ["run", "--rm", "--privileged", tonistiigi, "--uninstall", "qemu-*"]);

beforeEach(unregister);

afterAll(unregister);

describe("emulation", () => {
  it("linuxkit/binfmt registers all that it has", async () => {
    expect(registered()).toEqual([]);
    await using job = startJob();
    const { platforms = "" } = await job.outputs("setup", []);
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
    expect(json.manifests.filter(({ platform }) => platform.os === "linux")).toHaveLength(2);
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
    expect(stderr).toContain("linux/arm64 can't be built here: emulation is none");
    expect(stderr).toContain("fix: use emulation auto");
    expect(stderr).not.toContain("BuildKit answers");
  });

  it("embedded runs builds on BuildKit's own QEMU, with nothing registered", async () => {
    await using job = startJob();
    // The lab's BuildKit has no QEMU of its own, as the published one has; Debian's under its names stands for it.
    const container = await program("docker", ["create", lab.LAB_BUILDKIT_IMAGE]);
    const emulators = await program("docker", ["create", tonistiigi]);
    const folder = mkdtempSync(join(tmpdir(), "multiarch-qemu-"));
    try {
      const qemu = join(folder, "qemu");
      await program("docker", ["cp", `${emulators}:/usr/bin/qemu-aarch64`, qemu]);
      await program("docker", ["cp", qemu, `${container}:/usr/bin/buildkit-qemu-aarch64`]);
      await program("docker", ["commit", container, "embedding/buildkit:1"]);
      const args = ["--platforms", "linux/amd64,linux/arm64"];
      const setup = ["--emulation", "embedded", "--buildkit-image", "embedding/buildkit:1"];
      const outputs = await job.outputs("setup", [...args, ...setup]);
      expect(JSON.parse(outputs["emulators"] ?? "")).toMatchObject({
        "linux/arm64": { emulator: "embedded" },
      });
      const image = ["--image", `${lab.LAB_REGISTRY}/e2e/embedded`, "--context", "examples/hello"];
      await job.outputs("build", [...args, ...image]);
      expect(registered()).toEqual([]);
    } finally {
      await job.step("teardown", []);
      await program("docker", ["rm", container, emulators]);
      await program("docker", ["rmi", "--force", "embedding/buildkit:1"]);
      rmSync(folder, { recursive: true });
    }
  });

  it("embedded is an error where BuildKit has none", async () => {
    await using job = startJob();
    const { code, stderr } = await job.step("setup", [
      "--platforms",
      "linux/arm64",
      "--emulation",
      "embedded",
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain("linux/arm64 can't be built here: BuildKit here does not bring");
  });

  it("an image that registers nothing is found out, though it ends with exit code 0", async () => {
    await using job = startJob();
    const container = await program("docker", ["create", lab.LAB_BASE_IMAGE, "true"]);
    const image = await program("docker", [
      "commit",
      '--change=ENTRYPOINT ["/bin/true"]',
      container,
      "idle/binfmt:1",
    ]);
    try {
      const args = ["--platforms", "linux/arm64", "--emulation", "binfmt", "--binfmt-image", "idle/binfmt:1"];
      const { code, stderr } = await job.step("setup", args);
      expect(code).toBe(1);
      expect(stderr).toContain("linux/arm64");
      expect(stderr).toContain("idle/binfmt:1");
    } finally {
      await program("docker", ["rm", container]);
      await program("docker", ["rmi", "--force", image]);
    }
  });

  it("an image that is not there fails the setup, and leaves nothing", async () => {
    await using job = startJob();
    const before = await engineContents();
    const missing = `${lab.LAB_REGISTRY}/no/such:image`;
    const args = ["--platforms", "linux/arm64", "--emulation", "binfmt", "--binfmt-image", missing];
    const { code, stderr } = await job.step("setup", args);
    expect(code).toBe(1);
    expect(stderr).toContain(`the image ${missing} could not be pulled`);
    expect(stderr).toContain("fix: check the name of the image");
    expect(await engineContents()).toBe(before);
  });

  it("a platform for which there is no emulator is an error", async () => {
    await using job = startJob();
    const { code, stderr } = await job.step("setup", ["--platforms", "linux/sparc64"]);
    expect(code).toBe(1);
    expect(stderr).toContain("linux/sparc64");
    expect(stderr).toContain("fix: ");
  });

  const withoutF = (line: string): string => line.replace(/:[A-Z]*$/, ":C");
  const families = [
    { family: "linuxkit/binfmt", image: lab.LAB_BINFMT_IMAGE },
    { family: "tonistiigi/binfmt", image: tonistiigi },
  ];
  const defects = [
    { defect: "without the F flag", says: "without the flag F", spoil: withoutF, isGone: false },
    { defect: "with an interpreter that is gone", says: "without the flag F", spoil: withoutF, isGone: true },
    // The kernel keeps a file open that was registered with F, so what it runs is not QEMU rather than gone.
    { defect: "with a program that is not QEMU", says: "but ", spoil: (line: string) => line, isGone: true },
  ];
  it.each(families.flatMap((family) => defects.map((defect) => ({ ...family, ...defect }))))(
    "fault 41: registered $defect is found out, explained, and replaced by $family with reset",
    async ({ image, isGone, says, spoil }) => {
      const folder = mkdtempSync(join(tmpdir(), "multiarch-qemu-"));
      const interpreter = join(folder, "qemu-aarch64");
      copyFileSync("/bin/false", interpreter);
      writeFileSync(`${binfmtMisc}/register`, spoil(aarch64Line(interpreter)));
      if (isGone) rmSync(interpreter);
      await using job = startJob();
      const args = ["--platforms", "linux/arm64", "--binfmt-image", image];
      const found = await job.step("setup", args);
      expect(found.code).toBe(1);
      expect(found.stderr).toContain(
        "linux/arm64 can't be built here: qemu-aarch64 is registered in binfmt_misc",
      );
      expect(found.stderr).toContain(says);
      expect(found.stderr).toContain("fix: reset: true replaces it");
      const [, command = ""] = /(echo -1 \| sudo tee \S+)/.exec(found.stderr) ?? [];
      expect(command).toBe(`echo -1 | sudo tee ${binfmtMisc}/qemu-aarch64`);
      const { emulators = "" } = await job.outputs("setup", [...args, "--reset"]);
      expect(JSON.parse(emulators)).toMatchObject({ "linux/arm64": { emulator: "binfmt" } });
      rmSync(folder, { recursive: true });
    },
  );

  it("fault 41: the command that is named for it helps", async () => {
    const interpreter = join(tmpdir(), `multiarch-no-qemu-${process.pid}`);
    writeFileSync(`${binfmtMisc}/register`, withoutF(aarch64Line(interpreter)));
    await using job = startJob();
    const args = ["--platforms", "linux/arm64"];
    expect(await job.step("setup", args)).toMatchObject({ code: 1 });
    writeFileSync(`${binfmtMisc}/qemu-aarch64`, "-1");
    const { platforms = "" } = await job.outputs("setup", args);
    expect(platforms.split(",")).toContain("linux/arm64");
  });

  it("fault 41: what the host has registered, and works, is used as it is", async () => {
    await program("docker", ["run", "--rm", "--privileged", tonistiigi, "--install", "arm64"]);
    const before = readFileSync(`${binfmtMisc}/qemu-aarch64`, "utf8");
    expect(before).toMatch(/^flags: .*F/m);
    await using job = startJob();
    const { code, stderr } = await job.step("setup", ["--platforms", "linux/amd64,linux/arm64"]);
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain("registering emulators");
    expect(registered()).toEqual(["qemu-aarch64"]);
    expect(readFileSync(`${binfmtMisc}/qemu-aarch64`, "utf8")).toBe(before);
  });

  it("fault 41: of what is registered in part only the rest is added", async () => {
    await program("docker", ["run", "--rm", "--privileged", tonistiigi, "--install", "arm64"]);
    const before = readFileSync(`${binfmtMisc}/qemu-aarch64`, "utf8");
    await using job = startJob();
    const args = ["--platforms", "linux/arm64,linux/s390x", "--binfmt-image", tonistiigi];
    const { platforms = "" } = await job.outputs("setup", args);
    expect(platforms.split(",")).toEqual(expect.arrayContaining(["linux/arm64", "linux/s390x"]));
    expect(registered().toSorted()).toEqual(["qemu-aarch64", "qemu-s390x"]);
    expect(readFileSync(`${binfmtMisc}/qemu-aarch64`, "utf8")).toBe(before);
  });

  it("fault 41: a binfmt_misc that is read-only is the named cause, whatever the exit code of the image", async () => {
    await using job = startJob();
    const args = ["--platforms", "linux/arm64", "--emulation", "binfmt", "--binfmt-image", tonistiigi];
    await program("mount", ["-o", "remount,ro", binfmtMisc]);
    try {
      const { code, stderr } = await job.step("setup", args);
      expect(code).toBe(1);
      expect(stderr).toContain("no emulator for linux/arm64 could be registered");
      expect(stderr).toMatch(/read-only/i);
      expect(stderr).toContain(
        `fix: ${binfmtMisc} is mounted read-only: sudo mount -o remount,rw ${binfmtMisc}`,
      );
    } finally {
      await program("mount", ["-o", "remount,rw", binfmtMisc]);
    }
    const { platforms = "" } = await job.outputs("setup", args);
    expect(platforms.split(",")).toContain("linux/arm64");
  });

  it.each([
    {
      what: "runs no privileged container",
      refused: "run",
      says: "no emulator for linux/arm64 could be registered",
    },
    { what: "makes no privileged container", refused: "create", says: "BuildKit did not start" },
  ])("fault 41: an engine that $what is the named cause", async ({ refused, says }) => {
    await using job = startJob();
    // As a rootless engine, or one with user namespaces, answers.
    const bin = join(job.folder, "bin");
    mkdirSync(bin);
    const docker = await program("sh", ["-c", "command -v docker"]);
    const refusal = "Privileged mode is incompatible with user namespaces.";
    const script = [
      "#!/bin/sh",
      `case " $* " in " ${refused} "*" --privileged "*)`,
      `  echo "docker: Error response from daemon: ${refusal}" >&2; exit 125;;`,
      "esac",
      `exec '${docker}' "$@"`,
    ];
    writeFileSync(join(bin, "docker"), `${script.join("\n")}\n`, { mode: 0o755 });
    const env = { PATH: `${bin}:${job.env["PATH"] ?? ""}` };
    const before = await engineContents();
    const args = ["--platforms", "linux/arm64", "--emulation", "binfmt"];
    const { code, stderr } = await job.step("setup", args, { env });
    expect(code).toBe(1);
    expect(stderr).toContain(says);
    expect(stderr).toMatch(/fix: .*(privileged containers are refused|refuses privileged containers)/);
    expect(await engineContents()).toBe(before);
  });

  it("a daemon that ran before the emulators came still learns of them", async () => {
    await using job = startJob();
    await job.outputs("setup", ["--platforms", "linux/amd64"]);
    const { platforms = "" } = await job.outputs("setup", ["--platforms", "linux/s390x"]);
    expect(platforms.split(",")).toContain("linux/s390x");
  });
});

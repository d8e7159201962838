import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { engineContents, fetchManifest, lab, startJob } from "./job.ts";

const image = `${lab.LAB_REGISTRY}/e2e/github`;

/** What the runner reads after a step: `NAME<<DELIMITER`, the value's lines, the delimiter. */
function readCommandFile(file: string): Record<string, string> {
  const entries = readFileSync(file, "utf8").matchAll(/^([\w-]+)<<(\S+)\n([\s\S]*?)\n\2$/gm);
  return Object.fromEntries([...entries].map(([, name = "", , value = ""]) => [name, value]));
}

it("the actions find each other, set outputs and variables, and the post step cleans up", async () => {
  await using job = startJob();
  const before = await engineContents();
  const runnerTemp = join(job.folder, "temp");
  mkdirSync(runnerTemp);
  const files = { GITHUB_OUTPUT: "output", GITHUB_ENV: "env", GITHUB_PATH: "path" };
  const env: Record<string, string> = {
    GITHUB_ACTIONS: "true",
    RUNNER_TEMP: runnerTemp,
    RUNNER_TOOL_CACHE: join(job.folder, "tools"),
    MULTIARCH_STATE: "",
  };
  for (const [variable, name] of Object.entries(files)) {
    env[variable] = join(job.folder, name);
    writeFileSync(env[variable], "");
  }
  const action = async (name: string, inputs: Readonly<Record<string, string>>) => {
    for (const file of Object.values(files)) writeFileSync(join(job.folder, file), "");
    const given = Object.entries(inputs).map(([input, value]) => [`INPUT_${input.toUpperCase()}`, value]);
    const ended = await job.step(name, [], { env: { ...env, ...Object.fromEntries(given) } });
    expect(ended, ended.stdout + ended.stderr).toMatchObject({ code: 0, stderr: "" });
    return readCommandFile(join(job.folder, files.GITHUB_OUTPUT));
  };

  const platforms = "linux/amd64\nlinux/arm64";
  const setup = await action("setup", { platforms, "daemon-network": "host" });
  const address = setup["buildkit-host"] ?? "";
  expect(readCommandFile(join(job.folder, files.GITHUB_ENV))).toEqual({ BUILDKIT_HOST: address });
  expect(readFileSync(join(job.folder, files.GITHUB_PATH), "utf8")).toContain(
    join(job.folder, "tools", "buildctl"),
  );
  expect(JSON.parse(readFileSync(join(runnerTemp, "multiarch.json"), "utf8"))).toMatchObject({
    builder: { endpoints: [{ address }] },
  });

  const build = await action("build", {
    image,
    platforms,
    context: "examples/hello",
    "build-args": "A=1\nB=2,3",
  });
  expect(JSON.parse(build["descriptors"] ?? "")).toHaveLength(2);
  const publish = await action("publish-manifest", { image, platforms, tags: "one\ntwo" });
  expect(publish["tags"]).toBe(`${image}:one\n${image}:two`);
  expect((await fetchManifest(lab.LAB_REGISTRY, "e2e/github", "two")).digest).toBe(publish["digest"]);

  await action("teardown", {});
  expect(await engineContents()).toBe(before);
});

it("wrong input is an error of the step", async () => {
  await using job = startJob();
  const { code, stdout } = await job.step("build", [], {
    env: { GITHUB_ACTIONS: "true", INPUT_IMAGE: "A/b", INPUT_PLATFORMS: "linux/arm65" },
  });
  expect(code).toBe(2);
  expect(stdout.match(/^::error::/gm)?.length).toBeGreaterThanOrEqual(2);
  expect(stdout).toContain("did you mean linux/arm64?");
});

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { root } from "../entry/entrypoint.ts";
import { engineContents, fetchManifest, lab, labEnvironment } from "./job.ts";

const readme = readFileSync("README.md", "utf8");

it("the Travis example works line by line", async () => {
  const [, text = ""] = /```yaml\n# \.travis\.yml\n([\s\S]*?)```/.exec(readme) ?? [];
  const { script, after_script: afterScript } = parse(text) as { script: string[]; after_script: string[] };
  const image = `${lab.LAB_REGISTRY_AUTH}/someone/server`;
  const before = await engineContents();

  // Where the example says ../multiarch and Docker Hub, the test has this repository and the lab's second registry.
  const folder = mkdtempSync(join(tmpdir(), "multiarch-travis-"));
  const lines = [...script, ...afterScript].map((line) =>
    line
      .replaceAll("../multiarch", root)
      .replaceAll("docker.io/someone/server", image)
      .replace("docker login", `docker login ${lab.LAB_REGISTRY_AUTH}`),
  );
  const { status, stderr } = spawnSync("bash", ["-eu", "-c", lines.join("\n")], {
    cwd: join(root, "examples/hello"),
    encoding: "utf8",
    env: {
      ...labEnvironment,
      DOCKER_CONFIG: join(folder, "docker"),
      DOCKER_USER: lab.LAB_REGISTRY_USER,
      DOCKER_PASSWORD: lab.LAB_REGISTRY_PASSWORD,
      MULTIARCH_STATE: join(folder, "state.json"),
    },
  });
  expect(status, stderr).toBe(0);
  const basic = Buffer.from(`${lab.LAB_REGISTRY_USER}:${lab.LAB_REGISTRY_PASSWORD}`).toString("base64");
  const { json } = await fetchManifest(lab.LAB_REGISTRY_AUTH, "someone/server", "latest", {
    authorization: `Basic ${basic}`,
  });
  expect(json.manifests.filter(({ platform }) => platform.os === "linux")).toHaveLength(3);
  expect(await engineContents()).toBe(before);
  rmSync(folder, { recursive: true });
});

it("npm run demo ends with the table", async () => {
  expect(readme).toContain("npm ci && npm run demo\n");
  const before = await engineContents();
  const { status, stdout, stderr } = spawnSync("npm", ["run", "--silent", "demo"], {
    cwd: root,
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  expect(stdout).toMatch(/^linux\/amd64 +sha256:\S+ .* native +hello from x86_64, built on x86_64$/m);
  expect(stdout).toMatch(/^linux\/arm64 +sha256:\S+ .* emulated +hello from aarch64, built on aarch64$/m);
  expect(stdout).toMatch(/^linux\/arm\/v7 +sha256:\S+ .* emulated +hello from armv7l, built on armv7l$/m);
  expect(await engineContents()).toBe(before);
});

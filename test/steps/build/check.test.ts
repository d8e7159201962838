import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { JobFacts } from "../../../src/host/facts.ts";
import { parseInputs } from "../../../src/inputs/parse.ts";
import { checkBuild } from "../../../src/steps/build/check.ts";
import { buildInputs } from "../../../src/steps/build/inputs.ts";

const cwd = mkdtempSync(join(tmpdir(), "multiarch-check-"));
mkdirSync(join(cwd, "app"));
writeFileSync(join(cwd, "app/Dockerfile"), "FROM scratch\n");
writeFileSync(join(cwd, "empty"), "");
writeFileSync(join(cwd, "full"), "secret\n");
afterAll(() => rmSync(cwd, { recursive: true }));

const nowhere: JobFacts = { ci: "none", event: "unknown" };

function problems(
  given: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
  job: JobFacts = nowhere,
): readonly string[] {
  const texts = new Map(Object.entries({ context: "app", ...given }));
  const { inputs, problems: wrong } = parseInputs(buildInputs, texts, env);
  return [...wrong, ...checkBuild(inputs, job, { cwd, env })];
}

describe("what is wrong is told before anything starts", () => {
  const two = "linux/amd64,linux/arm64";

  it.each<{ given: Readonly<Record<string, string>>; says: readonly string[] }>([
    { given: {}, says: [] },
    { given: { context: "nowhere" }, says: [`context: there is no folder nowhere (${cwd}/nowhere)`] },
    { given: { context: "full" }, says: ["context: full is not a folder"] },
    { given: { context: "." }, says: ["file: there is no Dockerfile in .; name it with file"] },
    { given: { file: "app" }, says: ["file: app is not a file"] },
    { given: { file: "app/Dockerfile", context: "." }, says: [] },
    { given: { context: "https://github.com/o/r.git" }, says: [] },
    {
      given: { context: "{{defaultContext}}:sub" },
      says: ["context: {{defaultContext}} is known on GitHub only"],
    },
    {
      given: { platforms: `linux/amd64,file=app/Dockerfile\nlinux/arm64,file=nope` },
      says: ["platforms: file of linux/arm64: there is no file nope"],
    },
    { given: { push: "true" }, says: ["push: where to?"] },
    { given: { push: "true", tags: "latest" }, says: ['tags: "latest" is a tag of which repository?'] },
    { given: { "platform-tags": "{tag}-{arch}" }, says: ["platform-tags: there is nothing to tag"] },
    { given: { "platform-tags": "same", image: "a/b" }, says: ['platform-tags: "same" is the same for all'] },
    { given: { handoff: "registry" }, says: ["handoff: registry needs push"] },
    { given: { load: "true", platforms: two }, says: ["load: Docker needs a name for each"] },
    { given: { load: "true", platforms: two, tags: "a/b:1", "platform-tags": "{tag}-{arch}" }, says: [] },
    { given: { outputs: "out\nout" }, says: [`outputs: two of them go to ${cwd}/out`] },
    { given: { outputs: "out\nout/{platform}", platforms: two }, says: [] },
    {
      given: { outputs: "type=tar,dest=a.tar", platforms: two },
      says: [`outputs: type=tar,dest=a.tar of several platforms: put {platform} into dest`],
    },
    { given: { outputs: "type=tar,dest={platform}.tar", platforms: two }, says: [] },
    {
      given: { outputs: "type=oci,tar=false,dest=layout", platforms: two },
      says: [`outputs: type=oci,tar=false,dest=layout of several platforms: put {platform} into dest`],
    },
    { given: { outputs: "type=magic" }, says: ["outputs: "] },
    { given: { outputs: "type=local,dst=out" }, says: ['there is no "dst": did you mean dest?'] },
    { given: { "build-contexts": "a=app\na=app" }, says: ["build-contexts: a is given twice"] },
    { given: { "build-contexts": "a=nope" }, says: ["build-contexts: there is no folder nope (for a)"] },
    { given: { "build-contexts": "a=oci-layout://app" }, says: ["there is no OCI layout in app (for a)"] },
    { given: { ssh: "default" }, says: ["ssh: default needs an agent, and SSH_AUTH_SOCK is not set"] },
    { given: { ssh: "key=nope" }, says: ["ssh: there is neither a socket nor a key at nope (for key)"] },
    {
      given: { "secret-envs": "A=NOT_SET" },
      says: ["the environment variable NOT_SET is not set; write A?="],
    },
    { given: { "secret-envs": "A?=NOT_SET" }, says: [] },
    {
      given: { "secret-files": "A=nope\nB=empty\nC=app\nD=full" },
      says: [
        "secret-files: there is no file nope; write A?=",
        "secret-files: the file empty is empty; write B?=",
        "secret-files: app is not a file",
      ],
    },
    { given: { secrets: "A=1", "secret-files": "A=full" }, says: ["secrets: A is given twice"] },
    { given: { "build-args": "NOT_SET" }, says: ["build-args: NOT_SET has no value"] },
    { given: { platforms: "linux/amd64,builder=nope://" }, says: [] },
  ])("$given", ({ given, says }) => {
    const found = problems(given);
    expect(found).toHaveLength(says.length);
    for (const [index, text] of says.entries()) expect(found[index]).toContain(text);
  });

  it("does not print what is secret", () => {
    expect(problems({ secrets: "A=\n=hunter2\nhunter3" }).join("\n")).not.toMatch(/hunter/);
  });

  it("takes the commit of the event on GitHub, where a context is not named", () => {
    const gitContext = "https://github.com/o/r.git#refs/heads/main";
    expect(problems({ context: "" }, {}, { ...nowhere, ci: "github", gitContext })).toEqual([]);
    expect(problems({ context: "" })).toEqual(["file: there is no Dockerfile in .; name it with file"]);
  });
});

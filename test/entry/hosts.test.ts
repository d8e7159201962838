import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runEntrypoint } from "./entrypoint.ts";

// The real program under the variables that each CI sets: what is wrong is said, and what comes out is handed on, as the CI
// takes it.

const workers = JSON.stringify([{ id: "w", platforms: [{ architecture: "amd64", os: "linux" }] }]);
const stubs = {
  buildctl: `#!/bin/sh
for word; do
  case "$word" in
    --version) echo "buildctl github.com/moby/buildkit v0.32.2 1";;
    workers) echo '${workers}';;
  esac
done
`,
  "buildkite-agent": `#!/bin/sh
{ printf '%s\\n' "$*"; cat; echo; } >"$(mktemp "$CALLS/XXXXXX")"
`,
};

let folder: string;
let worker: Server;
let sent: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "multiarch-hosts-"));
  mkdirSync(join(folder, "bin"));
  mkdirSync(join(folder, "calls"));
  for (const [name, text] of Object.entries(stubs)) {
    writeFileSync(join(folder, "bin", name), text);
    chmodSync(join(folder, "bin", name), 0o755);
  }
  for (const name of ["output", "env", "path"]) writeFileSync(join(folder, name), "");
  sent = [];
  worker = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part: string) => (text += part));
    request.on("end", () => {
      sent.push(`${request.url} ${text}`);
      response.end();
    });
  });
  await new Promise<void>((listening) => worker.listen(0, "127.0.0.1", listening));
});

afterEach(() => {
  worker.closeAllConnections();
  worker.close();
  rmSync(folder, { recursive: true });
});

const endpoint = "docker-container://builder";
const wrong = 'driver: "magic" is not one of auto, docker-container, podman-container, process, remote';
const plainError = `error: ${wrong}\n`;

const read = (name: string): string =>
  existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "";
const calls = (): string =>
  readdirSync(join(folder, "calls"))
    .map((name) => read(join("calls", name)))
    .toSorted()
    .join("");

interface Row {
  readonly ci: string;
  /** `FOLDER` and `WORKER` are replaced. */
  readonly env: Readonly<Record<string, string>>;
  /** What a wrong input looks like, and in which stream. */
  readonly stdout?: string;
  readonly stderr?: string;
  /** Where the address of the daemon is afterwards. */
  readonly handedOn: (stdout: string) => string;
  readonly shows: string;
}

const shell = `export BUILDKIT_HOST=${endpoint}\nexport MULTIARCH_SETUP_BUILDKIT_HOST=${endpoint}\n`;
const dotenv = `BUILDKIT_HOST=${endpoint}\nMULTIARCH_SETUP_BUILDKIT_HOST=${endpoint}\n`;

const rows: readonly Row[] = [
  {
    ci: "a laptop",
    env: { MULTIARCH_ENV_FILE: "FOLDER/file" },
    stderr: plainError,
    handedOn: () => read("file"),
    shows: shell,
  },
  {
    ci: "GitHub",
    env: {
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_REPOSITORY: "someone/server",
      GITHUB_SHA: "a".repeat(40),
      GITHUB_REF: "refs/heads/main",
      GITHUB_EVENT_NAME: "push",
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_RUN_ID: "7",
      GITHUB_OUTPUT: "FOLDER/output",
      GITHUB_ENV: "FOLDER/env",
      GITHUB_PATH: "FOLDER/path",
      RUNNER_TEMP: "FOLDER",
    },
    stdout: `::error::${wrong}\n`,
    handedOn: () =>
      `${read("output")}${read("env")}${read("path")}`
        .replaceAll(/ghadelimiter_[\w-]+/g, "EOF")
        .replaceAll(folder, "FOLDER"),
    shows: `buildkit-host<<EOF\n${endpoint}\nEOF\n`,
  },
  {
    ci: "Forgejo",
    env: { CI: "true", GITHUB_ACTIONS: "true", FORGEJO_ACTIONS: "true", GITHUB_ENV: "FOLDER/env" },
    stdout: `::error::${wrong}\n`,
    handedOn: () => read("env").replaceAll(/ghadelimiter_[\w-]+/g, "EOF"),
    shows: `BUILDKIT_HOST<<EOF\n${endpoint}\nEOF\n`,
  },
  {
    ci: "GitLab",
    env: {
      CI: "true",
      GITLAB_CI: "true",
      CI_SERVER: "yes",
      CI_PIPELINE_SOURCE: "push",
      CI_PROJECT_URL: "https://gitlab.com/someone/server",
      CI_COMMIT_SHA: "a".repeat(40),
      CI_COMMIT_BRANCH: "main",
      MULTIARCH_ENV_FILE: "FOLDER/file",
    },
    stderr: plainError,
    handedOn: () => read("file"),
    shows: dotenv,
  },
  {
    ci: "Travis",
    env: {
      CI: "true",
      TRAVIS: "true",
      TRAVIS_BRANCH: "main",
      TRAVIS_PULL_REQUEST: "false",
      TRAVIS_EVENT_TYPE: "push",
      TRAVIS_REPO_SLUG: "someone/server",
      MULTIARCH_ENV_FILE: "FOLDER/file",
    },
    stderr: plainError,
    handedOn: () => read("file"),
    shows: shell,
  },
  {
    ci: "CircleCI",
    env: {
      CI: "true",
      CIRCLECI: "true",
      CIRCLE_BRANCH: "main",
      CIRCLE_SHA1: "a".repeat(40),
      CIRCLE_REPOSITORY_URL: "git@github.com:someone/server.git",
      BASH_ENV: "FOLDER/file",
    },
    stderr: plainError,
    handedOn: () => read("file"),
    shows: shell,
  },
  {
    ci: "Azure Pipelines",
    env: {
      TF_BUILD: "True",
      BUILD_REASON: "IndividualCI",
      BUILD_SOURCEBRANCH: "refs/heads/main",
      BUILD_SOURCEVERSION: "a".repeat(40),
      BUILD_REPOSITORY_URI: "https://dev.azure.com/o/p/_git/r",
      AGENT_TEMPDIRECTORY: "FOLDER",
    },
    stdout: `##vso[task.logissue type=error;]${wrong}\n`,
    handedOn: (stdout) => stdout,
    shows:
      `##vso[task.setvariable variable=BUILDKIT_HOST;]${endpoint}\n` +
      `##vso[task.setvariable variable=BUILDKIT_HOST;isoutput=true;]${endpoint}\n`,
  },
  {
    ci: "Buildkite",
    env: {
      CI: "true",
      BUILDKITE: "true",
      BUILDKITE_BRANCH: "main",
      BUILDKITE_COMMIT: "a".repeat(40),
      BUILDKITE_JOB_ID: "018f",
      BUILDKITE_REPO: "git@github.com:someone/server.git",
      BUILDKITE_AGENT_ACCESS_TOKEN: "t",
      CALLS: "FOLDER/calls",
    },
    stderr: plainError,
    handedOn: calls,
    shows: `meta-data set BUILDKIT_HOST\n${endpoint}\nmeta-data set MULTIARCH_SETUP_BUILDCTL\n`,
  },
  {
    ci: "TeamCity",
    env: { TEAMCITY_VERSION: "2026.1 (build 200000)", BUILD_NUMBER: "7", BUILD_VCS_NUMBER: "a".repeat(40) },
    stdout: `##teamcity[message text='${wrong}' status='ERROR']\n##teamcity[buildProblem description='${wrong}']\n`,
    handedOn: (stdout) => stdout,
    shows: `##teamcity[setParameter name='env.BUILDKIT_HOST' value='${endpoint}']\n`,
  },
  {
    ci: "Jenkins",
    env: {
      JENKINS_URL: "https://jenkins.example.org/",
      BUILD_TAG: "jenkins-server-7",
      GIT_COMMIT: "a".repeat(40),
      GIT_BRANCH: "origin/main",
      MULTIARCH_ENV_FILE: "FOLDER/file",
    },
    stderr: plainError,
    handedOn: () => read("file"),
    shows: dotenv,
  },
  {
    ci: "Drone",
    env: {
      CI: "true",
      DRONE: "true",
      DRONE_BUILD_EVENT: "push",
      DRONE_COMMIT_SHA: "a".repeat(40),
      DRONE_BRANCH: "main",
      PLUGIN_ENV_FILE: "FOLDER/file",
    },
    stderr: plainError,
    handedOn: () => read("file"),
    shows: shell,
  },
  {
    ci: "Woodpecker",
    env: {
      CI: "woodpecker",
      CI_PIPELINE_EVENT: "push",
      CI_COMMIT_SHA: "a".repeat(40),
      CI_COMMIT_BRANCH: "main",
      PLUGIN_ENV_FILE: "FOLDER/file",
    },
    stderr: plainError,
    handedOn: () => read("file"),
    shows: shell,
  },
  {
    ci: "Bitbucket",
    env: {
      CI: "true",
      BITBUCKET_BUILD_NUMBER: "7",
      BITBUCKET_COMMIT: "a".repeat(40),
      BITBUCKET_BRANCH: "main",
      BITBUCKET_PIPELINES_VARIABLES_PATH: "FOLDER/file",
    },
    stderr: plainError,
    handedOn: () => read("file"),
    shows: dotenv,
  },
  {
    ci: "AppVeyor",
    env: {
      CI: "True",
      APPVEYOR: "True",
      APPVEYOR_API_URL: "WORKER",
      APPVEYOR_REPO_BRANCH: "main",
      APPVEYOR_REPO_COMMIT: "a".repeat(40),
    },
    stderr: plainError,
    handedOn: () => sent.join("\n"),
    shows: `/api/build/variables {"name":"BUILDKIT_HOST","value":"${endpoint}"}`,
  },
  {
    ci: "Codefresh",
    env: {
      CF_BUILD_ID: "5f",
      CF_BRANCH: "main",
      CF_REVISION: "a".repeat(40),
      CF_VOLUME_PATH: "FOLDER",
    },
    stderr: plainError,
    handedOn: () => read("env_vars_to_export"),
    shows: dotenv,
  },
];

describe.each(rows)("$ci", ({ env, stdout = "", stderr = "", handedOn, shows }) => {
  const run = (args: readonly string[]) =>
    runEntrypoint("multiarch", args, {
      env: {
        PATH: `${join(folder, "bin")}:/usr/bin:/bin`,
        // No engine is asked.
        DOCKER_HOST: "tcp://192.0.2.1:2375",
        MULTIARCH_STATE: join(folder, "state.json"),
        ...Object.fromEntries(
          Object.entries(env).map(([name, value]) => [
            name,
            value
              .replace("FOLDER", folder)
              .replace("WORKER", `http://127.0.0.1:${(worker.address() as AddressInfo).port}/`),
          ]),
        ),
      },
    });
  const setup = [
    ...["setup", "--driver", "remote", "--endpoint", endpoint, "--emulation", "none"],
    ...["--platforms", "linux/amd64"],
  ];
  const withBuildctl = (): readonly string[] => [...setup, "--buildctl-path", join(folder, "bin/buildctl")];

  it("gets help on stdout", async () => {
    const { code, stdout: help, stderr: log } = await run(["setup", "--help"]);
    expect({ code, log }).toEqual({ code: 0, log: "" });
    expect(help).toMatch(/^Usage: multiarch setup/m);
  });

  it("is told of a wrong input", async () => {
    expect(await run(["setup", "--driver", "magic"])).toEqual({ code: 2, signal: null, stdout, stderr });
  });

  it("is given the outputs", async () => {
    const ended = await run(withBuildctl());
    expect(ended.code, ended.stderr + ended.stdout).toBe(0);
    expect(handedOn(ended.stdout)).toContain(shows);
    expect(stdout !== "" || ended.stdout === "").toBe(true);
  });

  it("has them alone on stdout if they are printed", async () => {
    const ended = await run([...withBuildctl(), "--print", "json"]);
    expect(ended.code, ended.stderr).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({ "buildkit-host": endpoint, driver: "remote" });
    expect(ended.stderr).toContain(`BuildKit at ${endpoint}`);
  });
});

it("shows the error on the page of a build of Buildkite", async () => {
  const env = { BUILDKITE: "true", BUILDKITE_AGENT_ACCESS_TOKEN: "t", CALLS: join(folder, "calls") };
  await runEntrypoint("setup", ["--driver", "magic"], {
    env: { ...env, PATH: `${join(folder, "bin")}:/usr/bin:/bin` },
  });
  expect(calls()).toBe(
    `annotate --style error --context multiarch-problems- --append\n\`\`\`\nerror: ${wrong}\n\`\`\`\n\n`,
  );
});

it("sends the error to the build worker of AppVeyor", async () => {
  const url = `http://127.0.0.1:${(worker.address() as AddressInfo).port}/`;
  await runEntrypoint("setup", ["--driver", "magic"], { env: { APPVEYOR: "True", APPVEYOR_API_URL: url } });
  expect(sent).toEqual([`/api/build/messages ${JSON.stringify({ message: wrong, category: "error" })}`]);
});

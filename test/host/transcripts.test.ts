import { describe, expect, it } from "vitest";
import { digest, openHost, outputs, sayAll } from "./open-host.ts";

// Every CI gets the same to say and to hand on; what stands here is all that it gets.

const plainLog = `one
two
warning: app/Dockerfile:3: careful
         now
error: 100% wrong; [x]
the plan
  a
  b
linux/arm64 3 s
  #1 RUN c
  done
end x ***
`;

const shellFile = `export BUILDKIT_HOST=unix:///run/b
export MULTIARCH_BUILD_DIGEST=${digest}
export MULTIARCH_BUILD_TAGS='a:1
a:2'
export MULTIARCH_BUILD_INDEX='{
  "a": "it'\\''s 100% $HOME; [x]|é"
}'
export PATH='/opt/x y':"$PATH"
`;

const dotenvFile = `BUILDKIT_HOST=unix:///run/b
MULTIARCH_BUILD_DIGEST=${digest}
MULTIARCH_BUILD_TAGS=a:1,a:2
MULTIARCH_BUILD_INDEX={"a":"it's 100% $HOME; [x]|é"}
`;

interface Transcript {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly file?: string;
}

const named = { MULTIARCH_ENV_FILE: "FOLDER/file" };

const transcripts: readonly Transcript[] = [
  { name: "plain", env: {}, stderr: plainLog },
  { name: "plain", env: named, stderr: plainLog, file: shellFile },
  {
    name: "gitlab",
    env: { GITLAB_CI: "true", ...named },
    stderr: `one
two
warning: app/Dockerfile:3: careful
         now
error: 100% wrong; [x]
\u001b[0Ksection_start:1700000000:multiarch_1700000000123_1\r\u001b[0Kthe plan
a
b
\u001b[0Ksection_end:1700000000:multiarch_1700000000123_1\r\u001b[0K
\u001b[0Ksection_start:1700000000:multiarch_1700000000123_2[collapsed=true]\r\u001b[0Klinux/arm64 3 s
#1 RUN c
done
\u001b[0Ksection_end:1700000000:multiarch_1700000000123_2\r\u001b[0K
end x ***
`,
    file: dotenvFile.replace("$HOME", () => "$$HOME"),
  },
  {
    name: "travis",
    env: { TRAVIS: "true", ...named },
    stderr: `one
two
warning: app/Dockerfile:3: careful
         now
error: 100% wrong; [x]
travis_fold:start:multiarch.1700000000123.1\r\u001b[0Kthe plan
a
b
travis_fold:end:multiarch.1700000000123.1\r\u001b[0K
travis_fold:start:multiarch.1700000000123.2\r\u001b[0Klinux/arm64 3 s
#1 RUN c
done
travis_fold:end:multiarch.1700000000123.2\r\u001b[0K
end x ***
`,
    file: shellFile,
  },
  {
    name: "circleci",
    env: { CIRCLECI: "true", BASH_ENV: "FOLDER/file" },
    stderr: plainLog,
    file: shellFile,
  },
  {
    name: "azure",
    env: { TF_BUILD: "True" },
    stdout: `one
two
##vso[task.logissue type=warning;sourcepath=app/Dockerfile;linenumber=3;]careful%0Anow
##vso[task.logissue type=error;]100%AZP25 wrong; [x]
##[group]the plan
a
b
##[endgroup]
##[group]linux/arm64 3 s
#1 RUN c
done
##[endgroup]
##vso[task.setsecret]hunter2hunter2
end x ***
##vso[task.setvariable variable=BUILDKIT_HOST;]unix:///run/b
##vso[task.setvariable variable=BUILDKIT_HOST;isoutput=true;]unix:///run/b
##vso[task.setvariable variable=MULTIARCH_BUILD_DIGEST;]${digest}
##vso[task.setvariable variable=MULTIARCH_BUILD_DIGEST;isoutput=true;]${digest}
##vso[task.setvariable variable=MULTIARCH_BUILD_TAGS;]a:1%0Aa:2
##vso[task.setvariable variable=MULTIARCH_BUILD_TAGS;isoutput=true;]a:1%0Aa:2
##vso[task.setvariable variable=MULTIARCH_BUILD_INDEX;]{%0A  "a": "it's 100%AZP25 $HOME; [x]|é"%0A}
##vso[task.setvariable variable=MULTIARCH_BUILD_INDEX;isoutput=true;]{%0A  "a": "it's 100%AZP25 $HOME; [x]|é"%0A}
##vso[task.prependpath]/opt/x y
`,
  },
  {
    name: "buildkite",
    env: { BUILDKITE: "true" },
    stderr: `one
two
warning: app/Dockerfile:3: careful
         now
error: 100% wrong; [x]
+++ the plan
a
b
--- linux/arm64 3 s
#1 RUN c
done
+++ multiarch
end x ***
`,
  },
  {
    name: "teamcity",
    env: { TEAMCITY_VERSION: "2026.1", PATH: "/bin:/50%" },
    stdout: `one
two
##teamcity[message text='app/Dockerfile:3: careful|nnow' status='WARNING']
##teamcity[message text='100% wrong; |[x|]' status='ERROR']
##teamcity[buildProblem description='100% wrong; |[x|]']
##teamcity[blockOpened name='the plan']
a
b
##teamcity[blockClosed name='the plan']
##teamcity[blockOpened name='linux/arm64 3 s']
#1 RUN c
done
##teamcity[blockClosed name='linux/arm64 3 s']
end x ***
##teamcity[setParameter name='env.BUILDKIT_HOST' value='unix:///run/b']
##teamcity[setParameter name='env.MULTIARCH_BUILD_DIGEST' value='${digest}']
##teamcity[setParameter name='env.MULTIARCH_BUILD_TAGS' value='a:1|na:2']
##teamcity[setParameter name='env.MULTIARCH_BUILD_INDEX' value='{|n  "a": "it|'s 100%% $HOME; |[x|]|||0x00e9"|n}']
##teamcity[setParameter name='env.PATH' value='/opt/x y:/bin:/50%%']
`,
  },
  {
    name: "jenkins",
    env: { JENKINS_URL: "https://jenkins.example.org/", ...named },
    stderr: plainLog,
    file: `BUILDKIT_HOST=unix:///run/b
MULTIARCH_BUILD_DIGEST=${digest}
MULTIARCH_BUILD_TAGS=a:1\\na:2
MULTIARCH_BUILD_INDEX={\\n  "a": "it's 100% $HOME; [x]|\\u00e9"\\n}
`,
  },
  {
    name: "drone",
    env: { DRONE: "true", CI: "drone", PLUGIN_ENV_FILE: "FOLDER/file" },
    stderr: plainLog,
    file: shellFile,
  },
  { name: "drone", env: { DRONE: "true", DRONE_OUTPUT: "FOLDER/file" }, stderr: plainLog, file: dotenvFile },
  { name: "woodpecker", env: { CI: "woodpecker", ...named }, stderr: plainLog, file: shellFile },
  {
    name: "bitbucket",
    env: { BITBUCKET_BUILD_NUMBER: "7", BITBUCKET_PIPELINES_VARIABLES_PATH: "FOLDER/file" },
    stderr: plainLog,
    file: dotenvFile,
  },
  { name: "appveyor", env: { APPVEYOR: "True" }, stderr: plainLog },
  { name: "codefresh", env: { CF_BUILD_ID: "5f" }, stderr: plainLog },
];

describe.each(transcripts)("$name with $env", ({ name, env, stdout = "", stderr = "", file }) => {
  it("says and hands on this, and nothing else", async () => {
    const host = await openHost(env);
    sayAll(host);
    await host.emit(outputs, "none");
    await host.close?.();
    expect({ name: host.name, ...host.written, file: host.file("file") }).toEqual({
      name,
      stdout,
      stderr,
      file,
    });
  });

  it("has on stdout what was asked for there, and nothing else", async () => {
    const host = await openHost(env, { printsResults: true });
    sayAll(host);
    await host.emit(outputs, "json");
    await host.close?.();
    expect(host.written.stdout).toBe(`${JSON.stringify(outputs.outputs, undefined, 2)}\n`);
    expect(host.written.stderr).toContain("end x ***");
    expect(host.written.stderr).not.toContain("hunter2");
    expect(host.file("file")).toBe(file);
  });

  it("shows debug messages if they are asked for", async () => {
    const host = await openHost(env, { debug: true });
    host.log.debug("detail\nmore");
    expect(host.written.stdout + host.written.stderr).toMatch(
      name === "azure" ? /^##\[debug\]detail\n##\[debug\]more\n$/ : /^debug: detail\n {7}more\n$/,
    );
  });

  it("has no terminal to draw on, unless it is no CI", async () => {
    const host = await openHost(env, { terminal: { columns: () => 80, rows: () => 24 } });
    expect(host.terminal !== undefined).toBe(name === "plain");
  });
});

describe("a file that can't be written", () => {
  it.each([
    { MULTIARCH_ENV_FILE: "/nowhere/file" },
    { CIRCLECI: "true", BASH_ENV: "/nowhere/file" },
    { GITLAB_CI: "true", MULTIARCH_ENV_FILE: "/nowhere/file" },
  ])("fails the step by its name: %o", async (env) => {
    const { emit } = await openHost(env);
    await expect(emit(outputs, "none")).rejects.toThrow(
      "the values for later steps could not be written to /nowhere/file",
    );
  });
});

describe("outputs that no step gives", () => {
  it("are written nowhere", async () => {
    const host = await openHost({ CIRCLECI: "true", BASH_ENV: "FOLDER/file" });
    await expect(host.emit({ ...outputs, outputs: { digest: "x" } }, "json")).rejects.toThrow(
      "digest can't be",
    );
    expect({ ...host.written, file: host.file("file") }).toEqual({ stdout: "", stderr: "", file: undefined });
  });
});

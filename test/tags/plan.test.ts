import { describe, expect, it } from "vitest";
import { InputError } from "../../src/errors.ts";
import type { JobFacts } from "../../src/host/facts.ts";
import { formatFamiliar } from "../../src/oci/reference.ts";
import { parseFlavor } from "../../src/tags/flavor.ts";
import { planTags } from "../../src/tags/plan.ts";
import { parseTagSpec, splitTagList } from "../../src/tags/spec.ts";

const now = new Date("2026-03-04T22:30:00Z");
const commit = "3ad1f0c5b2e94876a1d0c3f2b5a6978812345678";
const job = { ci: "gitlab", commit, commitTime: 1_700_000_000, defaultBranch: "main" } as const;
const branch = (name: string): JobFacts => ({ ...job, event: "push", branch: name });
const tag = (name: string): JobFacts => ({ ...job, event: "tag", tag: name });
const request: JobFacts = {
  ...job,
  event: "pull-request",
  pullRequest: "42",
  branch: "fix",
  baseBranch: "main",
};
const schedule: JobFacts = { ...job, event: "schedule", branch: "main" };
const nothing: JobFacts = { ci: "none", event: "unknown" };

function plan(list: string, facts: JobFacts, flavor = "") {
  const specs = splitTagList(list).map(parseTagSpec);
  return planTags(specs, parseFlavor(flavor.split("\n").filter(Boolean)), facts, now);
}

const semver = "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}";
const refs = "type=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr";

describe("what rules make", () => {
  it.each([
    { list: refs, facts: branch("main"), tags: ["main"], floating: ["main"] },
    { list: refs, facts: branch("feature/#12 x+y"), tags: ["feature-12-x-y"], floating: ["feature-12-x-y"] },
    { list: refs, facts: branch("#12"), tags: ["12"], floating: ["12"] },
    { list: refs, facts: branch("a&b"), tags: ["a-b"], floating: ["a-b"] },
    { list: refs, facts: tag("v1.2.3"), tags: ["v1.2.3", "latest"], floating: ["latest"] },
    { list: refs, facts: tag("v1"), tags: ["v1", "latest"], floating: ["v1", "latest"] },
    { list: refs, facts: request, tags: ["pr-42"], floating: ["pr-42"] },
    { list: refs, facts: nothing, tags: [], floating: [] },
    { list: "type=ref,event=pr,prefix=", facts: request, tags: ["42"], floating: ["42"] },
    // A branch that has a pull request open is pushed to all the same.
    { list: refs, facts: { ...branch("main"), pullRequest: "7" }, tags: ["main"], floating: ["main"] },

    { list: semver, facts: tag("v1.2.3"), tags: ["1.2.3", "1.2", "latest"], floating: ["1.2", "latest"] },
    {
      list: semver,
      facts: tag("1.2.3+build.5"),
      tags: ["1.2.3", "1.2", "latest"],
      floating: ["1.2", "latest"],
    },
    { list: semver, facts: tag("v2.0.0-rc.1"), tags: ["2.0.0-rc.1"], floating: [] },
    { list: semver, facts: branch("v1.2.3"), tags: [], floating: [] },
    {
      list: "type=semver,pattern={{major}}.{{minor}}.{{patch}}\ntype=semver,pattern=v{{major}}\ntype=semver,pattern={{raw}}",
      facts: tag("v1.2.3"),
      tags: ["1.2.3", "v1", "v1.2.3", "latest"],
      floating: ["v1", "latest"],
    },
    {
      list: "type=semver,pattern={{ raw }}\ntype=semver,pattern={{raw}}-{{major}}",
      facts: tag("v2.0.0-rc.1"),
      tags: ["v2.0.0-rc.1", "2.0.0-rc.1"],
      floating: [],
    },
    {
      list: `type=semver,pattern={{version}},"match=^app/v(.+)$"`,
      facts: tag("app/v1.0.0"),
      tags: ["1.0.0", "latest"],
      floating: ["latest"],
    },
    {
      list: "type=semver,pattern={{version}},match=\\d.*",
      facts: tag("app-v1.0.0"),
      tags: ["1.0.0", "latest"],
      floating: ["latest"],
    },
    { list: semver, facts: tag("1.0.0-a/b"), tags: ["1.0.0-a-b"], floating: [] },
    {
      list: "type=semver,pattern={{major}},value=v3.1.4",
      facts: branch("main"),
      tags: ["3", "latest"],
      floating: ["3", "latest"],
    },

    {
      list: "type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}.{{minor}}\ntype=pep440,pattern={{patch}}",
      facts: tag("v1.2"),
      tags: ["1.2", "0", "latest"],
      floating: ["0", "latest"],
    },
    {
      list: "type=pep440,pattern={{raw}}\ntype=pep440,pattern={{major}}",
      facts: tag("1.2-RC3"),
      tags: ["1.2-RC3", "1.2rc3"],
      floating: [],
    },

    {
      list: "type=match,pattern=v(\\d\\.\\d),group=1\ntype=match,pattern=/RC\\d/i",
      facts: tag("v2.0.8-rc2"),
      tags: ["2.0", "rc2", "latest"],
      floating: ["2.0", "rc2", "latest"],
    },
    {
      list: "type=match,pattern=\\d{8}",
      facts: tag("20200110-RC2"),
      tags: ["20200110", "latest"],
      floating: ["latest"],
    },
    {
      list: "type=match,pattern=v(.*),group=1,value=v9",
      facts: branch("x"),
      tags: ["9", "latest"],
      floating: ["9", "latest"],
    },
    { list: "type=match,pattern=v", facts: branch("v1"), tags: [], floating: [] },

    { list: "type=edge", facts: branch("main"), tags: ["edge"], floating: ["edge"] },
    { list: "type=edge", facts: branch("dev"), tags: [], floating: [] },
    { list: "type=edge,branch=dev", facts: branch("dev"), tags: ["edge"], floating: ["edge"] },
    { list: "type=edge", facts: tag("v1.0.0"), tags: [], floating: [] },

    {
      list: "type=schedule\ntype=ref,event=branch",
      facts: schedule,
      tags: ["nightly", "main"],
      floating: ["nightly", "main"],
    },
    { list: "type=schedule", facts: branch("main"), tags: [], floating: [] },
    {
      list: "type=schedule,pattern={{date 'YYYYMMDD-HHmm' tz='Asia/Tokyo'}}\ntype=schedule,pattern=c{{commit_date 'YYYY'}}",
      facts: schedule,
      tags: ["20260305-0730", "c2023"],
      floating: [],
    },

    { list: "type=sha", facts: branch("main"), tags: ["sha-3ad1f0c"], floating: [] },
    {
      list: "type=sha",
      facts: { ...branch("main"), shortCommitLength: 12 },
      tags: ["sha-3ad1f0c5b2e9"],
      floating: [],
    },
    { list: "type=sha,format=long,prefix=", facts: branch("main"), tags: [commit], floating: [] },

    {
      list: "type=raw,b-{{branch}}\ntype=raw,t-{{tag}}\ntype=raw,s-{{sha}}\ntype=raw,r-{{base_ref}}",
      facts: branch("main"),
      tags: ["b-main", "t-", "s-3ad1f0c", "r-"],
      floating: ["b-main", "t-", "r-"],
    },
    {
      list: "type=raw,b-{{branch}}\ntype=raw,t-{{tag}}\ntype=raw,r-{{base_ref}}",
      facts: { ...tag("v1.2.3"), baseBranch: "main" },
      tags: ["b-", "t-v1.2.3", "r-main"],
      floating: ["b-", "r-main"],
    },
    { list: "{{base_ref}}-{{date 'YYYY'}}", facts: request, tags: ["main-2026"], floating: [] },
    {
      list: "type=raw,{{commit_date 'YYYY'}}",
      facts: { ...nothing, branch: "x" },
      tags: ["2026"],
      floating: [],
    },
    { list: "{{branch}},x", facts: request, tags: ["x"], floating: ["x"] },
    {
      list: "type=raw,latest,enable={{is_default_branch}}\ntype=raw,dev,enable={{is_not_default_branch}}",
      facts: branch("main"),
      tags: ["latest"],
      floating: ["latest"],
    },
    {
      list: "type=raw,latest,enable={{is_default_branch}}\ntype=raw,dev,enable={{is_not_default_branch}}",
      // The branch of a fork may have any name.
      facts: { ...request, branch: "main" },
      tags: ["dev"],
      floating: ["dev"],
    },
    { list: "type=raw,x,enable=false", facts: branch("main"), tags: [], floating: [] },
  ])("$list for $facts.event $facts.branch $facts.tag", ({ facts, floating, list, tags }) => {
    expect(plan(list, facts)).toEqual({ tags, references: [], version: tags[0], floating, warnings: [] });
  });
});

describe("auto", () => {
  it.each([
    { facts: branch("main"), tags: ["main"], floating: ["main"] },
    { facts: request, tags: ["pr-42"], floating: ["pr-42"] },
    { facts: schedule, tags: ["nightly", "main"], floating: ["nightly", "main"] },
    {
      facts: tag("v1.2.3"),
      tags: ["1.2.3", "1.2", "1", "v1.2.3", "latest"],
      floating: ["1.2", "1", "latest"],
    },
    { facts: tag("0.3.1"), tags: ["0.3.1", "0.3", "latest"], floating: ["0.3", "latest"] },
    { facts: tag("v2.0.0-beta.67"), tags: ["2.0.0-beta.67", "v2.0.0-beta.67"], floating: [] },
    { facts: tag("stable"), tags: ["stable", "latest"], floating: ["stable", "latest"] },
    { facts: nothing, tags: [], floating: [] },
  ])("$facts.event $facts.branch $facts.tag", ({ facts, floating, tags }) => {
    expect(plan("auto", facts)).toEqual({ tags, references: [], version: tags[0], floating, warnings: [] });
  });
});

describe("order, priority and latest", () => {
  it.each([
    { list: "latest, 1.2, 1.2.3", flavor: "", tags: ["latest", "1.2", "1.2.3"] },
    { list: "a,a,b,a", flavor: "", tags: ["a", "b"] },
    { list: "a", flavor: "latest=true", tags: ["a", "latest"] },
    { list: "latest,a", flavor: "latest=true", tags: ["latest", "a"] },
    { list: "", flavor: "latest=true", tags: [] },
    {
      list: `x\ntype=sha\n${semver}\ntype=ref,event=tag`,
      flavor: "",
      tags: ["1.2.3", "1.2", "v1.2.3", "x", "sha-3ad1f0c", "latest"],
    },
    // The first tag decides: it is not one of a release.
    { list: `type=raw,x,priority=2000\n${semver}`, flavor: "", tags: ["x", "1.2.3", "1.2"] },
    {
      list: `type=raw,x,priority=2000\n${semver}`,
      flavor: "latest=true",
      tags: ["x", "1.2.3", "1.2", "latest"],
    },
    { list: semver, flavor: "latest=false", tags: ["1.2.3", "1.2"] },
    { list: "type=semver,pattern={{version}},enable=false\ntype=sha", flavor: "", tags: ["sha-3ad1f0c"] },
    {
      list: `type=edge\n${semver}`,
      flavor: "suffix=-alpine",
      tags: ["1.2.3-alpine", "1.2-alpine", "latest"],
    },
    {
      list: "type=semver,pattern={{version}}\ntype=raw,x,prefix=,suffix=-{{sha}}\nplain",
      flavor: "prefix=p-,onlatest=true\nsuffix=-s,onlatest=true",
      tags: ["p-1.2.3-s", "x-3ad1f0c", "p-plain-s", "p-latest-s"],
    },
    { list: "type=sha", flavor: "prefix=p-\nsuffix=-s", tags: ["sha-3ad1f0c-s"] },
    {
      list: semver,
      flavor: "prefix={{tag}}/,onlatest=true",
      tags: ["v1.2.3-1.2.3", "v1.2.3-1.2", "v1.2.3-latest"],
    },
  ])("$list with $flavor", ({ flavor, list, tags }) => {
    const planned = plan(list, tag("v1.2.3"), flavor);
    expect(planned.tags).toEqual(tags);
    expect(planned.version).toBe(tags[0]);
  });
});

it("leaves whole references as they are, and takes the version from them", () => {
  const list = "user/app:1.2.3\nuser/app:1.2\nuser/app:latest\nghcr.io/user/app:1.2.3\nuser/app:1.2.3";
  const { references, ...rest } = plan(list, tag("v9.9.9"), "prefix=p-\nlatest=true");
  expect(references.map(formatFamiliar)).toEqual([
    "user/app:1.2.3",
    "user/app:1.2",
    "user/app:latest",
    "ghcr.io/user/app:1.2.3",
  ]);
  expect(rest).toEqual({ tags: [], version: "1.2.3", floating: ["1.2", "latest"], warnings: [] });
});

describe("tags that stay where they are", () => {
  it.each([
    { names: ["1.2.3", "v1.2.3-rc.1", "1.2.3-alpine", "app-v1.2.3", "2026.11.23"], moves: false },
    {
      names: ["sha-3ad1f0c", "3ad1f0c5b2e9", commit, "main-3ad1f0c", "20200110", "nightly-20200110-0930"],
      moves: false,
    },
    {
      names: [
        "latest",
        "1",
        "1.2",
        "v1",
        "edge",
        "main",
        "alpine",
        "1.2-alpine",
        "deadbeef",
        "pr-1234567890x",
      ],
      moves: true,
    },
  ])("$names", ({ moves, names }) => {
    expect(plan(names.join(), nothing).floating).toEqual(moves ? names : []);
  });
});

describe("rules of which one would expect a tag", () => {
  it.each([
    { list: semver.split("\n")[0] ?? "", facts: tag("some"), why: '"some" is not a semantic version' },
    { list: "type=pep440,pattern={{raw}}", facts: tag("some"), why: '"some" is not a version after PEP 440' },
    {
      list: "type=semver,pattern={{version}},match=^app-v(.*)",
      facts: tag("v1.0.0"),
      why: '/^app-v(.*)/ does not match "v1.0.0"',
    },
    { list: "type=match,pattern=x", facts: tag("v1"), why: '/x/ does not match "v1"' },
    { list: "type=match,pattern=v,group=2", facts: tag("v1"), why: "/v/ has no group 2" },
    { list: "type=edge", facts: { ...nothing, branch: "main" }, why: "the default branch is not known" },
    { list: "type=sha", facts: nothing, why: "the commit is not known" },
  ])("$list", ({ facts, list, why }) => {
    const { tags, warnings } = plan(list, facts);
    expect(tags).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining(`tags: ${list} makes no tag: ${why}`)]);
  });
});

describe("what can't be a tag", () => {
  it.each([
    {
      list: "type=ref,event=branch",
      facts: branch("x".repeat(129)),
      says: "it has 129 characters, and a tag at most 128",
    },
    { list: "type=ref,event=branch", facts: branch("#"), says: "nothing of it can stand in a tag" },
    {
      list: "type=sha,enable={{branch}}",
      facts: branch("main"),
      says: 'enable is "main", neither true nor false',
    },
  ])("$list", ({ facts, list, says }) => {
    expect(() => plan(list, facts)).toThrow(InputError);
    expect(() => plan(list, facts)).toThrow(says);
    expect(() => plan(list, facts)).toThrow(list);
  });
});

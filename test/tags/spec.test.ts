import { describe, expect, it } from "vitest";
import { InputError } from "../../src/errors.ts";
import { parseTagRule } from "../../src/tags/rule.ts";
import { parseTagSpec, splitTagList } from "../../src/tags/spec.ts";

describe("splitTagList", () => {
  it.each([
    { text: "", items: [] },
    { text: "latest", items: ["latest"] },
    { text: "latest, 1.2 ,,edge", items: ["latest", "1.2", "edge"] },
    {
      text: "user/app:1,ghcr.io/user/app:1\nuser/app:2",
      items: ["user/app:1", "ghcr.io/user/app:1", "user/app:2"],
    },
    { text: "\r\n  latest\r\n\r\n  edge\r\n", items: ["latest", "edge"] },
    { text: '"latest","1.2"', items: ["latest", "1.2"] },
    { text: '"latest,1.2"', items: ["latest", "1.2"] },
    {
      text: "type=semver,pattern={{version}}\ntype=raw,foo\nauto, edge",
      items: ["type=semver,pattern={{version}}", "type=raw,foo", "auto", "edge"],
    },
    { text: "priority=5,type=sha", items: ["priority=5,type=sha"] },
    { text: "foo,type=raw", items: ["foo,type=raw"] },
    { text: 'type=match,"pattern=\\d{1,2}"', items: ['type=match,"pattern=\\d{1,2}"'] },
    { text: '"type=raw",value=x', items: ['"type=raw",value=x'] },
    { text: '"type=raw,value=x"', items: ["type=raw,value=x"] },
    { text: "# minimal\ntype=sha\n  # latest\nlatest", items: ["type=sha", "latest"] },
  ])("$text", ({ items, text }) => {
    expect(splitTagList(text)).toEqual(items);
  });
});

const reference = (registry: string, repository: string, tag: string) => ({
  kind: "reference",
  reference: { registry, repository, tag },
});

describe("parseTagSpec", () => {
  it.each([
    { text: "auto", spec: { kind: "auto" } },
    { text: "latest", spec: { kind: "tag", tag: "latest" } },
    { text: "v1.2.3-rc.1_2", spec: { kind: "tag", tag: "v1.2.3-rc.1_2" } },
    { text: "x".repeat(128), spec: { kind: "tag", tag: "x".repeat(128) } },
    { text: "app:1.2", spec: reference("docker.io", "library/app", "1.2") },
    { text: "user/app:1.2", spec: reference("docker.io", "user/app", "1.2") },
    { text: "user/app", spec: reference("docker.io", "user/app", "latest") },
    { text: "localhost:5000/app", spec: reference("localhost:5000", "app", "latest") },
    { text: "ghcr.io/user/app:edge", spec: reference("ghcr.io", "user/app", "edge") },
  ])("$text", ({ spec, text }) => {
    expect(parseTagSpec(text)).toEqual(spec);
  });

  it("reads rules, and tags with expressions as rules", () => {
    const rule = "type=ref,event=pr";
    expect(parseTagSpec(rule)).toEqual({ kind: "rule", rule: parseTagRule(rule) });
    const raw = "{{branch}}-{{date 'YYYY' tz='Asia/Tokyo'}}";
    expect(parseTagSpec(raw)).toEqual({
      kind: "rule",
      rule: { ...parseTagRule(`type=raw,value=${raw}`), text: raw },
    });
  });

  it.each([
    { text: "typ=semver", says: 'did you mean "type=semver"?' },
    { text: "enable=false", says: "a rule is one line that begins with its type" },
    { text: "enable={{is_default_branch}}", says: "a rule is one line" },
    { text: "type=semvr", says: "did you mean semver?" },
    { text: "my tag", says: 'did you mean "my-tag"?' },
    { text: "-dev", says: 'did you mean "dev"?' },
    { text: ".", says: "a tag has at most 128 of" },
    { text: "x".repeat(129), says: "a tag has at most 128 of" },
    { text: "User/App:1", says: 'did you mean "user/app:1"?' },
    { text: "user/app:", says: "not an image reference" },
    { text: "https://ghcr.io/user/app", says: "leave out the scheme" },
    { text: `user/app:1@sha256:${"0".repeat(64)}`, says: "a digest can't be moved" },
    { text: "user/app:{{tag}}", says: "give the repository as image" },
    { text: "{{brnch}}", says: "did you mean branch?" },
  ])("refuses $text", ({ says, text }) => {
    expect(() => parseTagSpec(text)).toThrow(InputError);
    expect(() => parseTagSpec(text)).toThrow(says);
    expect(() => parseTagSpec(text)).toThrow(JSON.stringify(text));
  });
});

import { describe, expect, it } from "vitest";
import { InputError } from "../../src/errors.ts";
import { parseTagRule } from "../../src/tags/rule.ts";

const version = { name: "version" };
const date = (format: string, timeZone = "UTC") => ({ name: "date", format, timeZone });

describe("parseTagRule", () => {
  it.each([
    { text: "type=schedule", rule: { type: "schedule", priority: 1000, pattern: ["nightly"] } },
    {
      text: "type=schedule,pattern={{date 'YYYYMMDD' tz='Asia/Tokyo'}}",
      rule: { type: "schedule", priority: 1000, pattern: [date("YYYYMMDD", "Asia/Tokyo")] },
    },
    {
      text: `type=schedule,"pattern=n-{{ date ""ddd, D"" }}"`,
      rule: { type: "schedule", priority: 1000, pattern: ["n-", date("ddd, D")] },
    },
    { text: "type=semver,pattern={{version}}", rule: { type: "semver", priority: 900, pattern: [version] } },
    {
      text: " Type = semver , pattern = v{{ major }}.{{minor}} , value = , match = , prefix = ",
      rule: {
        type: "semver",
        priority: 900,
        pattern: ["v", { name: "major" }, ".", { name: "minor" }],
        prefix: [],
      },
    },
    {
      text: 'priority=-1.5,type=pep440,pattern={{raw}},value=p1/v1.0.0,"match=v(\\d{1,2}.*)$"',
      rule: {
        type: "pep440",
        priority: -1.5,
        pattern: [{ name: "raw" }],
        value: ["p1/v1.0.0"],
        match: /v(\d{1,2}.*)$/,
      },
    },
    {
      text: "type=match,pattern=v(.*),group=1,value=v{{sha}}",
      rule: { type: "match", priority: 800, pattern: /v(.*)/, group: 1, value: ["v", { name: "sha" }] },
    },
    {
      text: "type=match,pattern=/^V(\\d)$/gi",
      rule: { type: "match", priority: 800, pattern: /^V(\d)$/gi, group: 0 },
    },
    {
      text: "type=match,pattern=p1/v/x",
      rule: { type: "match", priority: 800, pattern: /p1\/v\/x/, group: 0 },
    },
    { text: "type=edge,branch=", rule: { type: "edge", priority: 700 } },
    { text: "type=edge,branch=trunk", rule: { type: "edge", priority: 700, branch: "trunk" } },
    { text: "type=ref,event=branch", rule: { type: "ref", priority: 600, event: "branch" } },
    { text: "type=ref,event=tag", rule: { type: "ref", priority: 600, event: "tag" } },
    { text: "type=ref,event=pr", rule: { type: "ref", priority: 600, event: "pr", prefix: ["pr-"] } },
    { text: "type=ref,event=pr,prefix=", rule: { type: "ref", priority: 600, event: "pr", prefix: [] } },
    { text: "type=raw,foo", rule: { type: "raw", priority: 200, value: ["foo"] } },
    { text: "foo,type=raw", rule: { type: "raw", priority: 200, value: ["foo"] } },
    { text: "type=raw,value=a=b", rule: { type: "raw", priority: 200, value: ["a=b"] } },
    {
      text: "type=raw,value=latest,enable={{is_default_branch}}",
      rule: { type: "raw", priority: 200, value: ["latest"], enable: [{ name: "is_default_branch" }] },
    },
    {
      text: "type=sha,enable=false,suffix=-{{branch}}",
      rule: {
        type: "sha",
        priority: 100,
        format: "short",
        enable: ["false"],
        prefix: ["sha-"],
        suffix: ["-", { name: "branch" }],
      },
    },
    {
      text: "type=sha,format=long,prefix=",
      rule: { type: "sha", priority: 100, format: "long", prefix: [] },
    },
  ])("$text", ({ rule, text }) => {
    expect(parseTagRule(text)).toEqual({ text, enable: ["true"], ...rule });
  });

  it.each([
    { text: "type=semvr,pattern={{version}}", says: "did you mean semver?" },
    { text: "type=auto", says: 'there is no type "auto": there are schedule, semver' },
    { text: "type=semver", says: "it needs pattern, such as pattern={{version}}" },
    { text: "type=semver,pattern=", says: "it needs pattern" },
    { text: "type=match", says: "it needs pattern" },
    { text: "type=ref", says: "it needs event, such as event=branch" },
    { text: "type=raw", says: "it needs value" },
    { text: "type=ref,event=pull", says: "there are branch, tag, pr" },
    { text: "type=ref,event=brunch", says: "did you mean branch?" },
    { text: "type=sha,format=foo", says: "there are short, long" },
    { text: "type=sha,pattern=x", says: 'type=sha takes no "pattern": there are type, format, enable' },
    { text: "type=sha,prefx=x", says: "did you mean prefix?" },
    { text: "type=match,pattern=v(.*),group=foo", says: "group=foo is not the number of a group" },
    { text: "type=match,pattern=v(", says: '"v(" is not a regular expression' },
    { text: "type=match,pattern=/v/y", says: "may have the flags g, i, m, s and u: y" },
    { text: "type=sha,priority=high", says: "priority=high is not a number" },
    { text: "type=sha,enable=yes", says: "enable=yes is neither true nor false" },
    { text: "type=sha,enable=", says: "enable= is neither true nor false" },
    { text: "type=semver,pattern={{verison}}", says: "did you mean version?" },
    { text: "type=semver,pattern={{branch}}", says: "there is no {{branch}}: there are version, raw" },
    { text: "type=raw,value={{version}}", says: "there is no {{version}}" },
    { text: "type=raw,value={{branch x}}", says: "{{branch}} takes nothing" },
    { text: "type=raw,value={{branch", says: "a {{ is not closed" },
    { text: "type=raw,value={{date YYYY}}", says: "is not {{date 'YYYYMMDD'" },
    { text: "type=raw,value={{date 'YYYY' zone='UTC'}}", says: "is not {{date 'YYYYMMDD'" },
    { text: "type=raw,value={{date 'YYYY' tz='Mars'}}", says: 'there is no time zone "Mars"' },
    { text: "type=raw,value={{commit_date 'LT'}}", says: "has LT" },
    { text: "type=raw,value=x,enable=${{ github.ref == 'x' }}", says: "is filled in by GitHub alone" },
    { text: "type=raw,foo,bar", says: "value is given twice: a rule has a line of its own" },
    { text: "type=ref,event=branch,type=sha", says: "type is given twice" },
    { text: 'type=raw,value="a"', says: "quote the whole field" },
  ])("refuses $text", ({ says, text }) => {
    expect(() => parseTagRule(text)).toThrow(InputError);
    expect(() => parseTagRule(text)).toThrow(says);
    expect(() => parseTagRule(text)).toThrow(JSON.stringify(text));
  });
});

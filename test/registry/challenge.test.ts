import { describe, expect, it } from "vitest";

import { parseChallenges } from "../../src/registry/auth.ts";
import { cleanScopes, repositoryScope } from "../../src/registry/scope.ts";
import { parseTokenResponse } from "../../src/registry/token.ts";

describe("challenges", () => {
  it.each([
    {
      header: 'Bearer realm="https://a/t",service="r",scope="repository:a/b:pull,push"',
      challenges: [
        {
          scheme: "bearer",
          params: { realm: "https://a/t", service: "r", scope: "repository:a/b:pull,push" },
        },
      ],
    },
    { header: 'BASIC Realm="x y"', challenges: [{ scheme: "basic", params: { realm: "x y" } }] },
    {
      header: "Basic realm=https://a/t",
      challenges: [{ scheme: "basic", params: { realm: "https://a/t" } }],
    },
    { header: "Negotiate", challenges: [{ scheme: "negotiate", params: {} }] },
    {
      header: "Negotiate dGVzdA==, Basic realm=x",
      challenges: [
        { scheme: "negotiate", params: {} },
        { scheme: "basic", params: { realm: "x" } },
      ],
    },
    {
      header: 'Bearer realm="a", Basic realm="b", charset="UTF-8"',
      challenges: [
        { scheme: "bearer", params: { realm: "a" } },
        { scheme: "basic", params: { realm: "b", charset: "UTF-8" } },
      ],
    },
    {
      header: String.raw`Bearer realm="a\"b\\c"`,
      challenges: [{ scheme: "bearer", params: { realm: 'a"b\\c' } }],
    },
    {
      header: 'Bearer realm="first",realm="second"',
      challenges: [{ scheme: "bearer", params: { realm: "first" } }],
    },
    { header: "", challenges: [] },
  ])("$header", ({ header, challenges }) => {
    expect(parseChallenges(header)).toEqual(challenges);
  });

  it("reads several headers", () => {
    expect(parseChallenges(["Basic", "Bearer realm=x"]).map(({ scheme }) => scheme)).toEqual([
      "basic",
      "bearer",
    ]);
  });

  it.each(['Basic realm="open', 'Basic realm="a" charset="b"', "Basic realm=a; b=c"])(
    "refuses %j by name",
    (header) => {
      expect(() => parseChallenges(header)).toThrow(JSON.stringify(header));
    },
  );
});

describe("scopes", () => {
  it("are sorted, merged and each once", () => {
    expect(repositoryScope("a/b", ["push", "pull", "push"])).toBe("repository:a/b:pull,push");
    expect(
      cleanScopes(["repository:b:push", "repository:a:pull", "repository:b:pull", "", "registry:catalog:*"]),
    ).toEqual(["registry:catalog:*", "repository:a:pull", "repository:b:pull,push"]);
  });
});

describe("token", () => {
  it.each([
    { body: { token: "t", expires_in: 300 }, token: "t", expiresIn: 300 },
    { body: { access_token: "t" }, token: "t", expiresIn: 60 },
    { body: { token: "", access_token: "t", expires_in: 0 }, token: "t", expiresIn: 60 },
    { body: { token: "t", issued_at: "1970-01-01T00:00:00Z", expires_in: 1 }, token: "t", expiresIn: 1 },
  ])("$body", ({ body, token, expiresIn }) => {
    expect(parseTokenResponse(JSON.stringify(body), "auth.example.com")).toEqual({ token, expiresIn });
  });

  it.each(["<html>", "null", "{}", '{"token":1}', '{"token":"a\\r\\nx: y"}'])(
    "refuses %j without repeating it",
    (body) => {
      const parse = () => parseTokenResponse(body, "auth.example.com");
      expect(parse).toThrow("auth.example.com");
      expect(parse).not.toThrow(body);
    },
  );
});

import { describe, expect, it } from "vitest";

import { parseErrorBody, printable, summarizeErrorBody } from "../../src/registry/error.ts";
import { askedWait, backoff, isTemporary, maxTries, triesAfter } from "../../src/registry/retry.ts";
import { parseWarnings } from "../../src/registry/warning.ts";

const coded = (code: string, cause?: unknown): Error => Object.assign(new Error(code, { cause }), { code });

describe("retry", () => {
  it.each([408, 425, 429, 499, 500, 502, 503, 504, 522])("%i is temporary", (status) => {
    expect(isTemporary({ status })).toBe(true);
  });

  it.each([400, 401, 403, 404, 405, 409, 413, 415])("%i is final, whatever its codes say", (status) => {
    expect(isTemporary({ status, codes: ["UNAVAILABLE"] })).toBe(false);
  });

  it("believes temporary codes of other statuses, if all are", () => {
    expect(isTemporary({ status: 420, codes: ["TOOMANYREQUESTS"] })).toBe(true);
    expect(isTemporary({ status: 420, codes: ["TOOMANYREQUESTS", "DENIED"] })).toBe(false);
  });

  it.each([
    ["a reset", coded("ECONNRESET"), maxTries],
    ["a wrapped one", new Error("x", { cause: coded("UND_ERR_SOCKET") }), maxTries],
    ["one of several", new AggregateError([coded("ETIMEDOUT")]), maxTries],
    ["a refused connection", coded("ECONNREFUSED"), 2],
    ["an unknown name", coded("ENOTFOUND"), 2],
    ["a bad certificate", coded("CERT_HAS_EXPIRED"), 1],
    ["a mistake of ours", new TypeError("x"), 1],
  ])("after %s", (_, error, tries) => {
    expect(triesAfter(error)).toBe(tries);
  });

  it("waits longer each time, at most 30 s", () => {
    expect([1, 2, 3, 4, 9].map((tries) => backoff(tries, 1))).toEqual([500, 1000, 2000, 4000, 30_000]);
    expect(backoff(1, 0)).toBe(250);
  });

  const now = Date.parse("2026-01-01T00:00:00Z");
  it.each([
    { headers: { "retry-after": "2" }, wait: 2000 },
    { headers: { "retry-after": "0" }, wait: undefined },
    { headers: { "retry-after": "Thu, 01 Jan 2026 00:00:05 GMT" }, wait: 5000 },
    {
      headers: { "retry-after": "Thu, 01 Jan 2026 02:00:05 GMT", date: "Thu, 01 Jan 2026 02:00:00 GMT" },
      wait: 5000,
    },
    { headers: { "retry-after": "Wed, 31 Dec 2025 00:00:00 GMT" }, wait: undefined },
    { headers: { "retry-after": "soon" }, wait: undefined },
    { headers: { "retry-after": "-1" }, wait: undefined },
    { headers: { "x-retry-after": String(now / 1000 + 7) }, wait: 7000 },
    { headers: {}, wait: undefined },
  ])("$headers asks for $wait ms", ({ headers, wait }) => {
    expect(askedWait((name) => (headers as Record<string, string>)[name], now)).toBe(wait);
  });
});

describe("what a registry says", () => {
  it.each([
    { body: '{"errors":[{"code":"DENIED","message":"no"}]}', text: "DENIED: no" },
    { body: '{"errors":[{"code":"A","message":"x"},{"code":"B"}]}', text: "A: x; B" },
    { body: '{"details":"incorrect username or password"}', text: "incorrect username or password" },
    { body: "<html>\r\n<h1>Bad Gateway</h1>", text: "<html> <h1>Bad Gateway</h1>" },
    { body: "", text: "" },
    { body: '{"errors":null}', text: '{"errors":null}' },
    { body: "x".repeat(1000), text: "x".repeat(300) },
  ])("$body", ({ body, text }) => {
    expect(summarizeErrorBody(body)).toBe(text);
  });

  it("forges no log line", () => {
    expect(printable("a\r\n::set-output name=x::y\u001b[31m\u202eb")).toBe("a ::set-output name=x::y [31m b");
    expect(parseErrorBody('{"errors":[1,null,{"code":1}]}')).toEqual([{ code: "", message: "" }]);
  });

  it("may be a warning", () => {
    expect(
      parseWarnings(['299 - "old \\"thing\\""', '199 - "x"', '299 r.io "x"', `299 - "${"x".repeat(5000)}"`]),
    ).toEqual(['old "thing"']);
  });
});

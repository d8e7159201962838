import { describe, expect, it } from "vitest";
import { parsePublishedPort } from "../../../src/buildkit/drivers/published-port.ts";

describe("the output of docker port and podman port", () => {
  it.each([
    { text: "127.0.0.1:49153\n", port: 49_153 },
    { text: "127.0.0.1:38421", port: 38_421 },
    { text: "1234/tcp -> 127.0.0.1:49153\n", port: 49_153 },
  ])("gives $port", ({ text, port }) => {
    expect(parsePublishedPort(text)).toBe(port);
  });

  it.each([
    { text: "", why: "not published" },
    { text: "0.0.0.0:49153\n[::]:49153\n", why: "0.0.0.0:49153, [::]:49153 and not on 127.0.0.1 alone" },
    { text: "127.0.0.1:49153\n0.0.0.0:49153\n", why: "not on 127.0.0.1 alone" },
    { text: "127.0.0.1:49153\n127.0.0.1:49154\n", why: "not on 127.0.0.1 alone" },
    { text: "127.0.0.1:0\n", why: "not on 127.0.0.1 alone" },
    { text: "Error: No public port\n", why: "not on 127.0.0.1 alone" },
  ])("is refused: $text", ({ text, why }) => {
    expect(() => parsePublishedPort(text)).toThrow(why);
  });
});

import { expect, it } from "vitest";
import { proxyArguments } from "../../src/buildkit/docker-proxies.ts";

const proxies = {
  default: { httpProxy: "http://p:1", noProxy: "a,b", httpsProxy: "" },
  "tcp://engine:2376": { allProxy: "socks5://q" },
};

it.each([
  { config: {}, host: undefined, expected: [] },
  { config: { proxies: 7 }, host: undefined, expected: [] },
  { config: null, host: "tcp://engine:2376", expected: [] },
  {
    config: { proxies },
    host: undefined,
    expected: [
      ["HTTP_PROXY", "http://p:1"],
      ["http_proxy", "http://p:1"],
      ["NO_PROXY", "a,b"],
      ["no_proxy", "a,b"],
    ],
  },
  {
    config: { proxies },
    host: "tcp://engine:2376",
    expected: [
      ["ALL_PROXY", "socks5://q"],
      ["all_proxy", "socks5://q"],
    ],
  },
])("proxies of $config for $host", ({ config, host, expected }) => {
  expect(proxyArguments(config, host)).toEqual(expected);
});

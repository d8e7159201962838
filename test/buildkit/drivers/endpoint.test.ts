import { describe, expect, it } from "vitest";
import {
  buildxArguments,
  endpointArguments,
  formatEndpoint,
  isLoopback,
  parseEndpoint,
  tcpHost,
} from "../../../src/buildkit/drivers/endpoint.ts";

const arm64 = { os: "linux", architecture: "arm64" };
const armV7 = { os: "linux", architecture: "arm", variant: "v7" };

describe("an endpoint", () => {
  it.each([
    { text: "tcp://10.0.0.7:1234", endpoint: { address: "tcp://10.0.0.7:1234", tls: {} } },
    { text: "tcp://[::1]:1234", endpoint: { address: "tcp://[::1]:1234", tls: {} } },
    {
      text: "tcp://builder.example:1234,platforms=linux/arm64/v8;linux/arm",
      endpoint: { address: "tcp://builder.example:1234", platforms: [arm64, armV7], tls: {} },
    },
    {
      text: 'unix:///run/buildkit/buildkitd.sock,"platforms=linux/arm64,linux/arm/v7"',
      endpoint: { address: "unix:///run/buildkit/buildkitd.sock", platforms: [arm64, armV7], tls: {} },
    },
    {
      text: 'tcp://h:1,tls-ca=/a.pem,tls-cert=c.pem,"tls-key=/with,comma.pem",tls-server-name=buildkitd',
      endpoint: {
        address: "tcp://h:1",
        tls: { ca: "/a.pem", cert: "c.pem", key: "/with,comma.pem", serverName: "buildkitd" },
      },
    },
    { text: "ssh://user@host", endpoint: { address: "ssh://user@host", tls: {} } },
    {
      text: "ssh://host:2222/run/buildkit/buildkitd.sock",
      endpoint: { address: "ssh://host:2222/run/buildkit/buildkitd.sock", tls: {} },
    },
    {
      text: "docker-container://build_kit.0?context=far",
      endpoint: { address: "docker-container://build_kit.0?context=far", tls: {} },
    },
    {
      text: "podman-container://buildkit",
      endpoint: { address: "podman-container://buildkit", tls: {} },
    },
    {
      text: "kube-pod://buildkitd-0?namespace=ci&container=buildkitd",
      endpoint: { address: "kube-pod://buildkitd-0?namespace=ci&container=buildkitd", tls: {} },
    },
  ])("is read from $text", ({ text, endpoint }) => {
    expect(parseEndpoint(text)).toEqual(endpoint);
    const again = parseEndpoint(formatEndpoint(endpoint));
    expect(again).toEqual({ ...endpoint, tls: {} });
  });

  it.each([
    { text: "builder", why: "an address is KIND://" },
    { text: "http://builder:80", why: "there are tcp://, unix://" },
    { text: "tcp://builder", why: "no port" },
    { text: "tcp://:1234", why: "no host" },
    { text: "tcp://builder:0", why: "no port" },
    { text: "tcp://builder:123456", why: "no port" },
    { text: "tcp://user@builder:1234", why: "no host" },
    { text: "tcp://builder:1234/path", why: "no port" },
    { text: "tcp://builder:1234?x=y", why: 'takes no "x"' },
    { text: "tcp://builder:1234#x", why: "after #" },
    { text: "tcp://build er:1234", why: "a space" },
    { text: "unix://run/buildkitd.sock", why: "absolute" },
    { text: `unix:///${"x".repeat(107)}`, why: "107 bytes" },
    { text: "ssh://user:secret@host", why: "a password" },
    { text: "ssh://-oProxyCommand=x@host", why: "its user is odd" },
    { text: "ssh://-oProxyCommand=x", why: "no host" },
    { text: "ssh://host/run/$(x).sock", why: "socket's path on the other side" },
    { text: "docker-container://--privileged", why: "can't be a container's name" },
    { text: "docker-container://", why: "can't be a container's name" },
    { text: "docker-container://x?context=-D", why: "can't be a context" },
    { text: "podman-container://x?context=y", why: 'takes no "context"' },
    { text: "kube-pod://-it", why: "can't be a pod's name" },
    { text: "kube-pod://x?namespace=-n", why: "can't be a namespace" },
    { text: "tcp://h:1,platform=linux/arm64", why: "there are platforms, tls-ca" },
    { text: "tcp://h:1,cacert=/a.pem", why: "write tls-ca" },
    { text: "tcp://h:1,tls-ca", why: '"tls-ca" has no value' },
    { text: "tcp://h:1,tls-ca=", why: '"tls-ca" has no value' },
    { text: "tcp://h:1,tls-ca=a,tls-ca=b", why: "tls-ca is given twice" },
    { text: "tcp://h:1,platforms=linux//", why: "not a platform" },
    { text: "unix:///s,tls-ca=/a.pem", why: "only tcp:// has TLS" },
    { text: 'tcp://h:1,"tls-ca=x', why: "a quote is not closed" },
  ])("is refused: $text", ({ text, why }) => {
    expect(() => parseEndpoint(text)).toThrow(why);
  });

  it("becomes buildctl's and buildx's arguments", () => {
    const tls = { ca: "/t/ca.pem", cert: "/t/cert.pem", key: "/t/key,1.pem", serverName: "buildkitd" };
    const endpoint = { address: "tcp://10.0.0.7:1234", platforms: [arm64, armV7], tls };
    expect(endpointArguments(endpoint)).toEqual([
      "--addr=tcp://10.0.0.7:1234",
      "--tlscacert=/t/ca.pem",
      "--tlscert=/t/cert.pem",
      "--tlskey=/t/key,1.pem",
      "--tlsservername=buildkitd",
    ]);
    expect(endpointArguments({ address: "unix:///s" })).toEqual(["--addr=unix:///s"]);
    expect(buildxArguments(endpoint, "multiarch")).toEqual([
      "buildx",
      "create",
      "--name=multiarch",
      "--driver=remote",
      "--driver-opt=cacert=/t/ca.pem",
      "--driver-opt=cert=/t/cert.pem",
      '--driver-opt="key=/t/key,1.pem"',
      "--driver-opt=servername=buildkitd",
      "--platform=linux/arm64,linux/arm/v7",
      "tcp://10.0.0.7:1234",
    ]);
    expect(buildxArguments({ address: "unix:///s" }, "x")).toEqual([
      "buildx",
      "create",
      "--name=x",
      "--driver=remote",
      "unix:///s",
    ]);
  });

  it.each([
    { address: "tcp://127.0.0.1:1", loopback: true },
    { address: "tcp://127.8.8.8:1", loopback: true },
    { address: "tcp://localhost:1", loopback: true },
    { address: "tcp://[::1]:1", loopback: true },
    { address: "tcp://0.0.0.0:1", loopback: false },
    { address: "tcp://10.0.0.7:1", loopback: false },
    { address: "tcp://127.0.0.1.evil.example:1", loopback: false },
    { address: "tcp://localhost.example:1", loopback: false },
  ])("$address is loopback: $loopback", ({ address, loopback }) => {
    expect(isLoopback(tcpHost(address) ?? "")).toBe(loopback);
  });
});

import { describe, expect, it } from "vitest";
import { solveAdvice } from "../../src/buildkit/failure.ts";

describe("solveAdvice", () => {
  it.each([
    ["exec /bin/sh: exec format error", "run setup with this platform"],
    ["qemu: uncaught target signal 11 (Segmentation fault) - core dumped", "QEMU crashed on linux/s390x"],
    ["no match for platform in manifest: not found", "the base image has no linux/s390x"],
    ["failed to authorize: failed to fetch oauth token: 401 Unauthorized", "docker login"],
    ["push access denied, repository does not exist or may require authorization", "docker login"],
    ["dial tcp 127.0.0.1:5000: connect: connection refused", "--daemon-network host"],
    ["https://r.io/v2/: http: server gave HTTP response to HTTPS client", "registries: r.io,http"],
    [
      'Head "https://r.io:5/v2/a": x509: certificate signed by unknown authority',
      "registries: r.io:5,ca=FILE",
    ],
    ['Head "https://r.io/v2/a": x509: certificate has expired', "the certificate of r.io is not good"],
    ['Head "https://r.io/v2/a": remote error: tls: bad certificate', "registries: r.io,cert=FILE,key=FILE"],
    ["429 Too Many Requests", "log in, or wait"],
    ["write /x: no space left on device", "disk of the BuildKit daemon is full"],
    ["did not complete successfully: exit code: 137", "want of memory"],
  ])("%s", (text, fix) => {
    expect(solveAdvice(text, "linux/s390x")).toContain(fix);
  });

  it("has nothing to add to a compiler's error", () => {
    expect(solveAdvice("main.c:1: error: expected ';'\nexit code: 1", "linux/s390x")).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import { solveAdvice } from "../../src/buildkit/failure.ts";

describe("solveAdvice", () => {
  it.each([
    ["exec /bin/sh: exec format error", "run setup with this platform"],
    ["qemu: uncaught target signal 11 (Segmentation fault) - core dumped", "QEMU crashed on linux/s390x"],
    ["no match for platform in manifest: not found", "the base image has no linux/s390x"],
    ["failed to authorize: failed to fetch oauth token: 401 Unauthorized", "docker login"],
    ["push access denied, repository does not exist or may require authorization", "docker login"],
    ["dial tcp 127.0.0.1:5000: connect: connection refused", "--network host"],
    ["http: server gave HTTP response to HTTPS client", "buildkitd-config"],
    ["x509: certificate signed by unknown authority", "buildkitd-config"],
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

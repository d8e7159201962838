import { describe, expect, it } from "vitest";
import { dockerRunAdvice, recognizeComplaint } from "../src/container-engine.ts";

describe("recognizeComplaint", () => {
  it.each([
    {
      said: "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?",
      kind: "engine-down",
    },
    {
      said: "permission denied while trying to connect to the Docker daemon socket",
      kind: "engine-down",
    },
    { said: "write /var/lib/docker/overlay2/x: no space left on device", kind: "disk-full" },
    { said: "toomanyrequests: You have reached your pull rate limit", kind: "rate-limit" },
    {
      said: "unexpected status from GET request to https://r/v2/: 429 Too Many Requests",
      kind: "rate-limit",
    },
    { said: "x509: certificate signed by unknown authority", kind: "not-trusted" },
    { said: "http: server gave HTTP response to HTTPS client", kind: "not-trusted" },
    { said: "dial tcp: lookup r.test on 1.1.1.1:53: no such host", kind: "unreachable" },
    { said: "dial tcp 10.0.0.1:443: i/o timeout", kind: "unreachable" },
    { said: "dial tcp 127.0.0.1:5000: connect: connection refused", kind: "unreachable" },
    { said: "received unexpected HTTP status: 502 Bad Gateway", kind: "server" },
    { said: "StatusCode: 503, <html>", kind: "server" },
    { said: "error parsing HTTP 500 response body", kind: "server" },
    { said: "read tcp 1.1.1.1:1->2.2.2.2:443: read: connection reset by peer", kind: "interrupted" },
    { said: "net/http: TLS handshake timeout", kind: "interrupted" },
    { said: "unexpected EOF", kind: "interrupted" },
    { said: "no matching manifest for linux/s390x in the manifest list entries", kind: "platform" },
    { said: "denied: requested access to the resource is denied", kind: "denied" },
    { said: "unauthorized: authentication required", kind: "denied" },
    { said: "unexpected status from HEAD request to https://r/v2/a: 403 Forbidden", kind: "denied" },
    { said: "manifest for 127.0.0.1:5000/a/b:500 not found: manifest unknown", kind: "absent" },
    { said: 'Conflict. The container name "/a" is already in use by container "b"', kind: "taken" },
    { said: "exec /bin/x: exec format error", kind: "runtime" },
    { said: "unable to apply caps: operation not permitted", kind: "privileges" },
    { said: "Privileged mode is incompatible with user namespaces.", kind: "privileges" },
    { said: "the moon is full", kind: undefined },
    { said: "127.0.0.1:5000/a/b:502", kind: undefined },
  ])("$said", ({ said, kind }) => {
    const stderr = `Error response from daemon: ${said}\n`;
    expect(recognizeComplaint(stderr)?.kind).toBe(kind);
    expect(dockerRunAdvice(stderr) === undefined).toBe(kind === undefined);
  });
});

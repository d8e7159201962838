import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseEndpoint } from "../../../src/buildkit/drivers/endpoint.ts";
import { checkRemoteTls, planRemote, probeEndpoints } from "../../../src/buildkit/drivers/remote.ts";
import { issueCertificates } from "../../../src/buildkit/tls/certificates.ts";
import { CancelledError, describeError, InputError } from "../../../src/errors.ts";
import { exec } from "../../../src/exec.ts";

const folder = mkdtempSync(join(tmpdir(), "multiarch-remote-"));
afterAll(() => rmSync(folder, { recursive: true }));

const request = { tls: {}, insecure: false, folder: "/private", cwd: "/repo" };
const endpoints = (...lines: string[]) => lines.map(parseEndpoint);
const pem = issueCertificates(new Date());
const arm64 = { os: "linux", architecture: "arm64" };

describe("planning remote endpoints", () => {
  it("takes TLS files for all, and an endpoint's own before them", () => {
    const plan = planRemote({
      ...request,
      endpoints: endpoints(
        "tcp://a:1,platforms=linux/arm64",
        "tcp://b:1,tls-ca=/b/ca.pem,tls-server-name=bee",
        "ssh://c",
      ),
      tls: { ca: "tls/ca.pem", cert: "/all/cert.pem", key: "/all/key.pem", serverName: "" },
    });
    expect(plan).toEqual({
      endpoints: [
        {
          address: "tcp://a:1",
          platforms: [arm64],
          tls: { ca: "/repo/tls/ca.pem", cert: "/all/cert.pem", key: "/all/key.pem" },
        },
        {
          address: "tcp://b:1",
          tls: { ca: "/b/ca.pem", cert: "/all/cert.pem", key: "/all/key.pem", serverName: "bee" },
        },
        { address: "ssh://c" },
      ],
      files: [],
      secrets: [],
      warnings: [],
    });
  });

  it("makes private files of PEM text, and secrets of its key's lines", () => {
    const plan = planRemote({
      ...request,
      endpoints: endpoints("tcp://a:1", "tcp://b:1"),
      // As a CI variable often holds it.
      tls: { ca: pem.ca, cert: pem.client.cert, key: pem.client.key.trim().replaceAll("\n", String.raw`\n`) },
    });
    expect(plan.endpoints.map(({ tls }) => tls)).toEqual([
      { ca: "/private/tls/ca.pem", cert: "/private/tls/cert.pem", key: "/private/tls/key.pem" },
      { ca: "/private/tls/ca.pem", cert: "/private/tls/cert.pem", key: "/private/tls/key.pem" },
    ]);
    expect(plan.files).toEqual([
      { path: "/private/tls/ca.pem", text: pem.ca },
      { path: "/private/tls/cert.pem", text: pem.client.cert },
      { path: "/private/tls/key.pem", text: pem.client.key },
    ]);
    const lines = pem.client.key.split("\n").filter((line) => line !== "" && !line.startsWith("-"));
    expect(plan.secrets).toEqual(lines.filter((line) => line.length >= 8));
    expect(plan.secrets.length).toBeGreaterThan(1);
    expect(checkRemoteTls(plan, new Date())).toHaveLength(2);
    expect(JSON.stringify(plan.endpoints)).not.toContain("BEGIN");
  });

  it.each([
    {
      what: "anything unprotected that is not on loopback",
      lines: ["tcp://10.0.0.7:1234"],
      problems: [expect.stringMatching(/^tcp:\/\/10\.0\.0\.7:1234 has no tls-ca, no tls-cert, no tls-key: /)],
    },
    {
      what: "a daemon that would take any client",
      lines: ["tcp://10.0.0.7:1234,tls-ca=/ca.pem"],
      problems: [expect.stringContaining("has no tls-cert, no tls-key")],
    },
    {
      what: "a certificate without its key, also on loopback",
      lines: ["tcp://127.0.0.1:1234,tls-ca=/ca.pem,tls-cert=/c.pem"],
      problems: ["tcp://127.0.0.1:1234: tls-cert and tls-key go together"],
    },
    {
      what: "a certificate without an authority",
      lines: ["tcp://127.0.0.1:1234,tls-cert=/c.pem,tls-key=/k.pem"],
      problems: [expect.stringContaining("tls-ca is missing")],
    },
    {
      what: "one endpoint named twice",
      lines: ["ssh://a", "ssh://b", "ssh://a"],
      problems: ["the endpoint ssh://a is named twice"],
    },
    {
      what: "TLS without anything to use it for",
      lines: ["ssh://a"],
      tls: { ca: "/ca.pem" },
      problems: [expect.stringContaining("are for tcp:// endpoints")],
    },
    {
      what: "all that is wrong at once",
      lines: ["tcp://a:1", "tcp://b:1"],
      problems: [
        expect.stringContaining("tcp://a:1 has no tls-ca"),
        expect.stringContaining("tcp://b:1 has no tls-ca"),
      ],
    },
  ])("refuses $what", ({ lines, problems, tls = {} }) => {
    let refused: unknown;
    try {
      planRemote({ ...request, endpoints: endpoints(...lines), tls });
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(InputError);
    expect((refused as InputError).problems).toEqual(problems);
  });

  it("takes plain TCP on loopback, and elsewhere when it must, loudly", () => {
    const loopback = planRemote({ ...request, endpoints: endpoints("tcp://127.0.0.1:1234") });
    expect(loopback).toMatchObject({ endpoints: [{ address: "tcp://127.0.0.1:1234" }], warnings: [] });
    const insecure = planRemote({
      ...request,
      insecure: true,
      endpoints: endpoints("tcp://10.0.0.7:1234"),
    });
    expect(insecure.warnings).toEqual([expect.stringContaining("whoever reaches it may run anything on it")]);
  });

  it("checks files before anything connects", () => {
    const missing = join(folder, "missing.pem");
    const plan = planRemote({
      ...request,
      endpoints: endpoints(`tcp://a:1,tls-ca=${missing}`),
      tls: { cert: pem.client.cert, key: issueCertificates(new Date()).client.key },
    });
    expect(() => checkRemoteTls(plan, new Date())).toThrow(/tls-ca can't be read: ENOENT/);
    const ca = join(folder, "ca.pem");
    writeFileSync(ca, pem.ca);
    const mismatch = planRemote({
      ...request,
      endpoints: endpoints(`tcp://a:1,tls-ca=${ca}`),
      tls: { cert: pem.client.cert, key: issueCertificates(new Date()).client.key },
    });
    expect(() => checkRemoteTls(mismatch, new Date())).toThrow("tls-key is not the key of tls-cert");
    const nextWeek = new Date(Date.now() + 7 * 24 * 60 * 60_000);
    expect(() => checkRemoteTls(mismatch, nextWeek)).toThrow(`tls-ca (${ca}) expired at`);
  });
});

/** What the real buildctl v0.32.2 printed in each of these cases. */
const said = {
  "tcp://refused:1":
    'error: failed to list workers: Unavailable: connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:1: connect: connection refused"',
  "tcp://unknown:1":
    'error: failed to list workers: Unavailable: connection error: desc = "transport: Error while dialing: dial tcp: lookup nosuchhost.invalid on 10.0.0.53:53: no such host"',
  "tcp://authority:1":
    'error: failed to list workers: Unavailable: connection error: desc = "transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority"',
  "tcp://name:1":
    'error: failed to list workers: Unavailable: connection error: desc = "transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate is valid for localhost, not other"',
  "tcp://expired:1":
    'error: failed to list workers: Unavailable: connection error: desc = "transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-23T19:03:19Z is after 2026-11-21T19:03:16Z"',
  "tcp://wants-certificate:1":
    'error: failed to list workers: Unavailable: connection error: desc = "error reading server preface: remote error: tls: certificate required"',
  "tcp://refuses-certificate:1":
    "error: failed to list workers: Unavailable: write tcp 127.0.0.1:57290->127.0.0.1:18082: write: broken pipe",
  "tcp://plain-to-tls:1":
    'error: failed to list workers: Unavailable: connection error: desc = "error reading server preface: EOF"',
  "tcp://tls-to-plain:1":
    'error: failed to list workers: Unavailable: connection error: desc = "transport: authentication handshake failed: tls: first record does not look like a TLS handshake"',
  "tcp://web-server:1":
    'error: failed to list workers: Unavailable: connection error: desc = "error reading server preface: http2: frame too large"',
  "unix:///nope.sock":
    'error: failed to list workers: Unavailable: connection error: desc = "transport: Error while dialing: dial unix /nope.sock: connect: no such file or directory"',
  "docker-container://nope":
    'error: failed to list workers: Unavailable: connection error: desc = "error reading server preface: command [docker exec -i nope buildctl dial-stdio] has exited with exit status 1, make sure the URL is valid, and Docker 18.09 or later is installed on the remote host: stderr=Error response from daemon: No such container: nope\\n"',
  "podman-container://stopped":
    'error: failed to list workers: Unavailable: connection error: desc = "error reading server preface: command [podman exec -i m1 buildctl dial-stdio] has exited with exit status 255, make sure the URL is valid, and Docker 18.09 or later is installed on the remote host: stderr=Error: can only create exec sessions on running containers: container state improper\\n"',
  "podman-container://no-podman":
    'error: failed to list workers: Unavailable: connection error: desc = "transport: Error while dialing: exec: \\"podman\\": executable file not found in $PATH"',
  "ssh://nobody":
    'error: failed to list workers: Unavailable: connection error: desc = "error reading server preface: command [ssh -l user -- 127.0.0.1 buildctl dial-stdio] has exited with exit status 255, make sure the URL is valid, and Docker 18.09 or later is installed on the remote host: stderr=ssh: connect to host 127.0.0.1 port 22: Connection refused\\r\\n"',
  "kube-pod://no-cluster":
    'error: failed to list workers: Unavailable: connection error: desc = "error reading server preface: command [kubectl --context= --namespace= exec --container= -i nope -- buildctl dial-stdio] has exited with exit status 1: stderr=E1123 dial tcp 127.0.0.1:8080: connect: connection refused\\nThe connection to the server localhost:8080 was refused - did you specify the right host or port?\\n"',
} as const;

const workers = (version: string, ...platforms: object[]) =>
  JSON.stringify([{ id: "x", platforms, buildkitVersion: { package: "p", version, revision: "r" } }]);

/** A buildctl that answers by the address that it is given. */
function stubBuildctl(): string {
  const answers = {
    "unix:///good.sock": workers("v0.32.2", { architecture: "amd64", os: "linux" }, arm64),
    "unix:///also-good.sock": workers("v0.13.0-rc1", arm64, {
      architecture: "arm",
      os: "linux",
      variant: "v7",
    }),
    "unix:///fork.sock": workers("0.0.0+unknown", arm64),
    "unix:///old.sock": workers("v0.10.6", arm64),
    "unix:///ancient.sock": JSON.stringify([{ id: "x", platforms: [arm64] }]),
    "unix:///idle.sock": "[]",
  };
  const program = join(folder, "buildctl");
  writeFileSync(
    program,
    `#!${process.execPath}
const [said, answers] = ${JSON.stringify([said, answers])};
const address = process.argv.find((argument) => argument.startsWith("--addr=")).slice(7);
if (address === "unix:///silent.sock") setTimeout(() => {}, 60_000);
else if (answers[address]) console.log(answers[address]);
else { console.error(said[address]); process.exitCode = 1; }
`,
  );
  chmodSync(program, 0o755);
  return program;
}

describe("asking remote endpoints", () => {
  const ports = { buildctl: stubBuildctl(), exec };
  const failure = (...asked: Parameters<typeof probeEndpoints>): Promise<string> =>
    probeEndpoints(...asked).then(
      () => "it did not fail",
      (error: unknown) => describeError(error),
    );

  it("tells what each can build, in their order", async () => {
    const asked = [
      { address: "unix:///good.sock", platforms: [arm64] },
      { address: "unix:///also-good.sock" },
    ];
    expect(await probeEndpoints(asked, ports)).toEqual([
      { endpoint: asked[0], platforms: [{ os: "linux", architecture: "amd64" }, arm64], version: "v0.32.2" },
      {
        endpoint: asked[1],
        platforms: [arm64, { os: "linux", architecture: "arm", variant: "v7" }],
        version: "v0.13.0-rc1",
      },
    ]);
  });

  it("takes versions that are no release's, and none", async () => {
    const asked = [{ address: "unix:///fork.sock" }, { address: "unix:///ancient.sock" }];
    expect((await probeEndpoints(asked, ports)).map(({ version }) => version)).toEqual([
      "0.0.0+unknown",
      undefined,
    ]);
  });

  it.each([
    { address: "tcp://refused:1", why: "nobody listens there", fix: "start the daemon" },
    { address: "tcp://unknown:1", why: "its host is unknown", fix: "correct the host's name" },
    { address: "tcp://authority:1", why: "not from the authority in tls-ca", fix: "as tls-ca" },
    { address: "tcp://name:1", why: "is for another name", fix: "tls-server-name" },
    { address: "tcp://expired:1", why: "has expired", fix: "renew the daemon's certificate" },
    { address: "tcp://wants-certificate:1", why: "asks for a client certificate", fix: "tls-cert" },
    {
      address: "tcp://refuses-certificate:1",
      tls: { ca: "/ca.pem", cert: "/c.pem", key: "/k.pem" },
      why: "refuses our client certificate",
      fix: "--tlscacert",
    },
    {
      address: "tcp://refuses-certificate:1",
      tls: { ca: "/ca.pem" },
      why: "asks for a client certificate",
      fix: "tls-cert",
    },
    { address: "tcp://plain-to-tls:1", why: "does not speak with us", fix: "needs tls-ca" },
    { address: "tcp://tls-to-plain:1", why: "does not speak TLS", fix: "--tlscert" },
    { address: "tcp://web-server:1", why: "does not speak with us", fix: "check host and port" },
    { address: "unix:///nope.sock", why: "nobody listens there", fix: "correct the address" },
    { address: "docker-container://nope", why: "there is no such container", fix: "correct its name" },
    { address: "podman-container://stopped", why: "its container does not run", fix: "start the container" },
    { address: "podman-container://no-podman", why: "is not here", fix: "put it on PATH" },
    { address: "ssh://nobody", why: "nobody listens there", fix: "correct the address" },
    { address: "kube-pod://no-cluster", why: "engine or cluster", fix: "KUBECONFIG" },
  ])("explains $address", async ({ address, fix, tls, why }) => {
    const text = await failure([{ address, ...(tls === undefined ? {} : { tls }) }], ports);
    const lines = text.split("\n");
    expect(lines[0]).toContain(`the BuildKit daemon at ${address} can't be used: `);
    expect(lines[0]).toContain(why);
    expect(lines.at(-1)).toMatch(/^fix: /);
    expect(lines.at(-1)).toContain(fix);
    expect(text).toContain("failed to list workers");
  });

  it("names all that fail", async () => {
    const text = await failure(
      [{ address: "unix:///good.sock" }, { address: "unix:///nope.sock" }, { address: "unix:///old.sock" }],
      ports,
    );
    expect(text).toContain("unix:///nope.sock can't be used");
    expect(text).toContain("unix:///old.sock is too old: v0.10.6");
    expect(text).not.toContain("good");
  });

  it("does not believe a platform that the daemon can't build", async () => {
    const s390x = { os: "linux", architecture: "s390x" };
    const text = await failure([{ address: "unix:///good.sock", platforms: [arm64, s390x] }], ports);
    expect(text).toContain("can't build linux/s390x, for which it was named");
    expect(text).toContain("it can build linux/amd64, linux/arm64");
    const armV6 = { os: "linux", architecture: "arm", variant: "v6" };
    const asked = [{ address: "unix:///also-good.sock", platforms: [armV6] }];
    expect(await probeEndpoints(asked, ports)).toHaveLength(1);
  });

  it("refuses a daemon without workers", async () => {
    expect(await failure([{ address: "unix:///idle.sock" }], ports)).toContain("no worker");
  });

  it("ends at once when it is cancelled", async () => {
    const controller = new AbortController();
    const asking = probeEndpoints([{ address: "unix:///silent.sock" }], {
      ...ports,
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(new CancelledError("SIGINT")), 300);
    await expect(asking).rejects.toBeInstanceOf(CancelledError);
  });
});

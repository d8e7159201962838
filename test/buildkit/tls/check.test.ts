import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { issueCertificates } from "../../../src/buildkit/tls/certificates.ts";
import { checkTls } from "../../../src/buildkit/tls/check.ts";

const now = new Date("2026-11-23T12:00:00Z");
const hours = (count: number): Date => new Date(now.getTime() + count * 60 * 60_000);
const { ca, client, server } = issueCertificates(now);
const stranger = issueCertificates(now);
const named = (name: string, pem: string) => ({ name, pem });
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const encrypted = privateKey
  .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" })
  .toString();

describe("checking certificates before they are used", () => {
  it.each([
    {
      what: "warns of an authority and a certificate that end within a week",
      material: { ca, cert: client.cert, key: client.key },
      problems: [],
      warnings: [
        "tls-ca expires in less than 7 days, at 2026-11-24T12:00:00.000Z",
        "tls-cert expires in less than 7 days, at 2026-11-24T12:00:00.000Z",
      ],
    },
    {
      what: "refuses what has expired, and says what the clock says",
      at: hours(25),
      material: { ca },
      problems: [
        "tls-ca expired at 2026-11-24T12:00:00.000Z; this machine's clock says 2026-11-24T13:00:00.000Z",
      ],
      warnings: [],
    },
    {
      what: "refuses what is not valid yet",
      at: hours(-1),
      material: { ca },
      problems: [
        "tls-ca is valid only from 2026-11-23T11:55:00.000Z on; this machine's clock says 2026-11-23T11:00:00.000Z",
      ],
      warnings: [],
    },
    {
      what: "takes a bundle with an old authority beside its successor",
      at: hours(1),
      material: { ca: issueCertificates(hours(-72)).ca + ca },
      problems: [],
      warnings: ["tls-ca expires in less than 7 days, at 2026-11-24T12:00:00.000Z"],
    },
    {
      what: "refuses another certificate's key",
      material: { ca, cert: client.cert, key: stranger.client.key },
      problems: ["tls-key is not the key of tls-cert"],
    },
    {
      what: "refuses a server's certificate",
      material: { ca, cert: server.cert, key: server.key },
      problems: ["tls-cert is not for clients: its extended key usage leaves clientAuth out"],
    },
    {
      what: "refuses an encrypted key",
      material: { ca, cert: client.cert, key: encrypted },
      problems: ["tls-key is encrypted, and buildctl takes only keys without a passphrase"],
    },
    {
      what: "tells all that is wrong, and repeats no text of it",
      material: { ca: "hello", cert: client.key, key: "-----BEGIN PRIVATE KEY-----\nAAAA\n" },
      problems: [
        "tls-ca holds no certificate in PEM (-----BEGIN CERTIFICATE-----)",
        "tls-cert holds no certificate in PEM (-----BEGIN CERTIFICATE-----)",
        "tls-key holds no private key in PEM that can be read",
      ],
      warnings: [],
    },
    {
      what: "refuses a broken certificate",
      material: { ca: ca.replace(/MII.{20}/, "MIIAAAAAAAAAAAAAAAAAAAA") },
      problems: ["tls-ca holds a certificate that can't be read"],
      warnings: [],
    },
  ])("$what", ({ at = now, material, problems, warnings }) => {
    const { cert, key } = { cert: undefined, key: undefined, ...material };
    const findings = checkTls(
      {
        ca: named("tls-ca", material.ca),
        cert: cert === undefined ? undefined : named("tls-cert", cert),
        key: key === undefined ? undefined : named("tls-key", key),
      },
      at,
    );
    expect(findings).toEqual({ problems, warnings: warnings ?? findings.warnings });
  });
});

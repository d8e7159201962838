import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import {
  bitString,
  boolean,
  explicit,
  implicit,
  integer,
  namedBits,
  objectIdentifier,
  octetString,
  sequence,
  set,
  time,
  utf8String,
} from "./der.ts";

/** A certificate with its key, both PEM. */
export interface Certified {
  readonly cert: string;
  readonly key: string;
}

/** What a daemon that listens for TCP on this machine's loopback and its clients need; PEM. */
export interface RunCertificates {
  readonly ca: string;
  readonly server: Certified;
  readonly client: Certified;
  readonly notAfter: Date;
}

// Clocks of machines that share a job may differ.
const skewMilliseconds = 5 * 60_000;
const lifeMilliseconds = 24 * 60 * 60_000;

/**
 * An authority made for one run, and one certificate each for the daemon (127.0.0.1 and localhost) and its clients. The
 * authority's key is gone when this returns, so nothing else can ever be signed with it.
 */
export function issueCertificates(now: Date): RunCertificates {
  const authority = newIdentity("multiarch authority of one run");
  const validity = {
    notBefore: new Date(now.getTime() - skewMilliseconds),
    notAfter: new Date(now.getTime() + lifeMilliseconds),
  };
  const issue = (subject: Identity, extensions: readonly Buffer[]): string =>
    certificate({ subject, issuer: authority, ...validity, extensions });
  const leaf = (name: string, usage: string, alternatives: readonly Buffer[]): Certified => {
    const subject = newIdentity(name);
    const extensions = [
      extension(oid.basicConstraints, sequence(), { critical: true }),
      extension(oid.keyUsage, namedBits([keyUsage.digitalSignature]), { critical: true }),
      extension(oid.extKeyUsage, sequence(objectIdentifier(usage))),
      ...(alternatives.length === 0 ? [] : [extension(oid.subjectAltName, sequence(...alternatives))]),
    ];
    return {
      cert: issue(subject, extensions),
      key: subject.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    };
  };
  return {
    ca: issue(authority, [
      extension(oid.basicConstraints, sequence(boolean(true), integer(Buffer.from([0]))), { critical: true }),
      extension(oid.keyUsage, namedBits([keyUsage.keyCertSign]), { critical: true }),
    ]),
    server: leaf("buildkitd", oid.serverAuth, [
      implicit(generalName.dnsName, Buffer.from("localhost")),
      implicit(generalName.ipAddress, Buffer.from([127, 0, 0, 1])),
    ]),
    client: leaf("multiarch", oid.clientAuth, []),
    notAfter: validity.notAfter,
  };
}

const oid = {
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  commonName: "2.5.4.3",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
} as const;
const keyUsage = { digitalSignature: 0, keyCertSign: 5 } as const;
const generalName = { dnsName: 2, ipAddress: 7 } as const;

interface Identity {
  readonly name: Buffer;
  readonly privateKey: KeyObject;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
  readonly keyIdentifier: Buffer;
}

function newIdentity(commonName: string): Identity {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = publicKey.export({ type: "spki", format: "der" });
  // The point: 0x04 and two coordinates of 32 bytes. https://www.rfc-editor.org/rfc/rfc7093#section-2, method 1.
  const point = spki.subarray(-65);
  return {
    name: sequence(set(sequence(objectIdentifier(oid.commonName), utf8String(commonName)))),
    privateKey,
    publicKey: spki,
    keyIdentifier: createHash("sha256").update(point).digest().subarray(0, 20),
  };
}

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.1 */
function certificate(options: {
  readonly subject: Identity;
  readonly issuer: Identity;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly Buffer[];
}): string {
  const { subject, issuer, notBefore, notAfter, extensions } = options;
  const algorithm = sequence(objectIdentifier(oid.ecdsaWithSha256));
  const version3 = Buffer.from([2]);
  const toBeSigned = sequence(
    explicit(0, integer(version3)),
    integer(randomBytes(16)),
    algorithm,
    issuer.name,
    sequence(time(notBefore), time(notAfter)),
    subject.name,
    subject.publicKey,
    explicit(
      3,
      sequence(
        ...extensions,
        extension(oid.subjectKeyIdentifier, octetString(subject.keyIdentifier)),
        extension(oid.authorityKeyIdentifier, sequence(implicit(0, issuer.keyIdentifier))),
      ),
    ),
  );
  const signature = sign("sha256", toBeSigned, issuer.privateKey);
  return pem("CERTIFICATE", sequence(toBeSigned, algorithm, bitString(signature)));
}

function extension(id: string, content: Buffer, { critical = false } = {}): Buffer {
  return sequence(objectIdentifier(id), ...(critical ? [boolean(true)] : []), octetString(content));
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

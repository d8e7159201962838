import { createPrivateKey, X509Certificate } from "node:crypto";
import type { KeyObject } from "node:crypto";

/** What a client presents and trusts, as PEM, each with the name by which messages call it. */
export interface TlsMaterial {
  readonly ca: NamedPem;
  readonly cert?: NamedPem | undefined;
  readonly key?: NamedPem | undefined;
}

export interface NamedPem {
  readonly name: string;
  readonly pem: string;
}

export interface TlsFindings {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

const dayMilliseconds = 24 * 60 * 60_000;
const warningDays = 7;
const clientAuth = "1.3.6.1.5.5.7.3.2";
const anyUsage = "2.5.29.37.0";

/** Everything wrong with certificates and key that shows before a connection is tried. No PEM text is repeated. */
export function checkTls({ ca, cert, key }: TlsMaterial, now: Date): TlsFindings {
  const problems: string[] = [];
  const warnings: string[] = [];
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };
  const judge = (name: string, certificate: X509Certificate): void => {
    const [begin, end] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
    const clock = `this machine's clock says ${now.toISOString()}`;
    if (now < begin) {
      problems.push(`${name} is valid only from ${begin.toISOString()} on; ${clock}`);
    } else if (now > end) {
      problems.push(`${name} expired at ${end.toISOString()}; ${clock}`);
    } else if (end.getTime() - now.getTime() < warningDays * dayMilliseconds) {
      warnings.push(`${name} expires in less than ${warningDays} days, at ${end.toISOString()}`);
    }
  };

  const authorities = attempt(() => parseCertificates(ca));
  // In a bundle an old authority beside its successor is no harm.
  const longest = authorities?.toSorted((a, b) => Date.parse(b.validTo) - Date.parse(a.validTo))[0];
  if (longest !== undefined) judge(ca.name, longest);

  const certificate = cert && attempt(() => parseCertificates(cert)[0]);
  if (cert !== undefined && certificate !== undefined) {
    judge(cert.name, certificate);
    // Node calls the extended key usage `keyUsage`, and leaves it out where the certificate does.
    const usages = certificate.keyUsage as readonly string[] | undefined;
    if (usages !== undefined && !usages.includes(clientAuth) && !usages.includes(anyUsage)) {
      problems.push(`${cert.name} is not for clients: its extended key usage leaves clientAuth out`);
    }
  }
  const privateKey = key && attempt(() => parseKey(key));
  if (key !== undefined && cert !== undefined && certificate !== undefined && privateKey !== undefined) {
    if (!certificate.checkPrivateKey(privateKey)) problems.push(`${key.name} is not the key of ${cert.name}`);
  }
  return { problems, warnings };
}

function parseCertificates({ name, pem }: NamedPem): readonly [X509Certificate, ...X509Certificate[]] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  try {
    const [first, ...rest] = blocks.map((block) => new X509Certificate(block));
    if (first !== undefined) return [first, ...rest];
  } catch (error) {
    throw new Error(`${name} holds a certificate that can't be read`, { cause: error });
  }
  throw new Error(`${name} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)`);
}

function parseKey({ name, pem }: NamedPem): KeyObject {
  if (/BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(pem)) {
    throw new Error(`${name} is encrypted, and buildctl takes only keys without a passphrase`);
  }
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new Error(`${name} holds no private key in PEM that can be read`, { cause: error });
  }
}

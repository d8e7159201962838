// Just what a certificate needs of ASN.1's distinguished encoding, https://www.itu.int/rec/T-REC-X.690.

/** One value: tag, length, content. */
function value(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag, ...lengthOctets(body.length)]), body]);
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => value(0x30, ...parts);
/** Of one member: more would have to be sorted. */
export const set = (part: Uint8Array): Buffer => value(0x31, part);
export const octetString = (content: Uint8Array): Buffer => value(0x04, content);
export const utf8String = (text: string): Buffer => value(0x0c, Buffer.from(text));
export const boolean = (truth: boolean): Buffer => value(0x01, Buffer.from([truth ? 0xff : 0]));
/** A context-specific tag around other values. */
export const explicit = (tag: number, content: Uint8Array): Buffer => value(0xa0 | tag, content);
/** A context-specific tag instead of a primitive type's own. */
export const implicit = (tag: number, content: Uint8Array): Buffer => value(0x80 | tag, content);

/** A positive number, most significant byte first. */
export function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const significant = first === -1 ? Buffer.from([0]) : Buffer.from(bytes.subarray(first));
  const looksNegative = ((significant[0] ?? 0) & 0x80) !== 0;
  return value(0x02, ...(looksNegative ? [Buffer.from([0])] : []), significant);
}

export function bitString(content: Uint8Array, unusedBits = 0): Buffer {
  return value(0x03, Buffer.from([unusedBits]), content);
}

/** The bits of the given numbers, without zeros at the end, as DER wants named bits. */
export function namedBits(bits: readonly number[]): Buffer {
  const last = Math.max(...bits);
  const bytes = Buffer.alloc(Math.floor(last / 8) + 1);
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return bitString(bytes, 7 - (last & 7));
}

/** `1.2.840.10045.4.3.2` */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const octets = [first * 40 + second, ...rest].flatMap((number) => {
    const sevenBits = [number % 128];
    for (let more = Math.floor(number / 128); more > 0; more = Math.floor(more / 128)) {
      sevenBits.unshift((more % 128) | 0x80);
    }
    return sevenBits;
  });
  return value(0x06, Buffer.from(octets));
}

/** UTCTime until 2049, GeneralizedTime after it: https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5 */
export function time(date: Date): Buffer {
  const digits = `${date.toISOString().slice(0, 19).replaceAll(/\D/g, "")}Z`;
  return date.getUTCFullYear() < 2050
    ? value(0x17, Buffer.from(digits.slice(2)))
    : value(0x18, Buffer.from(digits));
}

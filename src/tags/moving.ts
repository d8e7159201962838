/** A whole version, a date or a commit somewhere in a tag: `1.2.3-alpine`, `nightly-20200110`, `sha-860c190`. */
const lasting: readonly RegExp[] = [
  /(?:^|[^\d.])v?\d+\.\d+\.\d+/,
  /(?:^|[^\da-z])\d{8}(?!\d)/i,
  /(?:^|[^\da-z])(?=[a-f]*\d)[\da-f]{7,64}(?![\da-z])/i,
];

/** Whether a tag of which nothing but the name is known looks like one that another release or push moves on. */
export function isMoving(tag: string): boolean {
  return !lasting.some((pattern) => pattern.test(tag));
}

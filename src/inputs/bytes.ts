/** What a unit's first letter stands for, as power of 1024. */
const powers = "bkmgtp";

/**
 * A size such as `64m`, `1.5GiB` or `2048`, in bytes. Docker's RAMInBytes: every unit is a power of 1024, whether written
 * k, kb or kib. Throws an Error naming the text.
 */
export function parseBytes(text: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d*)?|\.\d+) ?(b|[kmgtp](?:i?b)?)?$/i.exec(text) ?? [];
  if (number === undefined) {
    throw new Error(`${JSON.stringify(text)} is not a size such as 64m, 2g or 1073741824`);
  }
  const power = unit === "" ? 0 : powers.indexOf(unit.charAt(0).toLowerCase());
  const bytes = Math.trunc(Number(number) * 1024 ** power);
  if (!Number.isSafeInteger(bytes)) throw new Error(`${JSON.stringify(text)} is larger than any memory`);
  return bytes;
}

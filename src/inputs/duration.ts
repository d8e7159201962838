/** What a timer of Node can wait for, in milliseconds; a longer one would end at once. */
const longest = 2 ** 31 - 1;

const number = String.raw`(\d+(?:\.\d+)?)`;
const pattern = new RegExp(`^(?:${number}h)?(?:${number}m)?(?:${number}s)?(?:${number}ms)?$`);

/** A time such as `90s`, `1h30m` or `500ms`; a plain number is seconds. In milliseconds. Throws an Error naming the text. */
export function parseDuration(text: string): number {
  const match = text === "" ? null : pattern.exec(/^[\d.]+$/.test(text) ? `${text}s` : text);
  if (match === null) throw new Error(`${JSON.stringify(text)} is not a time such as 90s, 30m or 1h30m`);
  const [, hours = "0", minutes = "0", seconds = "0", milliseconds = "0"] = match;
  const sum = Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1000;
  const total = Math.round(sum + Number(milliseconds));
  if (total > longest)
    throw new Error(`${JSON.stringify(text)} is longer than the 24 days that can be waited for`);
  return total;
}

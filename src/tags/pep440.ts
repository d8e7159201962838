/** The version of a Python package: https://packaging.python.org/en/latest/specifications/version-specifiers/ */
interface Pep440Version {
  /** The normal form, `1.2rc1.post2` for `v1.2-RC.1.rev2`. */
  readonly version: string;
  readonly release: readonly string[];
  /** Neither a pre-release nor a post-release nor a development release. */
  readonly isFinal: boolean;
}

const pattern = new RegExp(
  [
    "^\\s*v?",
    "(?:(?<epoch>\\d+)!)?",
    "(?<release>\\d+(?:\\.\\d+)*)",
    "(?:[-_.]?(?<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preNumber>\\d*))?",
    "(?:-(?<postDash>\\d+)|[-_.]?(?<post>post|rev|r)[-_.]?(?<postNumber>\\d*))?",
    "(?:[-_.]?(?<dev>dev)[-_.]?(?<devNumber>\\d*))?",
    "(?:\\+(?<local>[a-z\\d]+(?:[-_.][a-z\\d]+)*))?",
    "\\s*$",
  ].join(""),
  "i",
);

const preSpellings: Readonly<Record<string, string>> = {
  alpha: "a",
  beta: "b",
  c: "rc",
  pre: "rc",
  preview: "rc",
};

/** Undefined for a text that is no such version. */
export function parsePep440(text: string): Pep440Version | undefined {
  const found = pattern.exec(text.toLowerCase())?.groups;
  if (found === undefined) return undefined;
  const { dev, epoch, local, post, postDash, pre, release = "" } = found;
  const numbers = release.split(".").map(number);
  const version = [
    epoch === undefined || number(epoch) === "0" ? "" : `${number(epoch)}!`,
    numbers.join("."),
    pre === undefined ? "" : `${preSpellings[pre] ?? pre}${number(found["preNumber"])}`,
    post === undefined && postDash === undefined ? "" : `.post${number(postDash ?? found["postNumber"])}`,
    dev === undefined ? "" : `.dev${number(found["devNumber"])}`,
    local === undefined ? "" : `+${local.split(/[-_.]/).map(localPart).join(".")}`,
  ].join("");
  return {
    version,
    release: numbers,
    isFinal: [pre, post, postDash, dev].every((part) => part === undefined),
  };
}

/** Digits as Python's int() prints them; none are 0. */
function number(digits = ""): string {
  return digits.replace(/^0+(?=\d)/, "") || "0";
}

function localPart(part: string): string {
  return /^\d+$/.test(part) ? number(part) : part;
}

import { parseCsv } from "../../buildkit/csv.ts";
import { checkKnownPlatform } from "../../inputs/known-platform.ts";
import { suggest } from "../../inputs/suggestion.ts";
import type { Platform } from "../../oci/platform.ts";
import { formatPlatform, normalizePlatform } from "../../oci/platform.ts";

/** A platform, and what is built otherwise for it. */
export interface PlatformLine {
  readonly platform: Platform;
  /** Path of its Dockerfile. */
  readonly file?: string;
  /** Stage of the Dockerfile. */
  readonly target?: string;
  /** Address or name of the daemon that builds it. */
  readonly builder?: string;
  /** `NAME=value`, beside and before those of all platforms. */
  readonly buildArgs: readonly string[];
}

type Overrides = Omit<PlatformLine, "platform">;

const words = ["file", "target", "builder"] as const;

/**
 * Lines such as `linux/arm/v7,file=Dockerfile.armhf,build-arg:FOO=bar`. A line may name several platforms; its fields count
 * for each of them. A field that holds a comma or a line break is quoted whole.
 */
export function parsePlatformLines(text: string): {
  readonly value: readonly PlatformLine[];
  readonly problems: readonly string[];
} {
  const value: PlatformLine[] = [];
  const problems: string[] = [];
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  };
  for (const line of splitLines(text)) {
    attempt(() => {
      const fields = lineFields(line);
      const platforms = fields.filter((field) => !isOverride(field));
      const overrides = readOverrides(line, fields.filter(isOverride), attempt);
      if (platforms.length === 0) problems.push(`${JSON.stringify(line)} names no platform`);
      for (const word of platforms) attempt(() => value.push({ platform: readPlatform(word), ...overrides }));
    });
  }
  const names = value.map(({ platform }) => formatPlatform(platform));
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return { value, problems: [...problems, ...Array.from(repeated, (name) => `${name} stands there twice`)] };
}

/** Lines without the empty ones; a line break inside quotes belongs to its line. */
function splitLines(text: string): readonly string[] {
  const lines = text.match(/(?:"[^"]*(?:"|$)|[^"\n])+/g) ?? [];
  return lines.map((line) => line.trim()).filter((line) => line !== "");
}

function lineFields(line: string): readonly string[] {
  const fields = parseCsv(line);
  const [whole = ""] = fields;
  // A line that is quoted whole, as docker's lists allow it.
  const inner = fields.length === 1 && line.startsWith('"') ? parseCsv(whole) : fields;
  return inner
    .flatMap((field) => (isOverride(field) ? [field] : field.split(",")))
    .map((field) => field.trimStart())
    .filter((field) => field !== "");
}

function isOverride(field: string): boolean {
  return field.includes("=");
}

function readPlatform(text: string): Platform {
  if (text.startsWith("build-arg:"))
    throw new Error(`${JSON.stringify(text)} has no value: write ${text}=VALUE`);
  return normalizePlatform(checkKnownPlatform(text.trimEnd()));
}

function readOverrides(
  line: string,
  fields: readonly string[],
  attempt: (work: () => void) => void,
): Overrides {
  const found: { [word in (typeof words)[number]]?: string } = {};
  const buildArgs = new Map<string, string>();
  for (const field of fields) {
    attempt(() => {
      const equals = field.indexOf("=");
      const [key, value] = [field.slice(0, equals).trim(), field.slice(equals + 1)];
      const wrong = (why: string): Error => new Error(`${JSON.stringify(line)}: ${why}`);
      const [, argument] = /^build-arg:(.*)$/i.exec(key) ?? [];
      const word = words.find((candidate) => candidate === key.toLowerCase());
      if (argument !== undefined) {
        if (!/^[A-Za-z_][\w.-]*$/.test(argument))
          throw wrong(`${JSON.stringify(argument)} can't be an argument's name`);
        if (buildArgs.has(argument)) throw wrong(`build-arg:${argument} is given twice`);
        buildArgs.set(argument, `${argument}=${value}`);
      } else if (word !== undefined) {
        if (value.trim() === "") throw wrong(`${word}= has no value`);
        if (found[word] !== undefined) throw wrong(`${word} is given twice`);
        found[word] = value.trim();
      } else {
        throw wrong(`there is no ${JSON.stringify(key)}: ${suggest(key, [...words, "build-arg:NAME"])}`);
      }
    });
  }
  return { ...found, buildArgs: [...buildArgs.values()] };
}

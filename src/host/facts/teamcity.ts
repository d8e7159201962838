import type { Env } from "../../inputs/parse.ts";
import { type Claims, cut, whole } from "./claims.ts";

/**
 * https://www.jetbrains.com/help/teamcity/predefined-build-parameters.html
 *
 * What a build is about is in none of its variables, but in files of properties, of which one names the next.
 */
export function teamcityClaims(env: Env, readFile: (path: string) => string): Claims {
  const build = readProperties(env["TEAMCITY_BUILD_PROPERTIES_FILE"], readFile);
  const settings = readProperties(build.get("teamcity.configuration.properties.file"), readFile);
  const ofRoot = (property: string): string | undefined =>
    settings.get(`vcsroot.${property}`) ?? find(settings, new RegExp(`^vcsroot\\.[^.]+\\.${property}$`));
  const pullRequest = settings.get("teamcity.pullRequest.number");
  const id = build.get("teamcity.build.id") ?? settings.get("teamcity.build.id");
  const ref = find(settings, /^teamcity\.build\.vcs\.branch\./);
  const logical = settings.get("teamcity.build.branch");
  const branch = logical?.startsWith("<") ? undefined : logical;
  return {
    event: pullRequest === undefined ? eventOf(settings) : "pull-request",
    repositoryUrl: ofRoot("url"),
    commit: env["BUILD_VCS_NUMBER"] ?? build.get("build.vcs.number"),
    ref: ref ?? branch,
    // Only told when it is not in a fork.
    branch: pullRequest === undefined ? (ref === undefined ? branch : undefined) : sourceBranch(settings),
    baseBranch: pullRequest === undefined ? undefined : settings.get("teamcity.pullRequest.target.branch"),
    defaultBranch: ofRoot("branch"),
    tag: cut(branch, "refs/tags/"),
    pullRequest,
    isFork: pullRequest === undefined ? undefined : sourceBranch(settings) === undefined,
    runId: id,
    runUrl: env["BUILD_URL"] ?? whole(settings.get("teamcity.serverUrl"), "/viewLog.html?buildId=", id),
  };
}

function eventOf(settings: ReadonlyMap<string, string>): Claims["event"] {
  if (settings.has("teamcity.build.triggeredBy.username")) return "manual";
  const cause = settings.get("teamcity.build.triggeredBy") ?? "";
  if (/schedule trigger/i.test(cause)) return "schedule";
  return /\bgit\b|vcs/i.test(cause) ? "push" : "unknown";
}

function sourceBranch(settings: ReadonlyMap<string, string>): string | undefined {
  return settings.get("teamcity.pullRequest.source.branch") || undefined;
}

function find(properties: ReadonlyMap<string, string>, pattern: RegExp): string | undefined {
  const found = [...properties].filter(([name]) => pattern.test(name));
  // With several roots there is no telling which one the image is of.
  return found.length === 1 ? found[0]?.[1] : undefined;
}

/** https://docs.oracle.com/javase/8/docs/api/java/util/Properties.html#load-java.io.Reader-, without continued lines */
function readProperties(
  path: string | undefined,
  readFile: (path: string) => string,
): ReadonlyMap<string, string> {
  if (path === undefined || path === "") return new Map();
  let text: string;
  try {
    text = readFile(path);
  } catch {
    return new Map();
  }
  return new Map(
    text.split(/\r?\n/).flatMap((line): [string, string][] => {
      const [, name, value] = /^\s*((?:\\.|[^\\=:#!\s])(?:\\.|[^\\=:\s])*)\s*[=:]?\s*(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[unescape(name), unescape(value)]];
    }),
  );
}

const controls: Readonly<Record<string, string>> = { f: "\f", n: "\n", r: "\r", t: "\t" };

function unescape(text: string): string {
  return text.replaceAll(
    /\\(?:u([\da-fA-F]{4})|(.))/g,
    (_, code: string | undefined, letter: string | undefined) =>
      code === undefined
        ? (controls[letter ?? ""] ?? letter ?? "")
        : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

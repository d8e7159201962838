import type { Job } from "./job.ts";
import { parseTagRule, type TagRule } from "./rule.ts";
import { parseVersion } from "./version.ts";

/**
 * What `auto` stands for. The last four are what docker/metadata-action does when it is told nothing. That alone would give a
 * release only the tag `v1.2.3`, and `latest` to pre-releases, so a Git tag that is a semantic version also makes what
 * nearly every project writes by hand: `1.2.3`, `1.2` and `1`. There is no `0`, because 0.2 may break what 0.1 had.
 */
export function autoRules({ ref }: Job): readonly TagRule[] {
  const version = ref?.kind === "tag" ? parseVersion("semver", ref.name) : undefined;
  return [
    ...(version === undefined
      ? []
      : ["type=semver,pattern={{version}}", "type=semver,pattern={{major}}.{{minor}}"]),
    ...(version === undefined || version.major === "0" ? [] : ["type=semver,pattern={{major}}"]),
    "type=schedule",
    "type=ref,event=branch",
    "type=ref,event=tag",
    "type=ref,event=pr",
  ].map(parseTagRule);
}

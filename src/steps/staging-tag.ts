import { WorkError } from "../errors.ts";
import type { JobFacts } from "../host/facts.ts";
import type { Platform } from "../oci/platform.ts";
import { formatPlatform } from "../oci/platform.ts";

/**
 * The tag by which jobs on different machines find the image of a platform, when nothing but the registry joins them: the
 * same in a run that is tried again, another for every commit. Throws WorkError where the CI does not say what it builds.
 */
export function stagingTag(facts: Pick<JobFacts, "commit" | "runId">, platform: Platform): string {
  return `${stagingPrefix(facts)}${formatPlatform(platform).replaceAll("/", "-")}`;
}

/** What the staging tags of all platforms begin with. */
export function stagingPrefix({ commit, runId }: Pick<JobFacts, "commit" | "runId">): string {
  if (commit === undefined) {
    throw new WorkError("handoff: there is no commit to name the images after", {
      fix: "run in a Git repository, or pass descriptors instead",
    });
  }
  const run = (runId ?? "0").replaceAll(/[^\w.-]/g, "-").slice(0, 40);
  return `multiarch-${commit.slice(0, 40)}-${run}-`;
}

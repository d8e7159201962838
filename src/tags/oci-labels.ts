import type { JobFacts } from "../host/facts.ts";

/**
 * What the job knows of https://github.com/opencontainers/image-spec/blob/main/annotations.md#pre-defined-annotation-keys.
 * `commitTime` is in seconds; with it two builds of a commit have the same labels.
 */
export function ociLabels(
  facts: JobFacts,
  version: string | undefined,
  now: Date,
  commitTime?: number,
): Readonly<Record<string, string>> {
  const { commit, description, license, repositoryUrl } = facts;
  const labels: Readonly<Record<string, string | undefined>> = {
    created: (commitTime === undefined ? now : new Date(commitTime * 1000)).toISOString(),
    description,
    licenses: license,
    revision: commit,
    source: repositoryUrl,
    title: facts.title ?? repositoryUrl?.split("/").at(-1),
    url: repositoryUrl,
    version,
  };
  return Object.fromEntries(
    Object.entries(labels)
      // An empty label would hide the one in the Dockerfile.
      .filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "")
      .map(([name, value]) => [`org.opencontainers.image.${name}`, value]),
  );
}

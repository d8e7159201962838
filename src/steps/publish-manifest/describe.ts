import { formatReference, withTarget } from "../../oci/reference.ts";
import type { PublishPlan } from "./plan.ts";
import type { TagMove } from "./tag-moves.ts";

/** The plan for a person: what is copied, the index whole, and where each tag goes. */
export function describePublish(plan: PublishPlan): readonly string[] {
  const { absent, index, moves, referrers, warnings } = plan;
  if (index === undefined) return ["# an index over the images that build makes", ...moves.map(describeMove)];
  const copies = Object.entries(absent).flatMap(([repository, children]) =>
    children.map(
      ({ descriptor: { digest }, home }) =>
        `copy ${formatReference(withTarget(home, { digest }))} to ${repository}`,
    ),
  );
  return [
    ...warnings.map((warning) => `# ${warning}`),
    ...(changes(plan) ? copies : []),
    ...referrers.map(({ descriptor: { digest } }) => `put the attestation ${digest} beside the index`),
    `${changes(plan) ? "push" : "# nothing changes:"} ${index.mediaType} ${index.digest}:`,
    ...new TextDecoder().decode(index.bytes).split("\n"),
    ...moves.map(describeMove),
  ];
}

/** Whether anything is pushed. */
export function changes({ moves }: Pick<PublishPlan, "moves">): boolean {
  return moves.some(({ action }) => action === "move");
}

function describeMove({ action, before, tag }: TagMove): string {
  const now = before?.digest ?? "absent";
  return action === "move"
    ? `tag ${formatReference(tag)} (now ${now})`
    : `# ${action} ${formatReference(tag)} (${now})`;
}

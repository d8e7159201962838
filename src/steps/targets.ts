import type { JobFacts } from "../host/facts.ts";
import type { Inputs } from "../inputs/field.ts";
import type { Reference } from "../oci/reference.ts";
import { formatReference, withTarget } from "../oci/reference.ts";
import { parseFlavor } from "../tags/flavor.ts";
import { planTags } from "../tags/plan.ts";
import { WorkError } from "../errors.ts";
import type { Ports } from "./step.ts";
import type { flavorList, repositoryList, tagList } from "./fields.ts";

/** The inputs that say where images go. */
export type TargetInputs = Inputs<{
  readonly image: ReturnType<typeof repositoryList>;
  readonly tags: ReturnType<typeof tagList>;
  readonly flavor: ReturnType<typeof flavorList>;
}>;

/** One repository and the tags that move there: versions first, those that move with every release last. */
export interface Target {
  readonly repository: Reference;
  readonly tags: readonly Reference[];
  /** The last of the tags: those that move with every release. */
  readonly floating: readonly Reference[];
}

export interface Targets {
  readonly targets: readonly Target[];
  /** What the tags say that this is, for labels. */
  readonly version: string | undefined;
}

/** Every repository that is named, be it in a tag, with its tags; the same tag is there once. */
export function planTargets({ flavor, image, tags }: TargetInputs, facts: JobFacts, now: Date): Targets {
  const planned = planTags(tags, parseFlavor(flavor), facts, now);
  const repositories = new Map<string, { readonly repository: Reference; readonly tags: Set<string> }>();
  const add = (named: Reference, names: readonly string[]): void => {
    const repository = withTarget(named);
    const name = formatReference(repository);
    const known = repositories.get(name) ?? { repository, tags: new Set() };
    for (const tag of names) known.tags.add(tag);
    repositories.set(name, known);
  };
  for (const repository of image) add(repository, planned.tags);
  for (const reference of planned.references) add(reference, [reference.tag ?? "latest"]);
  const floating = new Set(["latest", ...planned.floating]);
  return {
    targets: [...repositories.values()].map(({ repository, tags: names }) => {
      const inRepository = (tag: string): Reference => withTarget(repository, { tag });
      const first = [...names].filter((name) => !floating.has(name)).map(inRepository);
      const last = [...names].filter((name) => floating.has(name)).map(inRepository);
      return { repository, tags: [...first, ...last], floating: last };
    }),
    version: planned.version,
  };
}

/** The targets of a step, by what the CI and, where rules ask for it, Git say of the job. Throws when no tag comes of them. */
export async function findTargets(inputs: TargetInputs, { job }: Ports): Promise<Targets> {
  const needsFacts = inputs.tags.some(({ kind }) => kind === "rule" || kind === "auto");
  const facts = needsFacts ? (await job.withGit()).job : await job.fromCi();
  const planned = planTargets(inputs, facts, new Date());
  if (planned.targets.some(({ tags }) => tags.length > 0)) return planned;
  throw new WorkError(`tags: nothing comes of these rules for this ${facts.event}`, {
    fix: "add a rule that holds here, such as type=sha, or don't publish from such events",
  });
}

export type Action = "pull" | "push" | "delete";

/** `repository:<name>:<actions>` of the distribution token spec, actions sorted. */
export function repositoryScope(repository: string, actions: readonly Action[]): string {
  return `repository:${repository}:${cleanActions(actions).join(",")}`;
}

/** Scopes sorted, those of one resource merged, the ones without actions left out; `*` stands for all actions. */
export function cleanScopes(scopes: readonly string[]): readonly string[] {
  const merged = new Map<string, string[]>();
  const plain = new Set<string>();
  for (const scope of scopes) {
    const [, resource, actions] = /^([^:]+:.+):([^:]*)$/s.exec(scope) ?? [];
    if (resource === undefined || actions === undefined) {
      if (scope !== "") plain.add(scope);
    } else merged.set(resource, [...(merged.get(resource) ?? []), ...actions.split(",")]);
  }
  const joined = [...merged].map(([resource, actions]) => ({ resource, actions: cleanActions(actions) }));
  const full = joined.filter(({ actions }) => actions.length > 0);
  return [...plain, ...full.map(({ resource, actions }) => `${resource}:${actions.join(",")}`)].toSorted();
}

/** Actions sorted, each once. */
export function cleanActions(actions: readonly string[]): readonly string[] {
  const unique = [...new Set(actions)].filter((action) => action !== "").toSorted();
  return unique.includes("*") ? ["*"] : unique;
}

import { join, resolve } from "node:path";
import { parseContext } from "../../buildkit/build-context.ts";
import type { JobFacts } from "../../host/facts.ts";
import type { Inputs } from "../../inputs/field.ts";
import type { buildInputs } from "./inputs.ts";

/** Where the build context and its Dockerfile are: on this machine, as absolute paths, or where BuildKit fetches them. */
export type Source =
  | { readonly kind: "path"; readonly path: string; readonly file: string }
  | { readonly kind: "url"; readonly url: string; readonly file: string };

const defaultContext = "{{defaultContext}}";

/**
 * As docker's action takes it: on GitHub the commit of the event, unless a context is named; `{{defaultContext}}:FOLDER` is
 * a folder of that. Throws an Error naming the text.
 */
export function findSource(
  { context, file }: Pick<Inputs<typeof buildInputs>, "context" | "file">,
  { gitContext }: Pick<JobFacts, "gitContext">,
  cwd: string,
): Source {
  const parsed = parseContext(fillDefault(context, gitContext));
  if (parsed.kind === "url") return { kind: "url", url: parsed.url, file };
  const path = resolve(cwd, parsed.path);
  return { kind: "path", path, file: file === "" ? join(path, "Dockerfile") : resolve(cwd, file) };
}

function fillDefault(context: string, gitContext: string | undefined): string {
  if (context === "") return gitContext ?? ".";
  if (!context.includes(defaultContext)) return context;
  if (gitContext === undefined)
    throw new Error(`${defaultContext} is known on GitHub only: name the context`);
  return context.replace(defaultContext, () => gitContext);
}

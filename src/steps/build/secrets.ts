import { join, resolve } from "node:path";
import type { SolveSecret } from "../../buildkit/buildctl.ts";
import type { Secret } from "../../buildkit/secret.ts";
import type { PrivateFile } from "../../buildkit/tls/files.ts";
import type { Inputs } from "../../inputs/field.ts";
import type { buildInputs } from "./inputs.ts";
import type { BuildFacts } from "./probe.ts";

type BuildInputs = Inputs<typeof buildInputs>;

/** Values go into private files; the rest is read by buildctl where it is. */
export function planSecrets(
  inputs: BuildInputs,
  facts: BuildFacts,
): { readonly files: readonly PrivateFile[]; readonly secrets: readonly SolveSecret[] } {
  const files: PrivateFile[] = [];
  const secrets: SolveSecret[] = [];
  for (const { id, source } of givenSecrets(inputs, facts)) {
    switch (source.kind) {
      case "value": {
        const path = join(facts.folder, `secret-${files.length}`);
        files.push({ path, text: source.value });
        secrets.push({ id, file: path });
        break;
      }
      case "env":
        if (!facts.absentSecrets.includes(id)) secrets.push({ id, env: source.name });
        break;
      case "file":
        if (!facts.absentSecrets.includes(id)) secrets.push({ id, file: resolve(facts.cwd, source.path) });
        break;
      default:
        source satisfies never;
    }
  }
  return { files, secrets };
}

function givenSecrets(inputs: BuildInputs, { context, job }: BuildFacts): readonly Secret[] {
  const given = [...inputs.secrets, ...inputs.secretEnvs, ...inputs.secretFiles];
  const isOwnRepository =
    context.kind === "url" && job.gitContext !== undefined && context.url.startsWith(job.gitContext);
  const wantsToken = isOwnRepository && inputs.githubToken !== "";
  if (!wantsToken || given.some(({ id }) => id.startsWith("GIT_AUTH_TOKEN"))) return given;
  const host = new URL(context.url).host;
  const token = { kind: "value", value: inputs.githubToken } as const;
  return [...given, { id: `GIT_AUTH_TOKEN.${host}`, optional: false, source: token }];
}

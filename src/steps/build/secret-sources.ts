import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { cacheSecrets } from "../../buildkit/cache.ts";
import type { Secret } from "../../buildkit/secret.ts";
import type { Inputs } from "../../inputs/field.ts";
import type { Ports } from "../step.ts";
import type { buildInputs } from "./inputs.ts";

type SecretInputs = Pick<
  Inputs<typeof buildInputs>,
  "cacheFrom" | "cacheTo" | "githubToken" | "secrets" | "secretEnvs" | "secretFiles"
>;

/** Most of a file that is looked for in logs. */
const maskedBytes = 64 * 1024;

/** What keeps secrets from being used. Those that may be missing, and are, stand under `absent`. */
export interface SecretFindings {
  readonly problems: readonly string[];
  readonly absent: readonly string[];
}

/** Looks for every secret without reading it. */
export function findSecrets(inputs: SecretInputs, { cwd, env }: Pick<Ports, "cwd" | "env">): SecretFindings {
  const problems: string[] = [];
  const absent: string[] = [];
  const judge = (input: string, { id, optional }: Secret, why: string | undefined): void => {
    if (why === undefined) return;
    if (optional) absent.push(id);
    else problems.push(`${input}: ${why}; write ${id}?= where it may be missing`);
  };
  for (const secret of inputs.secretEnvs) {
    const { source } = secret;
    if (source.kind !== "env") continue;
    const value = env[source.name];
    const why = value === undefined ? "not set" : "empty";
    judge("secret-envs", secret, value ? undefined : `the environment variable ${source.name} is ${why}`);
  }
  for (const secret of inputs.secretFiles) {
    if (secret.source.kind === "file") {
      judge("secret-files", secret, lacking(secret.source.path, cwd));
    }
  }
  const ids = [...inputs.secrets, ...inputs.secretEnvs, ...inputs.secretFiles].map(({ id }) => id);
  for (const id of new Set(ids.filter((each, index) => ids.indexOf(each) !== index))) {
    problems.push(`secrets: ${id} is given twice`);
  }
  return { problems, absent };
}

function lacking(path: string, cwd: string): string | undefined {
  const stat = statSync(resolve(cwd, path), { throwIfNoEntry: false });
  if (stat === undefined) return `there is no file ${path}`;
  if (!stat.isFile()) return `${path} is not a file`;
  return stat.size === 0 ? `the file ${path} is empty` : undefined;
}

/** Has the CI hide every secret in what is logged from now on. */
export function maskSecrets(inputs: SecretInputs, { cwd, env, mask }: Ports): void {
  if (inputs.githubToken !== "") mask(inputs.githubToken);
  for (const secret of [...inputs.cacheFrom, ...inputs.cacheTo].flatMap(cacheSecrets)) mask(secret);
  for (const { source } of [...inputs.secrets, ...inputs.secretEnvs, ...inputs.secretFiles]) {
    const value =
      source.kind === "value" ? source.value : source.kind === "env" ? env[source.name] : undefined;
    if (value) mask(value);
    if (source.kind === "file") maskFile(resolve(cwd, source.path), mask);
  }
}

function maskFile(path: string, mask: Ports["mask"]): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() === true && stat.size <= maskedBytes) mask(readFileSync(path, "utf8"));
}

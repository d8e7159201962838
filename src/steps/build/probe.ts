import type { Endpoint } from "../../buildkit/drivers/driver.ts";
import { probeWorkers } from "../../buildkit/workers.ts";
import { WorkError } from "../../errors.ts";
import { ExecError, ProgramMissingError } from "../../exec.ts";
import type { Inputs } from "../../inputs/field.ts";
import type { Platform } from "../../oci/platform.ts";
import type { RegistryTrust } from "../../registry/trust.ts";
import { resolveRegistries } from "../fields.ts";
import type { Ports } from "../step.ts";
import { buildPaths } from "./check.ts";
import type { buildInputs } from "./inputs.ts";

export interface BuildFacts {
  readonly nodes: readonly BuildNode[];
  readonly buildctl: string;
  readonly registries: readonly RegistryTrust[];
  /** Absolute paths. */
  readonly context: string;
  readonly file: string;
  /** Values of the build arguments that were given by name alone. */
  readonly env: Readonly<Record<string, string>>;
}

/** A BuildKit daemon, and what it says it can build, its own platform first; empty when it can't be asked. */
export interface BuildNode {
  readonly endpoint: Endpoint;
  readonly workers: readonly Platform[];
}

export async function probeBuild(inputs: Inputs<typeof buildInputs>, ports: Ports): Promise<BuildFacts> {
  const { builder, registries = [] } = ports.state.read();
  const buildctl = builder?.buildctl ?? "buildctl";
  const given = resolveRegistries(inputs.registries, ports.cwd);
  return {
    nodes: await Promise.all(
      findEndpoints(inputs, ports).map(async (endpoint) => ({
        endpoint,
        workers: await askDaemon(buildctl, endpoint, ports),
      })),
    ),
    buildctl,
    registries: given.length > 0 ? given : registries,
    ...buildPaths(inputs, ports.cwd),
    env: namedArguments(inputs.buildArgs, ports),
  };
}

/** What is named counts first; BUILDKIT_HOST is often our own setup's, which knows its certificates, too. */
function findEndpoints(inputs: Inputs<typeof buildInputs>, { env, state }: Ports): readonly Endpoint[] {
  const known = state.read().builder?.endpoints ?? [];
  const address = inputs.builder || env["BUILDKIT_HOST"] || "";
  if (address !== "") return known[0]?.address === address ? known : [{ address }];
  if (known.length > 0) return known;
  throw new WorkError("there is no BuildKit daemon to build with", {
    fix: "run setup before build, or set BUILDKIT_HOST or builder to the address of one",
  });
}

async function askDaemon(buildctl: string, endpoint: Endpoint, ports: Ports): Promise<readonly Platform[]> {
  try {
    return await probeWorkers(buildctl, endpoint, ports.exec);
  } catch (error) {
    // A dry run of all steps comes here before the daemon exists.
    if (ports.dryRun) return [];
    if (error instanceof ProgramMissingError) {
      throw new WorkError("buildctl was not found", {
        cause: error,
        fix: "run setup before build, which fetches it, or put buildctl on PATH",
      });
    }
    if (!(error instanceof ExecError)) throw error;
    throw new WorkError(`the BuildKit daemon at ${endpoint.address} does not answer`, {
      cause: error,
      fix: "is it still running? setup starts one; BUILDKIT_HOST or builder name another",
    });
  }
}

function namedArguments(buildArgs: readonly string[], { env }: Ports): Record<string, string> {
  return Object.fromEntries(
    buildArgs.filter((argument) => !argument.includes("=")).map((name) => [name, env[name] ?? ""]),
  );
}

import { probeWorkers } from "../../buildkit/workers.ts";
import { WorkError } from "../../errors.ts";
import { ExecError, ProgramMissingError } from "../../exec.ts";
import type { Inputs } from "../../inputs/field.ts";
import type { Platform } from "../../oci/platform.ts";
import type { Ports } from "../step.ts";
import { buildPaths } from "./check.ts";
import type { buildInputs } from "./inputs.ts";

export interface BuildFacts {
  readonly address: string;
  readonly buildctl: string;
  /** What the daemon says it can build, its own platform first; empty when it can't be asked. */
  readonly workers: readonly Platform[];
  /** Absolute paths. */
  readonly context: string;
  readonly file: string;
  /** Values of the build arguments that were given by name alone. */
  readonly env: Readonly<Record<string, string>>;
}

export async function probeBuild(inputs: Inputs<typeof buildInputs>, ports: Ports): Promise<BuildFacts> {
  const { builder } = ports.state.read();
  const address = inputs.builder || ports.env["BUILDKIT_HOST"] || builder?.address;
  if (address === undefined || address === "") {
    throw new WorkError("there is no BuildKit daemon to build with", {
      fix: "run setup before build, or set BUILDKIT_HOST or builder to the address of one",
    });
  }
  const buildctl = builder?.buildctl ?? "buildctl";
  return {
    address,
    buildctl,
    workers: await askDaemon(buildctl, address, ports),
    ...buildPaths(inputs, ports.cwd),
    env: namedArguments(inputs.buildArgs, ports),
  };
}

async function askDaemon(buildctl: string, address: string, ports: Ports): Promise<readonly Platform[]> {
  try {
    return await probeWorkers(buildctl, address, ports.exec);
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
    throw new WorkError(`the BuildKit daemon at ${address} does not answer`, {
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

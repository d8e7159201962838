import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WorkError } from "../errors.ts";
import type { Command, Exec } from "../exec.ts";
import { ExecError } from "../exec.ts";
import type { Platform } from "../oci/platform.ts";
import { formatPlatform } from "../oci/platform.ts";
import { binfmtMiscFolder, readBinfmtMisc } from "./binfmt-misc.ts";
import { embeddedEmulator, entryName } from "./emulator.ts";
import type { EmulationFacts, EmulationPlan, EmulationRequest, PlatformEmulation } from "./plan.ts";
import { wantedPlatforms } from "./plan.ts";
import type { Proof, ProofRequest, Proofs } from "./proof.ts";
import { describeFailure, judge, parseProofs, proofScript } from "./proof.ts";
import { proofProgram } from "./program.ts";

/** Where builds run. */
export type ProofPlace =
  | { readonly kind: "container"; readonly engine: "docker" | "podman"; readonly name: string }
  /** Where the programs ran before, and on whose kernel they have just run again. */
  | { readonly kind: "known"; readonly proofs: Proofs }
  /** On this machine; `emulators` is the folder of BuildKit's own, "" for PATH. */
  | { readonly kind: "here"; readonly emulators: string; readonly folder?: string };

/** A platform, what runs its programs, and whether it does. */
export interface ProvedPlatform {
  readonly platform: Platform;
  readonly emulator: "native" | "binfmt" | "embedded";
  /** What the entry in binfmt_misc names, or BuildKit's own emulator. */
  readonly interpreter?: string;
  readonly proof: Proof;
}

/** Reads what is registered, and runs the programs of the wanted platforms on this kernel if it is the one of builds. */
export async function probeEmulation(
  request: Pick<EmulationRequest, "hostArchitecture" | "mode" | "platforms">,
  { isLocal, folder }: { readonly isLocal: boolean; readonly folder?: string },
  exec: Exec,
): Promise<EmulationFacts> {
  const isRoot = process.getuid?.() === 0;
  if (!isLocal) return { binfmt: undefined, proofs: {}, isRoot };
  const architectures = architecturesOf(wantedPlatforms(request)).filter(
    (architecture) => architecture !== request.hostArchitecture,
  );
  const proofRequest = {
    architectures,
    native: request.hostArchitecture,
    ...(folder === undefined ? {} : { folder }),
  };
  const binfmt = readBinfmtMisc();
  return { binfmt, proofs: await proveHere(proofRequest, exec), isRoot };
}

/** Runs a program of every platform where and as builds will run theirs. */
export async function proveEmulation(
  { platforms }: EmulationPlan,
  hostArchitecture: string,
  place: ProofPlace,
  exec: Exec,
): Promise<readonly ProvedPlatform[]> {
  const folder = place.kind === "here" && place.emulators !== "" ? place.emulators : undefined;
  const emulatorPath = (architecture: string): string =>
    folder === undefined ? embeddedEmulator(architecture) : join(folder, embeddedEmulator(architecture));
  const tried = platforms.filter(({ kind }) => kind !== "register" && kind !== "broken");
  const architectures = architecturesOf(tried.map(({ platform }) => platform)).filter(
    (architecture) => architecture !== hostArchitecture,
  );
  const embedded = tried
    .filter(({ kind }) => kind === "embedded")
    .map(({ platform }) => platform.architecture);
  const request: ProofRequest = {
    architectures,
    native: hostArchitecture,
    emulators: Object.fromEntries(embedded.map((architecture) => [architecture, emulatorPath(architecture)])),
    ...(place.kind === "here" && place.folder !== undefined ? { folder: place.folder } : {}),
  };
  const proofs = await proveAt(place, request, exec);
  return tried.map((emulation) => {
    const { platform } = emulation;
    // What is not in the answer is the machine's own architecture, which the daemon itself is a program of.
    const proof: Proof = proofs[platform.architecture] ?? { runs: true };
    return { platform, ...emulatorOf(emulation, emulatorPath), proof };
  });
}

function proveAt(place: ProofPlace, request: ProofRequest, exec: Exec): Promise<Proofs> {
  switch (place.kind) {
    case "known":
      return Promise.resolve(place.proofs);
    case "here":
      return proveHere(request, exec);
    case "container":
      return proveInContainer(request, place, exec);
    default:
      return place satisfies never;
  }
}

function emulatorOf(
  emulation: PlatformEmulation,
  emulatorPath: (architecture: string) => string,
): Pick<ProvedPlatform, "emulator" | "interpreter"> {
  switch (emulation.kind) {
    case "native":
      return { emulator: "native" };
    case "embedded":
      return { emulator: "embedded", interpreter: emulatorPath(emulation.platform.architecture) };
    case "registered":
      return {
        emulator: "binfmt",
        ...(emulation.interpreter === undefined ? {} : { interpreter: emulation.interpreter }),
      };
    default:
      return { emulator: "binfmt" };
  }
}

/** Throws what failed, for all platforms in one; gives those of which nothing could be found out. */
export function requireProved(proved: readonly ProvedPlatform[]): readonly Platform[] {
  const failures = proved.flatMap((each) =>
    each.proof.runs || each.proof.reason === "not tried"
      ? []
      : [
          {
            text: `${formatPlatform(each.platform)} can't be built here: ${failureText(each)}`,
            fix: proofFix(each),
          },
        ],
  );
  if (failures.length > 0) {
    throw new WorkError(failures.map(({ text }) => text).join("\n"), {
      fix: [...new Set(failures.map(({ fix }) => fix))].join("; "),
    });
  }
  return proved.filter(({ proof }) => !proof.runs).map(({ platform }) => platform);
}

function failureText({ emulator, interpreter, proof }: ProvedPlatform): string {
  if (proof.runs) return "";
  switch (emulator) {
    case "native":
      return `this machine should run it, but ${describeFailure(proof)}`;
    case "embedded":
      return proof.reason === "emulator missing"
        ? `BuildKit here does not bring ${interpreter ?? "an emulator"} along`
        : `BuildKit brings ${interpreter ?? "an emulator"} along, but ${describeFailure(proof)}`;
    case "binfmt":
      return `${interpreter ?? "an emulator"} is registered in binfmt_misc, but where builds run ${describeFailure(proof)}`;
    default:
      return emulator satisfies never;
  }
}

function proofFix({ emulator, platform }: ProvedPlatform): string {
  if (emulator === "native") return "leave it out, or build it on a machine that runs it";
  if (emulator === "embedded") {
    return "use emulation binfmt, or a BuildKit image that has the emulator (moby/buildkit has most)";
  }
  const path = `${binfmtMiscFolder}/${entryName(platform.architecture)}`;
  return `reset: true replaces it, and another binfmt-image may do better; echo -1 | sudo tee ${path} takes it out`;
}

/** Runs the programs on this machine's kernel. */
export async function proveHere(request: ProofRequest, exec: Exec): Promise<Proofs> {
  if (request.architectures.length === 0) return {};
  return runScript({ program: "/bin/sh", args: ["-c", proofScript(request)] }, request, exec);
}

/** Runs the programs in a container that runs: in one `exec` if it has a shell. */
export async function proveInContainer(
  request: ProofRequest,
  { engine, name }: { readonly engine: "docker" | "podman"; readonly name: string },
  exec: Exec,
): Promise<Proofs> {
  if (request.architectures.length === 0) return {};
  const command = { program: engine, args: ["exec", name, "sh", "-c", proofScript(request)] };
  try {
    return await runScript(command, request, exec);
  } catch (error) {
    // The engine says it on either stream.
    const hasNoShell =
      error instanceof ExecError &&
      /"sh": (?:executable file not found|.*no such file)/i.test(`${error.stderr}${error.stdout}`);
    if (!hasNoShell) {
      throw new WorkError(`no program could be run in the container ${name}`, { cause: error });
    }
    return proveWithoutShell(request, { engine, name }, exec);
  }
}

async function runScript(command: Command, request: ProofRequest, exec: Exec): Promise<Proofs> {
  const { stdout } = await exec(command);
  return parseProofs(stdout, request);
}

/** The programs are copied into the container, and stay there. */
async function proveWithoutShell(
  { architectures, emulators = {} }: ProofRequest,
  { engine, name }: { readonly engine: string; readonly name: string },
  exec: Exec,
): Promise<Proofs> {
  const target = "/multiarch-proof";
  const folder = await mkdtemp(join(tmpdir(), "multiarch-"));
  try {
    await Promise.all(
      architectures.map((architecture) =>
        writeFile(join(folder, architecture), proofProgram(architecture) ?? "", { mode: 0o755 }),
      ),
    );
    await exec({ program: engine, args: ["cp", `${folder}/.`, `${name}:${target}`] });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const prove = async (architecture: string): Promise<[string, Proof]> => {
    const emulator = emulators[architecture];
    const words = [...(emulator === undefined ? [] : [emulator]), `${target}/${architecture}`];
    try {
      await exec({ program: engine, args: ["exec", name, ...words] });
      return [architecture, judge(0, "", emulator)];
    } catch (error) {
      if (!(error instanceof ExecError) || error.exitCode === null) throw error;
      return [architecture, judge(error.exitCode, `${error.stderr}${error.stdout}`, emulator)];
    }
  };
  return Object.fromEntries(await Promise.all(architectures.map(prove)));
}

function architecturesOf(platforms: readonly Platform[]): readonly string[] {
  return [...new Set(platforms.map(({ architecture }) => architecture))];
}

import { WorkError } from "../errors.ts";
import type { Command } from "../exec.ts";
import { formatCommand } from "../exec.ts";
import type { Platform } from "../oci/platform.ts";
import { formatPlatform } from "../oci/platform.ts";
import { binfmtFamily, defaultBinfmtImage, lacking, registerCommand, replacedBy } from "./binfmt-image.ts";
import type { BinfmtEntry, BinfmtMisc } from "./binfmt-misc.ts";
import { binfmtMiscFolder } from "./binfmt-misc.ts";
import {
  embeddedEmulator,
  entriesFor,
  entryName,
  isEmulated,
  isIntact,
  isNative,
  linuxkitArchitectures,
} from "./emulator.ts";
import type { Proofs } from "./proof.ts";
import { describeFailure } from "./proof.ts";

export type EmulationMode = "auto" | "embedded" | "binfmt" | "none";

/** What is wanted. */
export interface EmulationRequest {
  readonly mode: EmulationMode;
  /** Empty for whatever the image offers, none of which has to work then. */
  readonly platforms: readonly Platform[];
  /** Image that registers emulators, "" for the default one. */
  readonly image: string;
  /** Whether an emulator that is registered but does not work may be replaced. */
  readonly reset: boolean;
  /** Of the machine that BuildKit runs on, in Go's words. */
  readonly hostArchitecture: string;
  /** What runs containers; undefined when nothing does, so that nothing can be registered. */
  readonly engine: "docker" | "podman" | undefined;
  readonly job: string;
}

/** What there is. */
export interface EmulationFacts {
  /** Undefined when BuildKit runs on another kernel than this program. */
  readonly binfmt: BinfmtMisc | undefined;
  /** What the programs did on this kernel; nothing when it is another one. */
  readonly proofs: Proofs;
  readonly isRoot: boolean;
}

/** How programs of one platform get to run in builds. */
export type PlatformEmulation = { readonly platform: Platform } & (
  | { readonly kind: "native" }
  | { readonly kind: "registered"; readonly interpreter?: string }
  | { readonly kind: "register"; readonly uninstall?: string }
  | { readonly kind: "embedded"; readonly because?: string }
  | { readonly kind: "broken"; readonly cause: string; readonly fix: string }
);

export interface EmulationPlan {
  /** The platforms of the request that are Linux's; there is no emulation for others. */
  readonly platforms: readonly PlatformEmulation[];
  /** Whether they were asked for by name. */
  readonly required: boolean;
  /** The container run, under the machine's lock; undefined when nothing is to be registered. */
  readonly register: EmulatorRegistration | undefined;
}

export interface EmulatorRegistration {
  readonly image: string;
  readonly command: Command;
  /** Mounts binfmt_misc before, because what is registered goes away with its last mount. */
  readonly mount?: Command;
  /** Names of entries that there are and that the image will put its own in place of. */
  readonly replaces: readonly string[];
}

/** How the wanted platforms will run. Throws a WorkError for those that can't, all of them in one. */
export function planEmulation(request: EmulationRequest, facts: EmulationFacts): EmulationPlan {
  const required = request.platforms.length > 0;
  const platforms = wantedPlatforms(request).map((platform) => emulationOf(platform, request, facts));
  if (required) requireSound(platforms);
  return { platforms, required, register: planRegistration(platforms, request, facts) };
}

/** The Linux platforms of a request, or all that the default image has. */
export function wantedPlatforms({
  hostArchitecture,
  mode,
  platforms,
}: Pick<EmulationRequest, "hostArchitecture" | "mode" | "platforms">): readonly Platform[] {
  if (platforms.length > 0) return platforms.filter(({ os }) => os === "linux");
  const own = { os: "linux", architecture: hostArchitecture };
  if (mode === "embedded" || mode === "none") return [own];
  const others = linuxkitArchitectures.filter((architecture) => architecture !== hostArchitecture);
  return [
    own,
    ...others.map((architecture) => ({
      os: "linux",
      architecture,
      ...(architecture === "arm" ? { variant: "v7" } : {}),
    })),
  ];
}

/** How one platform runs, by what is there now. */
export function emulationOf(
  platform: Platform,
  request: EmulationRequest,
  facts: EmulationFacts,
): PlatformEmulation {
  const { architecture } = platform;
  const { binfmt, proofs } = facts;
  if (architecture === request.hostArchitecture) return { platform, kind: "native" };
  const proof = proofs[architecture];
  const [entry, ...shadowed] = entriesFor(architecture, binfmt?.entries ?? []);
  if (entry === undefined) {
    if (proof?.runs === true) {
      // Without an entry it is the processor that runs it; where entries can't be seen, it need not be.
      const bySelf = binfmt?.state === "mounted" || isNative(architecture, request.hostArchitecture);
      return { platform, kind: bySelf ? "native" : "registered" };
    }
    const unknown = proof === undefined || proof.reason === "not tried";
    if (unknown && isNative(architecture, request.hostArchitecture)) return { platform, kind: "native" };
    return provideEmulator(platform, request, facts);
  }
  const cause = defect([entry, ...shadowed], binfmt, proof);
  if (cause === undefined) return { platform, kind: "registered", interpreter: entry.interpreter };
  if (request.mode === "embedded") return { platform, kind: "embedded" };
  const isInTheWay = entry.name === entryName(architecture);
  const isReplaceable = !isInTheWay || request.reset || binfmt?.enabled === false;
  if (request.mode !== "none" && isReplaceable) {
    const provided = provideEmulator(platform, request, facts);
    return provided.kind === "register" && isInTheWay ? { ...provided, uninstall: entry.name } : provided;
  }
  return {
    platform,
    kind: "broken",
    cause,
    fix:
      `${request.mode === "none" ? "emulation auto with " : ""}reset: true replaces it; ` +
      `so does echo -1 | sudo tee ${binfmtMiscFolder}/${entry.name} before the next run`,
  };
}

/** What is wrong with what is registered, or undefined. */
function defect(
  entries: readonly BinfmtEntry[],
  binfmt: BinfmtMisc | undefined,
  proof: Proofs[string] | undefined,
): string | undefined {
  const [first] = entries;
  const entry = entries.find(isIntact) ?? first;
  if (entry === undefined) return undefined;
  const name = `${entry.name} is registered in binfmt_misc`;
  if (binfmt?.enabled === false) return `${name}, but all of binfmt_misc is switched off`;
  if (!entry.enabled) return `${name}, but disabled`;
  if (!entry.flags.includes("F")) {
    return `${name} without the flag F, so that ${entry.interpreter} is looked for in each container and not found there`;
  }
  if (proof === undefined || proof.runs || proof.reason === "not tried") return undefined;
  return `${name} with ${entry.interpreter}, but ${describeFailure(proof)}`;
}

/** What will run a platform that nothing runs yet. */
function provideEmulator(
  platform: Platform,
  request: EmulationRequest,
  facts: EmulationFacts,
): PlatformEmulation {
  const { engine, hostArchitecture, mode } = request;
  if (!isEmulated(platform.architecture)) {
    return {
      platform,
      kind: "broken",
      cause: "there is no emulator for it",
      fix: "leave it out, or build it on a machine that runs it",
    };
  }
  if (mode === "none") {
    return {
      platform,
      kind: "broken",
      cause: `emulation is none, and this linux/${hostArchitecture} machine can't run it without`,
      fix: "use emulation auto, or leave it to a machine that runs it",
    };
  }
  if (mode === "embedded") return { platform, kind: "embedded" };
  const obstacle = engine === undefined ? noEngine : registrationObstacle(facts);
  if (obstacle === undefined) return { platform, kind: "register" };
  return mode === "auto"
    ? { platform, kind: "embedded", because: obstacle.cause }
    : { platform, kind: "broken", cause: obstacle.cause, fix: obstacle.fix };
}

interface Obstacle {
  readonly cause: string;
  readonly fix: string;
}

const noEngine: Obstacle = {
  cause: "emulators are registered by a container, and there is no engine to run it",
  fix: "install Docker, register QEMU on the machine (qemu-user-static), or use emulation embedded",
};

const mountCommand: Command = {
  program: "mount",
  args: ["-t", "binfmt_misc", "binfmt_misc", binfmtMiscFolder],
};

/**
 * Why a container's registration would not last, where that is certain. Since Linux 6.7 entries go away with the last mount
 * of binfmt_misc, which would be the container's own. Where /proc is read-only we are in a container ourselves, and what we
 * see is not what the machine has.
 */
function registrationObstacle({ binfmt, isRoot }: EmulationFacts): Obstacle | undefined {
  if (binfmt?.state === "mounted" && !binfmt.enabled) {
    return {
      cause: "all of binfmt_misc is switched off on this machine",
      fix: `echo 1 | sudo tee ${binfmtMiscFolder}/status`,
    };
  }
  if (binfmt === undefined || binfmt.readOnly || binfmt.state === "mounted") return undefined;
  if (binfmt.state === "absent") {
    return {
      cause: "this machine's kernel has no binfmt_misc, or its module is not loaded",
      fix: `sudo modprobe binfmt_misc && sudo ${formatCommand(mountCommand)}`,
    };
  }
  if (isRoot) return undefined;
  return {
    cause: "binfmt_misc is not mounted on this machine, so that what is registered would not last",
    fix: `sudo ${formatCommand(mountCommand)}`,
  };
}

function planRegistration(
  platforms: readonly PlatformEmulation[],
  request: EmulationRequest,
  { binfmt }: EmulationFacts,
): EmulatorRegistration | undefined {
  const { engine, hostArchitecture, job } = request;
  const missing = platforms.filter((platform) => platform.kind === "register");
  if (missing.length === 0 || engine === undefined) return undefined;
  const architectures = [...new Set(missing.map(({ platform }) => platform.architecture))];
  const uninstall = [...new Set(missing.flatMap((each) => each.uninstall ?? []))];
  const present = (binfmt?.entries ?? []).map(({ name }) => name);
  const untouched = present.filter((name) => !uninstall.includes(name));
  const image = request.image || defaultBinfmtImage(hostArchitecture, architectures, untouched);
  const family = binfmtFamily(image);
  if (family === "linuxkit" && hostArchitecture !== "amd64") {
    throw new WorkError(`${image} runs on amd64 machines only, and this one is ${hostArchitecture}`, {
      fix: "leave binfmt-image out, or name a tonistiigi/binfmt image",
    });
  }
  const without = lacking(family, architectures);
  if (without.length > 0) {
    throw new WorkError(`${image} has no emulator for linux/${without.join(", linux/")}`, {
      fix: "leave binfmt-image out, or name a tonistiigi/binfmt image",
    });
  }
  return {
    image,
    command: registerCommand({
      engine,
      image,
      architectures: request.platforms.length === 0 ? [] : architectures,
      uninstall,
      job,
    }),
    ...(binfmt?.state === "unmounted" && !binfmt.readOnly ? { mount: mountCommand } : {}),
    replaces: [...new Set([...replacedBy(family, present), ...uninstall])],
  };
}

/** Throws what is wrong with any of them, as one error. */
export function requireSound(platforms: readonly PlatformEmulation[]): void {
  const broken = platforms.filter((each) => each.kind === "broken");
  if (broken.length === 0) return;
  const fixes = [...new Set(broken.map(({ fix }) => fix))];
  throw new WorkError(
    broken
      .map(({ platform, cause }) => `${formatPlatform(platform)} can't be built here: ${cause}`)
      .join("\n"),
    { fix: fixes.join("; ") },
  );
}

/** The plan for a person. */
export function describeEmulation({ platforms, register }: EmulationPlan): readonly string[] {
  return [
    ...platforms.map((each) => `# ${formatPlatform(each.platform)}: ${describePlatform(each)}`),
    ...(register?.mount === undefined ? [] : [formatCommand(register.mount)]),
    ...(register === undefined ? [] : [formatCommand(register.command)]),
  ];
}

function describePlatform(emulation: PlatformEmulation): string {
  switch (emulation.kind) {
    case "native":
      return "runs without emulation";
    case "registered":
      return `emulated by ${emulation.interpreter ?? "what is registered in binfmt_misc"}`;
    case "register":
      return emulation.uninstall === undefined
        ? "an emulator will be registered"
        : `the emulator ${emulation.uninstall} will be replaced`;
    case "embedded":
      return (
        `emulated by BuildKit's own ${embeddedEmulator(emulation.platform.architecture)}` +
        (emulation.because === undefined ? "" : `, because ${emulation.because}`)
      );
    case "broken":
      return emulation.cause;
    default:
      return emulation satisfies never;
  }
}

import { dockerRunAdvice } from "../container-engine.ts";
import { WorkError } from "../errors.ts";
import type { Exec } from "../exec.ts";
import { ExecError, formatCommand } from "../exec.ts";
import type { Log } from "../host/host.ts";
import { formatPlatform } from "../oci/platform.ts";
import { isPrivilegeRefused, parseBinfmtStatus } from "./binfmt-image.ts";
import { binfmtMiscFolder } from "./binfmt-misc.ts";
import { entryName } from "./emulator.ts";
import { withLock } from "../lock.ts";
import type {
  EmulationFacts,
  EmulationPlan,
  EmulationRequest,
  EmulatorRegistration,
  PlatformEmulation,
} from "./plan.ts";
import { emulationOf, planEmulation } from "./plan.ts";

export interface RegistrationPorts {
  readonly exec: Exec;
  readonly log: Log;
  readonly signal?: AbortSignal;
}

/**
 * Registers what the plan lacks, one process of this machine at a time, and gives the plan as it is afterwards. `probe` reads
 * the facts anew: whoever had the turn before may have registered it all.
 */
export async function registerEmulators(
  request: EmulationRequest,
  plan: EmulationPlan,
  probe: () => Promise<EmulationFacts>,
  ports: RegistrationPorts,
): Promise<EmulationPlan> {
  if (plan.register === undefined) return plan;
  const work = async (): Promise<EmulationPlan> => {
    const now = planEmulation(request, await probe());
    return now.register === undefined ? now : register(request, now, now.register, probe, ports);
  };
  return withLock("binfmt", work, {
    ...(ports.signal === undefined ? {} : { signal: ports.signal }),
    onWait: (owner) => ports.log.info(`waiting for ${owner}, which registers emulators`),
  });
}

async function register(
  request: EmulationRequest,
  plan: EmulationPlan,
  { command, image, mount, replaces }: EmulatorRegistration,
  probe: () => Promise<EmulationFacts>,
  ports: RegistrationPorts,
): Promise<EmulationPlan> {
  const { exec, log } = ports;
  const instead = replaces.length === 0 ? "" : `, in place of ${replaces.join(", ")}`;
  log.info(`registering emulators with ${image}${instead}`);
  if (mount !== undefined) await mountBinfmtMisc(mount, ports);

  let failure: ExecError | undefined;
  let output = { stdout: "", stderr: "" };
  try {
    output = await exec(command);
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
    failure = error;
    output = error;
  }
  const said = [output.stdout, output.stderr]
    .map((text) => text.trim())
    .join("\n")
    // Some versions begin each line with the time.
    .replaceAll(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /gm, "")
    .trim();
  log.debug(said);

  const facts = await probe();
  const isElsewhere = facts.binfmt === undefined;
  const status = parseBinfmtStatus(output.stdout);
  const platforms = plan.platforms.map((emulation): PlatformEmulation => {
    if (emulation.kind !== "register") return emulation;
    const { platform } = emulation;
    if (!isElsewhere) return emulationOf(platform, request, facts);
    // What another machine's kernel has is only known from what was printed there, until it is proved.
    const isListed = status?.emulators.includes(entryName(platform.architecture)) ?? failure === undefined;
    return isListed ? { platform, kind: "registered" } : emulation;
  });
  const failed = platforms.filter(
    ({ kind }, i) => plan.platforms[i]?.kind === "register" && kind !== "registered" && kind !== "native",
  );
  if (failed.length === 0) return { ...plan, platforms, register: undefined };

  const obstacle = obstacleIn(said, facts);
  if (request.mode === "auto" && obstacle !== undefined) {
    log.warning(`no emulator could be registered: ${obstacle}; BuildKit's own are used instead`);
    return {
      ...plan,
      platforms: platforms.map((each) =>
        failed.includes(each) ? { platform: each.platform, kind: "embedded" } : each,
      ),
      register: undefined,
    };
  }
  const error = registrationError(image, failed, { failure, said, facts });
  if (plan.required || failure !== undefined) throw error;
  log.warning(error.message);
  return { ...plan, platforms, register: undefined };
}

/** What keeps any container from registering anything here. */
function obstacleIn(said: string, facts: EmulationFacts): string | undefined {
  if (isReadOnlyFileSystem(said)) return `${binfmtMiscFolder} is read-only (${lastLine(said)})`;
  if (isPrivilegeRefused(said)) return `privileged containers are refused here (${lastLine(said)})`;
  return hasVanished(facts)
    ? "it was gone again when the container ended, as binfmt_misc is not mounted here"
    : undefined;
}

function isReadOnlyFileSystem(said: string): boolean {
  return /read-only file system/i.test(said);
}

function hasVanished({ binfmt }: EmulationFacts): boolean {
  return binfmt !== undefined && binfmt.state !== "mounted";
}

async function mountBinfmtMisc(
  mount: NonNullable<EmulatorRegistration["mount"]>,
  { exec, log }: RegistrationPorts,
): Promise<void> {
  try {
    await exec(mount);
    log.info(
      `mounted binfmt_misc, without which what is registered goes away again: ${formatCommand(mount)}`,
    );
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
    // Only what comes of the registration tells whether it was needed.
    log.debug(error.message);
  }
}

function registrationError(
  image: string,
  failed: readonly PlatformEmulation[],
  {
    facts,
    failure,
    said,
  }: { readonly facts: EmulationFacts; readonly failure: ExecError | undefined; readonly said: string },
): WorkError {
  const names = failed.map(({ platform }) => formatPlatform(platform)).join(", ");
  const what = `no emulator for ${names} could be registered with ${image}`;
  if (failure !== undefined) {
    return new WorkError(what, { cause: failure, fix: registrationAdvice(said) ?? dockerRunAdvice(said) });
  }
  const broken = failed.filter((each) => each.kind === "broken");
  if (broken.length > 0) {
    return new WorkError(
      `${what}: ${broken.map(({ platform, cause }) => `${formatPlatform(platform)}: ${cause}`).join("; ")}`,
      { fix: [...new Set(broken.map(({ fix }) => fix))].join("; ") },
    );
  }
  const lines = said.split("\n").filter((line) => isComplaint(line, failed));
  if (lines.length > 0) {
    return new WorkError(`${what}: ${lines.join("; ")}`, {
      fix: registrationAdvice(said) ?? "name another binfmt-image that has it, or leave the platform out",
    });
  }
  if (hasVanished(facts)) {
    return new WorkError(
      `${what}: it was gone again when the container ended, as binfmt_misc is not mounted on this machine`,
      {
        fix: `sudo mount -t binfmt_misc binfmt_misc ${binfmtMiscFolder}`,
      },
    );
  }
  return new WorkError(`${what}: it ended well, but has not registered it`, {
    fix: "name another binfmt-image that has it, or leave the platform out",
  });
}

/** tonistiigi/binfmt says one line of each architecture, and ends with exit code 0 whatever they say. */
function isComplaint(line: string, failed: readonly PlatformEmulation[]): boolean {
  const installing = /^installing: (\S+) (.*)$/.exec(line);
  if (installing === null) return /\berror\b|cannot|unsupported/i.test(line);
  return installing[2] !== "OK" && failed.some(({ platform }) => platform.architecture === installing[1]);
}

function registrationAdvice(said: string): string | undefined {
  if (isReadOnlyFileSystem(said)) {
    return `${binfmtMiscFolder} is mounted read-only: sudo mount -o remount,rw ${binfmtMiscFolder}, or emulation: embedded`;
  }
  return isPrivilegeRefused(said)
    ? "privileged containers are refused here: use emulation embedded, or register QEMU on the machine (qemu-user-static)"
    : undefined;
}

function lastLine(text: string): string {
  return text.split("\n").at(-1) ?? "";
}

import { askWith } from "../../container-image/on-demand.ts";
import { provideImage } from "../../container-image/pull.ts";
import type { EmulationPlan } from "../../emulation/plan.ts";
import type { ProofPlace, ProvedPlatform } from "../../emulation/prove.ts";
import { probeEmulation, proveEmulation, requireProved } from "../../emulation/prove.ts";
import { registerEmulators } from "../../emulation/register.ts";
import { WorkError } from "../../errors.ts";
import { execToEnd } from "../../exec.ts";
import type { Platform } from "../../oci/platform.ts";
import { formatPlatform, samePlatform } from "../../oci/platform.ts";
import type { Ports } from "../step.ts";
import type { PlannedEmulation } from "./plan.ts";

/** Registers what the plan lacks, its image pulled where it must be; gives the plan as it is then. */
export async function registerPlanned(
  { isLocal, plan, request }: PlannedEmulation,
  mirrors: readonly string[],
  ports: Ports,
): Promise<EmulationPlan> {
  const { exec, log, signal } = ports;
  if (plan.register === undefined || request.engine === undefined) return plan;
  const options = { engine: request.engine, mirrors, exec, ask: askWith(ports), log, signal };
  const { reference } = await provideImage(plan.register.image, options);
  const probe = () => probeEmulation(request, { isLocal }, exec);
  return registerEmulators({ ...request, image: reference }, plan, probe, {
    exec: execToEnd(signal),
    log,
    signal,
  });
}

/** Runs a program of each platform where builds will run it; a required one that does not run is an error. */
export async function provePlanned(
  { request }: PlannedEmulation,
  plan: EmulationPlan,
  place: ProofPlace,
  workers: Promise<readonly Platform[]>,
  ports: Ports,
): Promise<readonly ProvedPlatform[]> {
  for (const each of plan.platforms) {
    if (each.kind === "embedded" && each.because !== undefined) {
      ports.log.warning(`${formatPlatform(each.platform)} is left to BuildKit's own QEMU: ${each.because}`);
    }
  }
  const [proved, listed] = await Promise.all([
    proveEmulation(plan, request.hostArchitecture, place, ports.exec),
    workers,
  ]);
  if (plan.required) requireListed(requireProved(proved), listed);
  return proved;
}

/** For platforms of which there is no program of ours, BuildKit's word must do. */
export function requireListed(wanted: readonly Platform[], listed: readonly Platform[]): void {
  const missing = wanted.filter((platform) => !listed.some((one) => samePlatform(one, platform)));
  if (missing.length === 0) return;
  throw new WorkError(
    `BuildKit can't build for ${missing.map(formatPlatform).join(", ")} here; it can for ` +
      listed.map(formatPlatform).join(", "),
    { fix: "leave these platforms out, or add a daemon that builds them with endpoint" },
  );
}

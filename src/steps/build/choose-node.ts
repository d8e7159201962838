import { isNative } from "../../emulation/emulator.ts";
import { WorkError } from "../../errors.ts";
import type { Platform } from "../../oci/platform.ts";
import { formatPlatform, samePlatform } from "../../oci/platform.ts";
import type { PlatformLine } from "./platform-line.ts";
import type { BuildFacts, BuildNode } from "./probe.ts";

/** The line's own builder, else the node that was named for the platform, that runs it by itself, that can run it, the first. */
export function chooseNode(
  { builder, platform }: PlatformLine,
  { builders, nodes }: Pick<BuildFacts, "builders" | "nodes">,
): BuildNode {
  const named = builder === undefined ? undefined : builders[builder];
  if (named !== undefined) return named;
  const lists = (platforms: readonly Platform[] | undefined): boolean =>
    platforms?.some((candidate) => samePlatform(candidate, platform)) ?? false;
  const open = nodes.filter(({ endpoint }) => endpoint.platforms === undefined);
  const node =
    nodes.find(({ endpoint }) => lists(endpoint.platforms)) ??
    open.find(({ workers: [own] }) => own !== undefined && runsBySelf(platform, own)) ??
    open.find(({ workers }) => lists(workers)) ??
    open[0];
  if (node !== undefined) return node;
  throw new WorkError(`no BuildKit daemon is for ${formatPlatform(platform)}`, {
    fix: "name the platform behind one of the endpoints, or give an endpoint without platforms",
  });
}

/** Whether a node runs programs of the platform without an emulator. */
export function runsBySelf(platform: Platform, own: Platform): boolean {
  return isNative(platform.architecture, own.architecture);
}

import type { Inputs } from "../../inputs/field.ts";
import type { setupInputs } from "./inputs.ts";

/** Flags of buildkitd that the inputs make, those that are given last. */
export function daemonFlags({
  allow,
  buildkitdFlags,
}: Pick<Inputs<typeof setupInputs>, "allow" | "buildkitdFlags">): readonly string[] {
  // The daemon allows devices as such; which ones is the build's to say.
  const entitlements = new Set(allow.map((entitlement) => entitlement.replace(/=.*/, "")));
  return [
    ...[...entitlements].map((entitlement) => `--allow-insecure-entitlement=${entitlement}`),
    ...buildkitdFlags,
  ];
}

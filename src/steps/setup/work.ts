import { dirname } from "node:path";
import { containerAddress } from "../../buildkit/drivers/container.ts";
import type { Endpoint } from "../../buildkit/drivers/driver.ts";
import { buildxArguments } from "../../buildkit/drivers/endpoint.ts";
import { shellQuote } from "../../exec.ts";
import { formatPlatform } from "../../oci/platform.ts";
import type { StepWork } from "../step.ts";
import type { SetupResult } from "./execute.ts";
import { executeSetup } from "./execute.ts";
import type { setupInputs } from "./inputs.ts";
import type { DaemonPlan } from "./plan-daemon.ts";
import type { SetupPlan } from "./plan.ts";
import { describeSetup, planSetup } from "./plan.ts";
import type { SetupFacts } from "./probe.ts";
import { probeSetup } from "./probe.ts";

export const setupWork: StepWork<typeof setupInputs, SetupFacts, SetupPlan, SetupResult> = {
  probe: probeSetup,
  plan: planSetup,
  describe: describeSetup,
  foresee: ({ daemon, driver }, { state }) =>
    state.update((before) => ({
      ...before,
      builder: {
        driver,
        removal: { kind: "none" },
        endpoints: foreseenEndpoints(daemon),
        buildctl: "buildctl",
      },
    })),
  execute: executeSetup,
  report: ({ buildctl, driver, emulators, endpoints, exposed, platforms, seconds, version }) => ({
    outputs: {
      "buildkit-host": endpoints[0]?.address ?? "",
      driver,
      platforms: platforms.map(formatPlatform).join(","),
      emulators: JSON.stringify(emulators),
      buildctl,
      version,
      ...(exposed?.tls?.cert === undefined
        ? {}
        : {
            "tcp-endpoint": exposed.address,
            "tls-folder": dirname(exposed.tls.cert),
            "buildx-arguments": buildxArguments(exposed, "multiarch").map(shellQuote).join(" "),
          }),
    },
    variables: { BUILDKIT_HOST: endpoints[0]?.address ?? "" },
    paths: [dirname(buildctl)],
    lines: [
      `BuildKit at ${endpoints.map(({ address }) => address).join(", ")} after ${seconds.toFixed(1)} s; it builds ` +
        platforms.map(formatPlatform).join(", "),
    ],
  }),
};

/** For the plans of the steps that follow in a dry run. */
function foreseenEndpoints(daemon: DaemonPlan): readonly Endpoint[] {
  if (daemon.driver === "remote") return daemon.remote.endpoints;
  if (daemon.driver === "process") return [{ address: `unix://${daemon.folder}/buildkitd.sock` }];
  return [{ address: containerAddress(daemon.container) }];
}

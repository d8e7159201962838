import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { formatPlatform } from "../../oci/platform.ts";
import { repeatedPlatforms } from "../fields.ts";
import type { Step } from "../step.ts";
import type { SetupResult } from "./execute.ts";
import { executeSetup } from "./execute.ts";
import { setupInputs } from "./inputs.ts";
import type { SetupPlan } from "./plan.ts";
import { describeSetup, planSetup } from "./plan.ts";
import type { SetupFacts } from "./probe.ts";
import { probeSetup } from "./probe.ts";

export const setupStep: Step<typeof setupInputs, SetupFacts, SetupPlan, SetupResult> = {
  name: "setup",
  summary: "Register QEMU emulation, start BuildKit in a container, and get the buildctl that fits it.",
  inputs: setupInputs,
  outputs: {
    "buildkit-host": "Address of the daemon, also exported as BUILDKIT_HOST.",
    driver: "How the daemon runs: docker-container.",
    platforms: "Platforms that the daemon can build, comma-separated, its own first.",
    buildctl: "Path of buildctl, whose folder is put on PATH.",
    version: "BuildKit release of buildctl.",
  },
  check: (inputs, { cwd }) => [
    ...repeatedPlatforms("platforms", inputs.platforms),
    ...(inputs.buildkitdConfig === "" || existsSync(resolve(cwd, inputs.buildkitdConfig))
      ? []
      : [`buildkitd-config: there is no file ${inputs.buildkitdConfig}`]),
  ],
  probe: (_inputs, ports) => probeSetup(ports),
  plan: planSetup,
  describe: describeSetup,
  foresee: ({ address, daemon }, { state }) =>
    state.update((before) => ({
      ...before,
      builder: { container: daemon.name, address, buildctl: "buildctl" },
    })),
  execute: executeSetup,
  report: ({ address, buildctl, platforms, seconds, version }) => ({
    outputs: {
      "buildkit-host": address,
      driver: "docker-container",
      platforms: platforms.map(formatPlatform).join(","),
      buildctl,
      version,
    },
    variables: { BUILDKIT_HOST: address },
    paths: [dirname(buildctl)],
    lines: [
      `BuildKit ${version} at ${address} after ${seconds.toFixed(1)} s; it builds ` +
        platforms.map(formatPlatform).join(", "),
    ],
  }),
};

import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { formatPlatform } from "../../oci/platform.ts";
import { buildxArguments } from "../../buildkit/drivers/endpoint.ts";
import { shellQuote } from "../../exec.ts";
import { containerAddress } from "../../buildkit/drivers/container.ts";
import { missingRegistryFiles, repeatedPlatforms } from "../fields.ts";
import type { Step } from "../step.ts";
import type { SetupResult } from "./execute.ts";
import { executeSetup } from "./execute.ts";
import { setupInputs } from "./inputs.ts";
import type { DaemonPlan } from "./plan-daemon.ts";
import type { Endpoint } from "../../buildkit/drivers/driver.ts";
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
    driver: "How the daemon runs: docker-container, podman-container, process or remote.",
    platforms: "Platforms that the daemon can build, comma-separated, its own first.",
    emulators:
      "JSON object: for each platform what runs its programs: native, binfmt or embedded, and the interpreter.",
    buildctl: "Path of buildctl, whose folder is put on PATH.",
    version: "BuildKit release of buildctl.",
    "tcp-endpoint": "With expose tcp: the daemon's address, tcp://127.0.0.1:PORT.",
    "tls-folder": "With expose tcp: folder of ca.pem, cert.pem and key.pem, as buildctl --tlsdir takes it.",
    "buildx-arguments": "With expose tcp: what follows docker, to make a builder of docker buildx from it.",
  },
  check: (inputs, { cwd }) => [
    ...repeatedPlatforms("platforms", inputs.platforms),
    ...missingRegistryFiles(inputs.registries, cwd),
    ...(inputs.buildkitdConfig === "" || existsSync(resolve(cwd, inputs.buildkitdConfig))
      ? []
      : [`buildkitd-config: there is no file ${inputs.buildkitdConfig}`]),
    ...(inputs.buildkitdConfig !== "" && inputs.buildkitdConfigInline !== ""
      ? ["buildkitd-config and buildkitd-config-inline are given both: one of them is enough"]
      : []),
    ...(inputs.keepState && inputs.name === ""
      ? ["keep-state needs a name, by which the next run finds the cache"]
      : []),
  ],
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

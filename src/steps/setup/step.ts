import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { missingRegistryFiles, repeatedPlatforms } from "../fields.ts";
import type { Step } from "../step.ts";
import { performWork } from "../step.ts";
import { setupInputs } from "./inputs.ts";

export const setupStep: Step<typeof setupInputs> = {
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
  check: async (inputs, { cwd }) => [
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
  perform: async (inputs, ports) => {
    const { setupWork } = await import("./work.ts");
    return performWork("setup", setupWork, inputs, ports);
  },
};

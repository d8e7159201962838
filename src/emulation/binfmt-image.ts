import type { Command } from "../exec.ts";

/** The two images that register QEMU differ in how they are asked. */
export type BinfmtFamily = "linuxkit" | "tonistiigi";

// linuxkit/binfmt registers all it has, and is built for amd64 machines only.
const linuxkitImage = "docker.io/linuxkit/binfmt:v0.8";
const tonistiigiImage =
  "docker.io/tonistiigi/binfmt:qemu-v10.2.3-68@sha256:400a4873b838d1b89194d982c45e5fb3cda4593fbfd7e08a02e76b03b21166f0";

/** The pinned image for a host's architecture. */
export function defaultBinfmtImage(hostArchitecture: string): string {
  return hostArchitecture === "amd64" ? linuxkitImage : tonistiigiImage;
}

/** Copies keep the name: whatever ends in `linuxkit/binfmt` takes no arguments, everything else is asked as tonistiigi's. */
export function binfmtFamily(image: string): BinfmtFamily {
  return /(^|\/)linuxkit\/binfmt([:@]|$)/.test(image) ? "linuxkit" : "tonistiigi";
}

/** The container run that registers emulators; no architectures means all. */
export function registerCommand(options: {
  readonly image: string;
  readonly architectures: readonly string[];
  readonly job: string;
}): Command {
  const { image, architectures, job } = options;
  const run = ["run", "--rm", "--privileged", `--label=multiarch=${job}`, image];
  return {
    program: "docker",
    args:
      binfmtFamily(image) === "linuxkit"
        ? run
        : [...run, "--install", architectures.length === 0 ? "all" : architectures.join(",")],
  };
}

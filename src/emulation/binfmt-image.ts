import type { Command } from "../exec.ts";
import { entryName } from "./emulator.ts";

/** The two images that register QEMU differ in how they are asked. */
export type BinfmtFamily = "linuxkit" | "tonistiigi";

// linuxkit/binfmt registers all it has, and is built for amd64 machines only.
const linuxkitImage = "docker.io/linuxkit/binfmt:v0.8";
const tonistiigiImage =
  "docker.io/tonistiigi/binfmt:qemu-v10.2.3-68@sha256:400a4873b838d1b89194d982c45e5fb3cda4593fbfd7e08a02e76b03b21166f0";

/** What linuxkit/binfmt has ever had. */
const linuxkitHas: readonly string[] = ["arm", "arm64", "loong64", "ppc64le", "riscv64", "s390x"];

/**
 * The pinned image for a host's architecture: linuxkit's where it runs, has all that is wanted, and would not put its own
 * in place of an emulator that somebody else registered.
 */
export function defaultBinfmtImage(
  hostArchitecture: string,
  wanted: readonly string[] = [],
  present: readonly string[] = [],
): string {
  const fits = hostArchitecture === "amd64" && lacking("linuxkit", wanted).length === 0;
  return fits && replacedBy("linuxkit", present).length === 0 ? linuxkitImage : tonistiigiImage;
}

/** Which of the entries that there are an image of a family replaces, asked or not. */
export function replacedBy(family: BinfmtFamily, present: readonly string[]): readonly string[] {
  const names = linuxkitHas.map(entryName);
  return family === "linuxkit" ? present.filter((name) => names.includes(name)) : [];
}

/** Copies keep the name: whatever ends in `linuxkit/binfmt` takes no arguments, everything else is asked as tonistiigi's. */
export function binfmtFamily(image: string): BinfmtFamily {
  return /(^|\/)linuxkit\/binfmt([:@]|$)/.test(image) ? "linuxkit" : "tonistiigi";
}

/** Which of the architectures an image of a family surely has no emulator for. */
export function lacking(family: BinfmtFamily, architectures: readonly string[]): readonly string[] {
  return family === "linuxkit"
    ? architectures.filter((architecture) => !linuxkitHas.includes(architecture))
    : [];
}

/**
 * The container run that registers emulators; no architectures means all. tonistiigi's leaves an entry of the same name as
 * it is unless it is uninstalled, which it does first; linuxkit's replaces whatever has the names.
 */
export function registerCommand(options: {
  readonly engine?: "docker" | "podman";
  readonly image: string;
  readonly architectures: readonly string[];
  /** Names of entries to take out before. */
  readonly uninstall?: readonly string[];
  readonly job: string;
}): Command {
  const { architectures, engine = "docker", image, job, uninstall = [] } = options;
  const run = ["run", "--rm", "--privileged", `--label=multiarch=${job}`, image];
  return {
    program: engine,
    args:
      binfmtFamily(image) === "linuxkit"
        ? run
        : [
            ...run,
            ...(uninstall.length === 0 ? [] : ["--uninstall", uninstall.join(",")]),
            "--install",
            architectures.length === 0 ? "all" : architectures.join(","),
          ],
  };
}

/** The status that tonistiigi/binfmt ends with. */
export interface BinfmtStatus {
  /** Platforms that its kernel runs, as it found by trying. */
  readonly supported: readonly string[];
  /** Names of the entries that are enabled. */
  readonly emulators: readonly string[];
}

/** The JSON in what tonistiigi/binfmt printed; undefined when there is none, as of linuxkit's. */
export function parseBinfmtStatus(stdout: string): BinfmtStatus | undefined {
  try {
    const status = JSON.parse(stdout) as Partial<Record<keyof BinfmtStatus, unknown>> | null;
    if (status === null || !("supported" in status)) return undefined;
    return { supported: texts(status.supported), emulators: texts(status.emulators) };
  } catch {
    return undefined;
  }
}

/** Go writes an empty list as null. */
function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

/** Whether an engine, or what ran in the container, said that it may not do what only privileged containers may. */
export function isPrivilegeRefused(output: string): boolean {
  if (/docker daemon socket|docker API/i.test(output)) return false;
  return (
    /privileged mode is incompatible with user namespaces|authorization denied by plugin/i.test(output) ||
    /privileged[^\n]*(?:not allowed|denied|forbidden|disallowed|refused)/i.test(output) ||
    /(?:not allowed|denied|forbidden|can ?not|can't)[^\n]*privileged/i.test(output) ||
    /operation not permitted|permission denied/i.test(output)
  );
}

import { choice, list, text } from "../../inputs/field.ts";
import type { InputTable } from "../../inputs/field.ts";
import { platformList } from "../fields.ts";

export const defaultBuildkitVersion = "v0.32.2";

export const setupInputs = {
  platforms: platformList(
    "Platforms that will be built. Emulation is set up for those that the machine can't run itself; " +
      "without it, for all that the emulation image offers.",
  ),
  emulation: choice({
    description:
      "auto registers QEMU where a platform needs it and it is not registered yet, binfmt registers it in any " +
      "case, none never does: a platform that needs emulation is then an error.",
    words: ["auto", "binfmt", "none"],
    fallback: "auto",
  }),
  binfmtImage: text({
    description: "Image that registers QEMU: linuxkit/binfmt, tonistiigi/binfmt, or a copy of one of them.",
    placeholder: "IMAGE",
    defaultText: "linuxkit/binfmt on amd64 machines, tonistiigi/binfmt on others, both pinned",
  }),
  buildkitVersion: text({
    description: "BuildKit release, for the daemon's image and for buildctl.",
    fallback: defaultBuildkitVersion,
    placeholder: "vX.Y.Z",
    check: (value) => {
      if (!/^v\d+\.\d+\.\d+(-[\w.]+)?$/.test(value)) {
        throw new Error(`${JSON.stringify(value)} is not a release such as ${defaultBuildkitVersion}`);
      }
    },
  }),
  buildkitImage: text({
    description: "Image of the BuildKit daemon.",
    placeholder: "IMAGE",
    defaultText: "moby/buildkit at buildkit-version",
  }),
  buildkitdConfig: text({ description: "A buildkitd.toml file for the daemon.", placeholder: "FILE" }),
  buildkitdFlags: list({
    description: "Flags for buildkitd, one per line.",
    commas: false,
    placeholder: "--FLAG",
    item: (flag) => {
      if (!flag.startsWith("-")) throw new Error(`${JSON.stringify(flag)} is not a flag of buildkitd`);
      return flag;
    },
  }),
  network: text({
    description:
      "Network of the daemon's container. host lets it reach registries on this machine's loopback.",
    placeholder: "NAME",
    defaultText: "Docker's own default",
  }),
  downloadMirror: text({
    description: "Where the paths of BuildKit's release page are found, for sites without GitHub.",
    placeholder: "URL",
    defaultText: "https://github.com",
    check: (value) => {
      if (!/^https?:\/\//.test(value))
        throw new Error(`${JSON.stringify(value)} is not an http or https URL`);
    },
  }),
} satisfies InputTable;

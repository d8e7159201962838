import { parseEndpoint } from "../../buildkit/drivers/endpoint.ts";
import { parseSha256 } from "../../buildkit/sha256.ts";
import { parseImageMirror } from "../../container-image/sources.ts";
import { boolean, choice, list, text, value } from "../../inputs/field.ts";
import type { InputTable } from "../../inputs/field.ts";
import { entitlementList, platformList, registryTrustList } from "../fields.ts";

export const defaultBuildkitVersion = "v0.32.2";

function flag(text: string): string {
  if (!text.startsWith("-")) throw new Error(`${JSON.stringify(text)} does not begin with a dash`);
  return text;
}

export const setupInputs = {
  platforms: platformList(
    "Platforms that will be built. Emulation is set up for those that the machine can't run itself; " +
      "without it, for all that the emulation image offers.",
  ),
  driver: choice({
    description:
      "How BuildKit runs: in a container of Docker or podman, as a process without either, or remote, run by others. " +
      "auto takes an endpoint that is named, else Docker, else podman, else process.",
    words: ["auto", "docker-container", "podman-container", "process", "remote"],
    fallback: "auto",
  }),
  endpoint: list({
    description:
      "Daemons that others run, one per line: ADDRESS and behind commas platforms=linux/arm64;linux/arm/v7, tls-ca=FILE, " +
      "tls-cert=FILE, tls-key=FILE, tls-server-name=NAME.",
    commas: false,
    placeholder: "ADDRESS,FIELD,…",
    item: parseEndpoint,
  }),
  tlsCa: text({
    description: "Authority of the endpoints' certificates: a file, or PEM.",
    placeholder: "FILE",
  }),
  tlsCert: text({ description: "Our certificate for the endpoints: a file, or PEM.", placeholder: "FILE" }),
  tlsKey: text({ description: "The key of our certificate: a file, or PEM.", placeholder: "FILE" }),
  tlsServerName: text({
    description: "Name in the endpoints' certificates, when it is not the host of their address.",
    placeholder: "NAME",
  }),
  insecureEndpoints: boolean({
    description: "Use endpoints on TCP although nothing protects the connection.",
  }),
  emulation: choice({
    description:
      "How programs of foreign platforms run: auto takes what is registered and works, else registers QEMU through a " +
      "privileged container, else BuildKit's own QEMU. binfmt and embedded force one of the two, none makes a platform " +
      "that needs either an error.",
    words: ["auto", "embedded", "binfmt", "none"],
    fallback: "auto",
  }),
  reset: boolean({ description: "Replace an emulator that is registered but does not work." }),
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
  imageMirrors: list({
    description:
      "Registries that have copies of the two images, tried in this order before the registry that they name.",
    commas: true,
    placeholder: "HOST",
    item: parseImageMirror,
  }),
  buildkitdConfig: text({ description: "A buildkitd.toml file for the daemon.", placeholder: "FILE" }),
  buildkitdConfigInline: text({ description: "The text of a buildkitd.toml.", placeholder: "TOML" }),
  buildkitdFlags: list({
    description: "Flags for buildkitd, one per line.",
    commas: false,
    placeholder: "--FLAG",
    item: flag,
  }),
  allow: entitlementList(
    "Privileges that the daemon lets builds use, one per line: network.host, security.insecure, device.",
  ),
  registries: registryTrustList(),
  name: text({
    description:
      "Name of the daemon. One that runs under it with the same settings is used, and not removed at the end.",
    placeholder: "NAME",
    check: (value) => {
      if (!/^[a-z0-9][a-z0-9_.-]{0,62}$/i.test(value)) {
        throw new Error(`${JSON.stringify(value)} is not a name: letters, digits, _, . and -`);
      }
    },
  }),
  keepState: boolean({
    description: "Keep the cache of the daemon called name in a volume, for the next run on this machine.",
  }),
  cleanup: boolean({
    description: "Whether teardown, and the end of the action, remove the daemon.",
    fallback: true,
  }),
  expose: choice({
    description:
      "tcp lets the daemon also listen on this machine's loopback, on a free port, with mutual TLS by certificates of " +
      "this run. No port is opened otherwise.",
    words: ["none", "tcp"],
    fallback: "none",
  }),
  daemonNetwork: text({
    description:
      "Network of the daemon's container. host lets it reach registries on this machine's loopback.",
    placeholder: "NAME",
    defaultText: "the engine's own default",
  }),
  memory: text({ description: "Most memory of the daemon's container.", placeholder: "8g" }),
  cpus: text({ description: "Most processors of the daemon's container.", placeholder: "2" }),
  containerOptions: list({
    description: "More options of docker create for the daemon's container, one per line.",
    commas: false,
    placeholder: "--OPTION=VALUE",
    item: flag,
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
  buildctlSha256: value({
    description: "SHA-256 of BuildKit's release archive for this machine, when you want to say it yourself.",
    fallback: "",
    placeholder: "HEX",
    read: parseSha256,
  }),
  allowUnverified: boolean({
    description: "Run a downloaded BuildKit for which nobody says what its digest must be.",
  }),
  buildctlPath: text({
    description: "A buildctl of your own, which is used and nothing downloaded.",
    placeholder: "FILE",
  }),
} satisfies InputTable;

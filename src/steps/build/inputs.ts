import { parseAnnotation } from "../../buildkit/annotation.ts";
import { parseAttest, parseAttestationSwitch } from "../../buildkit/attestation.ts";
import { parseBuildContext } from "../../buildkit/build-context.ts";
import { parseCacheExport, parseCacheImport } from "../../buildkit/cache.ts";
import { parseExtraHost } from "../../buildkit/extra-host.ts";
import { parseOutput } from "../../buildkit/output.ts";
import { parseSecretEnv, parseSecretFile, parseSecretValue } from "../../buildkit/secret.ts";
import { parseSsh } from "../../buildkit/ssh.ts";
import { parseUlimit } from "../../buildkit/ulimit.ts";
import { parseBytes } from "../../inputs/bytes.ts";
import { parseDuration } from "../../inputs/duration.ts";
import type { Field, InputTable } from "../../inputs/field.ts";
import { boolean, choice, list, maybe, text, value } from "../../inputs/field.ts";
import { entitlementList, flavorList, registryTrustList, repositoryList, tagList } from "../fields.ts";
import { parseBuilder } from "./builder.ts";
import type { PlatformLine } from "./platform-line.ts";
import { parsePlatformLines } from "./platform-line.ts";

/** What docker's action says of an image; ours go on top of it. */
const asInDocker = {
  tags: tagList(
    "Tags for the images: names such as latest, whole references, auto, or rules such as " +
      "type=semver,pattern={{version}}. The repositories in them are pushed to; the tags themselves move at publishing.",
  ),
  flavor: flavorList(),
  context: text({
    description:
      "Folder that is sent to BuildKit as the build context, or the URL of a Git repository or archive.",
    placeholder: "PATH|URL",
    defaultText: "on GitHub the commit of the event as a Git context, elsewhere the working directory",
  }),
  file: text({
    description: "Path of the Dockerfile; with a Git context its path in there.",
    placeholder: "PATH",
    defaultText: "Dockerfile in the context",
  }),
  buildArgs: list({
    description: "Build arguments, one NAME=value per line; a NAME alone is read from the environment.",
    commas: false,
    placeholder: "NAME=value",
    item: (argument) => {
      if (!/^[A-Za-z_][\w.-]*(=|$)/.test(argument)) {
        throw new Error(`${JSON.stringify(argument)} is not NAME=value`);
      }
      return argument;
    },
  }),
  buildContexts: list({
    description: "More contexts, one NAME=PATH|URL|docker-image://IMAGE|oci-layout://FOLDER per line.",
    commas: false,
    placeholder: "NAME=SOURCE",
    item: parseBuildContext,
  }),
  target: text({ description: "Stage of the Dockerfile to build.", placeholder: "STAGE" }),
  labels: list({
    description:
      "Labels of the image, one NAME=value per line; auto stands for the OCI ones that Git and the CI know.",
    commas: false,
    placeholder: "NAME=value",
    item: autoOr((label) => parsePair(label, "NAME=value")),
  }),
  annotations: list({
    description:
      "Annotations, one NAME=value per line, behind a level such as index: or manifest[linux/arm64]: where it is not the " +
      "manifest; auto as with labels.",
    commas: false,
    placeholder: "NAME=value",
    item: autoOr(parseAnnotation),
  }),
  push: maybe({
    description: "Push every platform by its digest to every repository.",
    defaultText: "true when image is given, and neither load nor outputs",
  }),
  load: boolean({ description: "Load the images into Docker." }),
  outputs: list({
    description: "Where results go, one exporter per line, such as type=local,dest=out or a folder.",
    commas: false,
    placeholder: "EXPORTER",
    item: parseOutput,
  }),
  cacheFrom: list({
    description: "Caches to read, one per line, such as type=registry,ref=IMAGE or an image.",
    commas: false,
    placeholder: "CACHE",
    item: parseCacheImport,
  }),
  cacheTo: list({
    description:
      "Caches to write, one per line. Each platform gets its own: {platform} says where its name goes.",
    commas: false,
    placeholder: "CACHE",
    item: parseCacheExport,
  }),
  noCache: boolean({ description: "Run every step, whatever the cache has." }),
  noCacheFilters: list({
    description: "Stages that run in any case.",
    commas: true,
    placeholder: "STAGE",
    item: asItIs,
  }),
  pull: boolean({ description: "Ask for newer base images, also where the daemon has one." }),
  secrets: list({
    description:
      "Secrets for the build, one ID=value per line, quoted when there are several lines. ID?=value may be empty.",
    commas: false,
    placeholder: "ID=value",
    item: parseSecretValue,
  }),
  secretEnvs: list({
    description: "Secrets out of environment variables, ID=VARIABLE. ID?=VARIABLE may be missing.",
    commas: true,
    placeholder: "ID=VARIABLE",
    item: parseSecretEnv,
  }),
  secretFiles: list({
    description: "Secrets out of files, one ID=PATH per line. ID?=PATH may be missing.",
    commas: false,
    placeholder: "ID=PATH",
    item: parseSecretFile,
  }),
  githubToken: text({
    description: "Token with which BuildKit fetches the default Git context.",
    actionDefault: "${{ github.token }}",
    placeholder: "TOKEN",
  }),
  ssh: list({
    description: "SSH agents and keys for the build: default, ID, ID=SOCKET or ID=KEY,KEY.",
    commas: false,
    placeholder: "ID",
    item: parseSsh,
  }),
  allow: entitlementList(
    "Privileges that the build may use, which setup must have allowed: network.host, security.insecure, device=NAME.",
  ),
  network: choice({
    description: "Network of RUN steps; host implies allow network.host.",
    words: ["default", "none", "host", "sandbox"],
    fallback: "default",
  }),
  addHosts: list({
    description:
      "Host names that RUN steps know, HOST=ADDRESS; the address host-gateway is the daemon's machine.",
    commas: true,
    placeholder: "HOST=ADDRESS",
    item: parseExtraHost,
  }),
  cgroupParent: text({ description: "Parent cgroup of RUN steps.", placeholder: "CGROUP" }),
  shmSize: value({
    description: "Size of /dev/shm in RUN steps, such as 2g.",
    fallback: 0,
    placeholder: "SIZE",
    read: parseBytes,
  }),
  ulimit: list({
    description: "Limits of RUN steps, such as nofile=1024:2048.",
    commas: true,
    placeholder: "NAME=SOFT:HARD",
    item: parseUlimit,
  }),
  attests: list({
    description: "Attestations, such as type=sbom,generator=IMAGE.",
    commas: false,
    placeholder: "ATTESTATION",
    item: (attestation) => {
      parseAttest(attestation);
      return attestation;
    },
  }),
  provenance: text({
    description: "Provenance of the image: true, false, or parameters such as mode=max.",
    defaultText: "mode=max for what public repositories build on GitHub, else mode=min,inline-only=true",
    placeholder: "true|false|PARAMETERS",
    check: (parameters) => void parseAttestationSwitch(parameters, "provenance"),
  }),
  sbom: text({
    description: "Bill of materials of the image: true, false, or parameters such as generator=IMAGE.",
    placeholder: "true|false|PARAMETERS",
    check: (parameters) => void parseAttestationSwitch(parameters, "sbom"),
  }),
  call: choice({
    description: "Instead of building: check the Dockerfile, or tell its arguments (outline) or its targets.",
    words: ["build", "check", "lint", "outline", "targets"],
    fallback: "build",
  }),
} satisfies InputTable;

export const buildInputs = {
  image: repositoryList("Repositories to push to, such as ghcr.io/someone/server."),
  platforms: platformLines(
    "Platforms to build for, each on a line of its own where it differs: linux/arm/v7,file=Dockerfile.armhf,target=slim," +
      "build-arg:NAME=value,builder=ADDRESS. Without it, the daemon's own platform.",
  ),
  ...asInDocker,
  sourceDateEpoch: value({
    description:
      "Time that everything in the image gets, in seconds, or commit for that of the commit: the same commit then " +
      "always gives the same image.",
    fallback: "",
    placeholder: "SECONDS|commit",
    defaultText: "SOURCE_DATE_EPOCH, which leaves the times of files alone",
    read: (time) => {
      if (time !== "commit" && !/^\d{1,11}$/.test(time)) {
        throw new Error(`${JSON.stringify(time)} is neither a number of seconds nor commit`);
      }
      return time;
    },
  }),
  platformTags: list({
    description: "Tags for each platform's image by itself, such as {tag}-{arch}{variant}.",
    commas: true,
    placeholder: "TEMPLATE",
    item: checkTagTemplate,
  }),
  handoff: choice({
    description:
      "registry leaves a tag per platform, named after commit and run, by which publish-manifest in another job finds it.",
    words: ["none", "registry"],
    fallback: "none",
  }),
  descriptorsFile: text({
    description: "File to write the descriptors to, for publish-manifest in another job.",
    placeholder: "PATH",
  }),
  builder: value({
    description: "Address or name of the BuildKit daemon, with TLS fields as setup's endpoint has them.",
    fallback: undefined,
    placeholder: "ADDRESS",
    defaultText: "BUILDKIT_HOST, else the daemon that setup started",
    read: parseBuilder,
  }),
  maxParallel: value({
    description: "How many platforms are built at the same time; 0 for all.",
    fallback: 0,
    placeholder: "N",
    read: parseCount,
  }),
  failFast: boolean({ description: "Stop the other platforms when one fails." }),
  platformTimeout: value({
    description: "The longest that one platform may take, such as 45m.",
    fallback: 0,
    placeholder: "TIME",
    defaultText: "no limit",
    read: parseDuration,
  }),
  retries: value({
    description:
      "How often a platform is tried again when a registry refused it for a moment; its steps are cached.",
    fallback: 2,
    placeholder: "N",
    read: parseCount,
  }),
  progress: choice({
    description: "How the progress is shown: live on a terminal, or each platform's log whole when it ends.",
    words: ["auto", "tty", "plain", "rawjson", "quiet"],
    fallback: "auto",
  }),
  registries: registryTrustList(),
} satisfies InputTable;

function platformLines(description: string): Field<readonly PlatformLine[]> {
  return {
    ...list<PlatformLine>({
      description,
      commas: true,
      placeholder: "linux/amd64,linux/arm64",
      item: () => {
        throw new Error("lines are read as a whole");
      },
    }),
    parse: parsePlatformLines,
  };
}

function autoOr<T>(read: (text: string) => T): (text: string) => T | "auto" {
  return (text) => (text === "auto" ? "auto" : read(text));
}

function asItIs(text: string): string {
  return text;
}

/** A name and its value; the value may be empty and hold anything. */
function parsePair(pair: string, shape: string): readonly [string, string] {
  const equals = pair.indexOf("=");
  if (equals < 1) throw new Error(`${JSON.stringify(pair)} is not ${shape}`);
  return [pair.slice(0, equals), pair.slice(equals + 1)];
}

function checkTagTemplate(template: string): string {
  const example = template.replaceAll(/\{(tag|platform|os|arch|variant)\}/g, "x");
  if (!/^\w[\w.-]{0,127}$/.test(example)) {
    throw new Error(
      `${JSON.stringify(template)} makes no tag: there are {tag}, {platform}, {os}, {arch} and {variant}`,
    );
  }
  if (!/\{(platform|arch)\}/.test(template)) {
    throw new Error(`${JSON.stringify(template)} is the same for all platforms: use {platform} or {arch}`);
  }
  return template;
}

function parseCount(count: string): number {
  if (!/^\d{1,4}$/.test(count)) throw new Error(`${JSON.stringify(count)} is not a number`);
  return Number(count);
}

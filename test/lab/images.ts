import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { keyOf, makeArtifact } from "./artifact.ts";
import { command } from "./command.ts";
import { busyboxRoot, debianRoot, gitRoot } from "./debian.ts";
import { buildkitFolder, programsFolder } from "./go.ts";
import { writeLayout } from "./image.ts";
import type { Image, ImageFile, ImagePlatform } from "./image.ts";
import type { Lab } from "./lab.ts";
import { pushLayout } from "./push.ts";
import { registryAddress } from "./registry.ts";
import versions from "./versions.json" with { type: "json" };

export type ImageName = keyof typeof versions.images;

const native: ImagePlatform = { os: "linux", architecture: "amd64" };
const library = "lib/x86_64-linux-gnu";
const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Debian's architectures with what Docker calls them; armel is the soft-float ARM of v5. */
export const busyboxPlatforms: readonly { readonly debian: string; readonly platform: ImagePlatform }[] = [
  { debian: "amd64", platform: native },
  { debian: "armel", platform: { os: "linux", architecture: "arm", variant: "v5" } },
  { debian: "armhf", platform: { os: "linux", architecture: "arm", variant: "v7" } },
  { debian: "arm64", platform: { os: "linux", architecture: "arm64", variant: "v8" } },
  { debian: "i386", platform: { os: "linux", architecture: "386" } },
  { debian: "ppc64el", platform: { os: "linux", architecture: "ppc64le" } },
  { debian: "s390x", platform: { os: "linux", architecture: "s390x" } },
];

/** Where an image is once it is pushed, under its first tag. */
export function imageReference(lab: Lab, name: ImageName): string {
  const { repository, tags } = versions.images[name];
  return `${registryAddress(lab)}/${repository}:${tags[0]}`;
}

/** Makes sure that the lab's registry has the image under all its tags. */
export async function provideImage(lab: Lab, name: ImageName): Promise<boolean> {
  const inputs = [
    ...[await programsFolder(lab), await buildkitFolder(lab), debianRoot(lab)],
    ...(name === "buildkit" ? [gitRoot(lab)] : []),
  ].map((folder) => basename(folder));
  const recipe = await readFile(import.meta.filename, "utf8");
  const layout = join(lab.folders.cache, "images", `${name}-${keyOf([inputs, recipe])}`);
  await makeArtifact(layout, async (folder) => writeLayout(folder, await recipes[name](lab)));
  return pushLayout(layout, { registry: registryAddress(lab), ...versions.images[name] });
}

const recipes: Readonly<Record<ImageName, (lab: Lab) => Promise<readonly Image[]>>> = {
  busybox: (lab) =>
    Promise.all(
      busyboxPlatforms.map(async ({ debian, platform }) => ({
        platform,
        config: { Cmd: ["sh"], Env: [path] },
        files: [...(await busyboxFiles(lab, debian)), ...accounts],
      })),
    ),

  async buildkit(lab) {
    const root = debianRoot(lab);
    const buildkit = await buildkitFolder(lab);
    const programs = await programsFolder(lab);
    return [
      {
        platform: native,
        config: { Entrypoint: ["buildkitd"], Env: [path], Volumes: { "/var/lib/buildkit": {} } },
        files: [
          ...(await busyboxFiles(lab, "amd64")),
          ...accounts,
          ...["etc/cdi", "etc/buildkit/cdi", "var/run/cdi"].map((path) => ({ path, folder: true as const })),
          { path: "usr/bin/buildctl", copyOf: join(buildkit, "buildctl") },
          { path: "usr/bin/buildkitd", copyOf: join(buildkit, "buildkitd") },
          // The runtime of RUN --security=insecure meets the same missing capabilities as the engine's.
          { path: "usr/bin/buildkit-runc", copyOf: join(programs, "runc") },
          { path: "usr/bin/buildkit-runc.real", copyOf: join(root, "usr/sbin/runc") },
          ...["libc.so.6", "libresolv.so.2"].map((name) => ({
            path: join(library, name),
            copyOf: join(root, library, name),
          })),
          { path: `${library}/libseccomp.so.2`, copyOf: join(root, "usr", library, "libseccomp.so.2") },
          ...(await gitFiles(lab)),
          { path: "lib64/ld-linux-x86-64.so.2", copyOf: join(root, library, "ld-linux-x86-64.so.2") },
          { path: "etc/ssl/certs/ca-certificates.crt", mode: 0o644, text: await certificates(root) },
        ],
      },
    ];
  },

  async dockerfile(lab) {
    const program = join(await buildkitFolder(lab), "dockerfile-frontend");
    const capabilities = ["inputs", "subrequests", "contexts", "gitquerystring"];
    return [
      {
        platform: native,
        config: {
          Entrypoint: ["/bin/dockerfile-frontend"],
          Env: [path],
          Labels: {
            "moby.buildkit.frontend.network.none": "true",
            "moby.buildkit.frontend.caps": capabilities
              .map((name) => `moby.buildkit.frontend.${name}`)
              .join(","),
          },
        },
        files: [{ path: "bin/dockerfile-frontend", copyOf: program }],
      },
    ];
  },

  async linuxkitBinfmt(lab) {
    const entries = join(import.meta.dirname, "programs/emulators/linuxkit.conf");
    return [
      {
        platform: native,
        config: { Cmd: ["/usr/bin/binfmt"], Env: [path] },
        files: [
          { path: "usr/bin/binfmt", copyOf: join(await programsFolder(lab), "linuxkit-binfmt") },
          { path: "etc/binfmt.d/00_linuxkit.conf", mode: 0o644, copyOf: entries },
          ...(await emulatorFiles(lab, ["linuxkit.conf"])),
        ],
      },
    ];
  },

  async tonistiigiBinfmt(lab) {
    return [
      {
        platform: native,
        config: { Entrypoint: ["/usr/bin/binfmt"], Env: [path] },
        files: [
          { path: "usr/bin/binfmt", copyOf: join(await programsFolder(lab), "tonistiigi-binfmt") },
          ...(await emulatorFiles(lab, ["linuxkit.conf", "mips.conf"])),
        ],
      },
    ];
  },
};

/** The names of the emulators that the lab's images can register. */
export async function emulatorNames(
  files: readonly string[] = ["linuxkit.conf", "mips.conf"],
): Promise<string[]> {
  const texts = files.map((file) => readFile(join(import.meta.dirname, "programs/emulators", file), "utf8"));
  return [...(await Promise.all(texts)).join("\n").matchAll(/^:(qemu-[^:]+):/gm)].map(
    ([, name]) => name ?? "",
  );
}

async function emulatorFiles(lab: Lab, entries: readonly string[]): Promise<ImageFile[]> {
  const names = await emulatorNames(entries);
  return names.map((name) => ({
    path: `usr/bin/${name}`,
    copyOf: join(debianRoot(lab), "usr/bin", `${name}-static`),
  }));
}

const accounts: readonly ImageFile[] = [
  {
    path: "etc/passwd",
    mode: 0o644,
    text: "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
  },
  { path: "etc/group", mode: 0o644, text: "root:x:0:\nnogroup:x:65534:\n" },
  { path: "root", folder: true, mode: 0o700 },
  { path: "tmp", folder: true, mode: 0o1777 },
];

async function busyboxFiles(lab: Lab, architecture: string): Promise<ImageFile[]> {
  // All architectures are built with the same applets, and only this one's program runs here.
  const applets = (await command(join(debianRoot(lab), "bin/busybox"), ["--list"])).trim().split("\n");
  return [
    { path: "bin/busybox", copyOf: join(busyboxRoot(lab, architecture), "bin/busybox") },
    ...applets
      .filter((applet) => applet !== "busybox")
      .map((applet) => ({ path: `bin/${applet}`, linkTo: "busybox" })),
  ];
}

/** What BuildKit runs for contexts that are Git repositories, over HTTP alone: there is no ssh. */
async function gitFiles(lab: Lab): Promise<ImageFile[]> {
  const root = gitRoot(lab);
  const core = "usr/lib/git-core";
  const commands = [
    "git-remote-http",
    "git-submodule",
    "git-sh-setup",
    "git-sh-i18n",
    "git-sh-i18n--envsubst",
  ];
  const folders = [join(root, library), join(root, "usr", library)];
  const libraries = await Promise.all(
    folders.map(async (folder) => {
      const names = (await readdir(folder)).filter((name) => /\.so\.\d+$/.test(name));
      return names.map((name) => ({ path: join(library, name), copyOf: join(folder, name) }));
    }),
  );
  return [
    { path: "usr/bin/git", copyOf: join(root, "usr/bin/git") },
    { path: `${core}/git`, linkTo: "../../bin/git" },
    { path: `${core}/git-remote-https`, linkTo: "git-remote-http" },
    ...commands.map((name) => ({ path: `${core}/${name}`, copyOf: join(root, core, name) })),
    { path: "usr/share/git-core/templates", folder: true },
    ...libraries.flat(),
  ];
}

async function certificates(root: string): Promise<string> {
  const folder = join(root, "usr/share/ca-certificates/mozilla");
  const names = (await readdir(folder)).toSorted();
  return (await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")))).join("");
}

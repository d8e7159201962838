/** One line of /proc/PID/mountinfo, https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
export interface Mount {
  /** What of its file system is mounted: for a bind mount a folder of it. */
  readonly root: string;
  readonly point: string;
  readonly type: string;
  /** Of the file system: for an overlay the folders that it is made of. */
  readonly options: string;
}

export function parseMountinfo(text: string): readonly Mount[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const fields = line.split(" ").map(unescapeOctal);
      const afterOptionalFields = fields.indexOf("-", 6);
      return {
        root: fields[3] ?? "",
        point: fields[4] ?? "",
        type: fields[afterOptionalFields + 1] ?? "",
        options: fields[afterOptionalFields + 3] ?? "",
      };
    });
}

/** The mount points in a folder, the folder itself included, those on top first. */
export function mountsBelow(mounts: readonly Mount[], folder: string): readonly string[] {
  return mounts
    .map(({ point }) => point)
    .filter((point) => isInside(point, folder))
    .toReversed();
}

/** Whether a process with these mounts has its root directory in a folder, as a container of a daemon there has. */
export function hasRootInside(mounts: readonly Mount[], folder: string): boolean {
  const root = mounts.findLast(({ point }) => point === "/");
  if (root === undefined) return false;
  if (root.type !== "overlay") return isInside(root.root, folder);
  return root.options
    .split(",")
    .map((option) => /^(?:upperdir|lowerdir)=(.*)$/.exec(option)?.[1])
    .some((layers) => layers?.split(":").some((layer) => isInside(layer, folder)));
}

/**
 * Whether something covers a part of /proc, as container runtimes do: the kernel then refuses a new procfs in a user
 * namespace. Not binfmt_misc, which has a place of its own there.
 */
export function coversProc(mounts: readonly Mount[]): boolean {
  return mounts.some(({ point }) => point.startsWith("/proc/") && point !== "/proc/sys/fs/binfmt_misc");
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function unescapeOctal(field: string): string {
  return field.replaceAll(/\\([0-7]{3})/g, (_, code: string) =>
    String.fromCodePoint(Number.parseInt(code, 8)),
  );
}

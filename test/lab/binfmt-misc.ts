import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { command } from "./command.ts";
import { emulatorNames } from "./images.ts";
import type { Lab } from "./lab.ts";

interface BinfmtRecord {
  readonly mounted: boolean;
  readonly entries: readonly string[];
}

const mountpoint = "/proc/sys/fs/binfmt_misc";

/**
 * Mounts binfmt_misc as an init system does. Since Linux 6.7 what is registered lives only as long as some mount of it does:
 * without one on the host, a container that registers emulators takes them with it when it ends.
 */
export async function mountBinfmtMisc(lab: Lab): Promise<boolean> {
  const mounted = isMounted();
  const file = recordFile(lab);
  if (!existsSync(file)) {
    const record: BinfmtRecord = { mounted, entries: mounted ? await entries() : [] };
    await mkdir(lab.folders.run, { recursive: true });
    await writeFile(file, JSON.stringify(record));
  }
  if (mounted) return false;
  if (process.getuid?.() !== 0) {
    throw new Error(`${mountpoint} is not mounted: run lab:up as root, or mount it`);
  }
  await command("mount", ["--no-mtab", "-t", "binfmt_misc", "binfmt_misc", mountpoint]);
  return true;
}

/** Removes the emulators that were registered from the lab's images while it was up, and the mount if it is the lab's. */
export async function restoreBinfmtMisc(lab: Lab): Promise<void> {
  if (!existsSync(recordFile(lab))) return;
  const before = JSON.parse(await readFile(recordFile(lab), "utf8")) as BinfmtRecord;
  if (!isMounted()) return;
  const ours = await emulatorNames();
  for (const name of (await entries()).filter(
    (entry) => ours.includes(entry) && !before.entries.includes(entry),
  )) {
    const status = await readFile(join(mountpoint, name), "utf8");
    if (status.includes(`\ninterpreter /usr/bin/${name}\n`)) await writeFile(join(mountpoint, name), "-1");
  }
  if (!before.mounted) await command("umount", ["--no-mtab", mountpoint]);
}

function isMounted(): boolean {
  return existsSync(join(mountpoint, "register"));
}

async function entries(): Promise<string[]> {
  return (await readdir(mountpoint)).filter((name) => name !== "register" && name !== "status");
}

function recordFile(lab: Lab): string {
  return join(lab.folders.run, "binfmt-misc.json");
}

import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { command } from "./command.ts";
import { killIfThere } from "./daemon.ts";
import { debianEnvironment } from "./debian.ts";
import type { Lab } from "./lab.ts";

/** What container engines change on their host and do not change back, as it was before the lab's first started. */
interface HostRecord {
  readonly settings: Readonly<Record<string, string>>;
  readonly folders: readonly string[];
  readonly links: readonly string[];
  readonly rules: string;
}

const settings = [
  "net/ipv4/ip_forward",
  "net/ipv6/conf/all/forwarding",
  "net/ipv6/conf/default/forwarding",
  "net/bridge/bridge-nf-call-iptables",
  "net/bridge/bridge-nf-call-ip6tables",
].map((name) => join("/proc/sys", name));
const folders = ["/run/docker", "/run/containerd", "/opt/containerd", "/etc/docker"];
const leftLinks = /^(docker0|br-|docker_gwbridge|cni-podman|veth)/;
const cgroups = "/sys/fs/cgroup";

export async function recordHost(lab: Lab): Promise<void> {
  const file = recordFile(lab);
  if (existsSync(file)) return;
  const present = settings.filter((setting) => existsSync(setting));
  const record: HostRecord = {
    settings: Object.fromEntries(
      await Promise.all(present.map(async (setting) => [setting, await readFile(setting, "utf8")] as const)),
    ),
    folders: folders.filter((folder) => existsSync(folder)),
    links: await readdir("/sys/class/net"),
    rules: await saveRules(lab),
  };
  await mkdir(lab.folders.run, { recursive: true });
  await writeFile(file, JSON.stringify(record));
}

/** Puts back what was recorded; false when nothing was. */
export async function restoreHost(lab: Lab): Promise<boolean> {
  const file = recordFile(lab);
  if (!existsSync(file)) return false;
  const before = JSON.parse(await readFile(file, "utf8")) as HostRecord;

  const links = (await readdir("/sys/class/net")).filter((link) => leftLinks.test(link));
  for (const link of links.filter((name) => !before.links.includes(name))) {
    // One end of a pair takes the other with it.
    if (existsSync(join("/sys/class/net", link))) await command("ip", ["link", "delete", link]);
  }
  const removal = planRuleRemoval(before.rules, await saveRules(lab));
  if (removal !== "") {
    await command("iptables-restore", ["--noflush"], { env: debianEnvironment(lab), stdin: removal });
  }
  for (const [setting, value] of Object.entries(before.settings)) {
    if ((await readFile(setting, "utf8")) !== value) await writeFile(setting, value);
  }
  await removeCgroups();
  for (const folder of folders.filter((name) => !before.folders.includes(name))) await removeEmpty(folder);
  await rm(file);
  return true;
}

function recordFile(lab: Lab): string {
  return join(lab.folders.run, "host.json");
}

function saveRules(lab: Lab): Promise<string> {
  return command("iptables-save", [], { env: debianEnvironment(lab) });
}

/** The input of iptables-restore that takes away the rules, chains and policies which are Docker's or podman's and were not there. */
export function planRuleRemoval(before: string, after: string): string {
  const tables = readTables(after);
  const known = readTables(before);
  return [...tables]
    .flatMap(([table, lines]) => {
      const old = known.get(table) ?? [];
      const fresh = lines.filter((line) => !old.includes(line));
      const chains = fresh.flatMap((line) => /^:((?:DOCKER|CNI-)\S*) /.exec(line)?.[1] ?? []);
      const rules = fresh.filter((line) => /^-A .*(DOCKER|docker0|CNI-|\bbr-[0-9a-f]{12}\b)/.test(line));
      // Docker sets this one when it turns forwarding on, so that the host does not become a router.
      const policy =
        fresh.includes(":FORWARD DROP") && !old.includes(":FORWARD DROP") ? [":FORWARD ACCEPT [0:0]"] : [];
      const removals = [
        ...policy,
        ...rules.filter((line) => !/^-A (DOCKER|CNI-)/.test(line)).map((line) => line.replace("-A", "-D")),
        ...chains.map((chain) => `-F ${chain}`),
        ...chains.map((chain) => `-X ${chain}`),
      ];
      return removals.length === 0 ? [] : [`*${table}`, ...removals, "COMMIT", ""];
    })
    .join("\n");
}

function readTables(text: string): Map<string, string[]> {
  const tables = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("*")) tables.set(line.slice(1), (lines = []));
    // Without the counters, which change by themselves.
    else if (line.startsWith(":") || line.startsWith("-A")) lines.push(line.replace(/ \[\d+:\d+\]$/, ""));
  }
  return tables;
}

/** The engine's cgroup in each hierarchy, with what still runs in it. */
async function removeCgroups(): Promise<void> {
  if (!existsSync(cgroups)) return;
  const hierarchies = [cgroups, ...(await readdir(cgroups)).map((name) => join(cgroups, name))];
  for (const group of hierarchies
    .map((folder) => join(folder, "docker"))
    .filter((name) => existsSync(name))) {
    const nested = await readdir(group, { recursive: true, withFileTypes: true });
    const all = [
      group,
      ...nested.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name)),
    ];
    const deepestFirst = all.toSorted((a, b) => b.length - a.length);
    for (const name of deepestFirst) {
      const pids = (await readFile(join(name, "cgroup.procs"), "utf8")).split("\n").filter(Boolean);
      for (const pid of pids) killIfThere(Number(pid), "SIGKILL");
    }
    for (const name of deepestFirst) await removeCgroup(name);
  }
}

/** A killed process leaves its cgroup a moment later. */
async function removeCgroup(name: string): Promise<void> {
  for (let attempts = 20; ; attempts--) {
    try {
      return await rmdir(name);
    } catch (error) {
      if (attempts === 0) throw error;
      await sleep(50);
    }
  }
}

/** Removes a folder of folders and dead sockets; one with a file in it is in use by someone else. */
async function removeEmpty(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeEmpty(join(folder, entry.name));
    else if (entry.isSocket()) await rm(join(folder, entry.name));
  }
  await rmdir(folder).catch(() => {});
}

import { rmSync } from "node:fs";
import { join } from "node:path";
import { readLogs } from "../../buildkit/drivers/container.ts";
import type { Endpoint, Removal } from "../../buildkit/drivers/driver.ts";
import type { ReleasePrograms } from "../../buildkit/release-programs.ts";
import { writePrivateFiles } from "../../buildkit/tls/files.ts";
import type { ProofPlace } from "../../emulation/prove.ts";
import { exec as plainExec } from "../../exec.ts";
import type { Ports } from "../step.ts";
import { removeDaemon } from "../teardown/remove.ts";
import type { ContainerPlan } from "./plan-container.ts";
import type { DaemonPlan, ProcessPlan, RemoteDaemonPlan } from "./plan-daemon.ts";
import { reapOrphans, reapProcesses } from "./reap.ts";
import { createContainer, exposedEndpoint, startContainer } from "./start-container.ts";

/** A daemon on its way up, whatever runs it. */
export interface DaemonSession {
  /** All that can be done before the emulators are there: pulling, downloading, making the container. */
  readonly prepare: () => Promise<void>;
  /** Starts it; gives where it answers. */
  readonly start: () => Promise<readonly Endpoint[]>;
  readonly exposed: () => Promise<Endpoint | undefined>;
  /** Where a program runs as it will in builds; undefined for daemons that others run. */
  readonly place: (() => Promise<ProofPlace>) | undefined;
  /** Copies the daemon's own buildctl to a path; undefined where there is none to copy. */
  readonly copyBuildctl: ((target: string) => Promise<void>) | undefined;
  /** Removes what others left behind. */
  readonly reap: () => Promise<void>;
  /** The end of its log, "" where there is none to read. */
  readonly log: () => Promise<string>;
  /** Undoes it all, also after a cancellation. */
  readonly discard: () => Promise<void>;
}

/** What a session needs from the rest of the setup. */
export interface SessionOptions {
  readonly mirrors: readonly string[];
  readonly now: number;
  /** Programs of the release, for a daemon that runs without a container. */
  readonly programs: () => Promise<ReleasePrograms>;
  /** Keeps how the daemon is removed, as soon as that is known. */
  readonly onRemoval: (removal: Removal) => void;
}

export function openDaemon(plan: DaemonPlan, options: SessionOptions, ports: Ports): DaemonSession {
  switch (plan.driver) {
    case "docker-container":
    case "podman-container":
      return openContainer(plan, options, ports);
    case "process":
      return openProcess(plan, options, ports);
    case "remote":
      return openRemote(plan, ports);
    default:
      return plan satisfies never;
  }
}

function openContainer(
  plan: ContainerPlan,
  { mirrors, now, onRemoval }: SessionOptions,
  ports: Ports,
): DaemonSession {
  const { container } = plan;
  const { engine, name } = container;
  let made = false;
  onRemoval(plan.removal);
  return {
    prepare: async () => {
      made = await createContainer(plan, mirrors, now, ports);
      if (!made && plan.existing !== "use") onRemoval({ kind: "none" });
    },
    start: async () => [{ address: await startContainer(plan, made, ports) }],
    exposed: () => exposedEndpoint(plan, ports),
    place: () => Promise.resolve({ kind: "container", engine, name }),
    copyBuildctl: async (target) => {
      await ports.exec({ program: engine, args: ["cp", `${name}:/usr/bin/buildctl`, target] });
    },
    reap: () => reapOrphans(engine, now, ports),
    log: () => readLogs(container, plainExec),
    discard: async () => {
      const removal = { kind: "container", engine, name, keepVolume: false } as const;
      await removeDaemon(removal, { exec: plainExec, job: ports.state.read().job });
    },
  };
}

function openProcess(
  plan: ProcessPlan,
  { now, onRemoval, programs }: SessionOptions,
  ports: Ports,
): DaemonSession {
  const { cleanup, config, existing, folder, labels, running, ...rest } = plan;
  let removal: Removal = { kind: "none" };
  if (running !== undefined) onRemoval(cleanup ? running.removal : { kind: "none" });
  return {
    prepare: async () => void (await programs()),
    start: async () => {
      if (running !== undefined && existing === "use") return [{ address: running.address }];
      const [{ planDaemonProcess, probeProcess, processAddress }, { startDaemonProcess, stopDaemonProcess }] =
        await Promise.all([
          import("../../buildkit/drivers/process.ts"),
          import("../../buildkit/drivers/process-life.ts"),
        ]);
      const { env, exec, signal } = ports;
      if (running !== undefined) await stopDaemonProcess(running.removal, { exec });
      const configFile = join(`${folder}.toml`);
      if (config !== "") writePrivateFiles([{ path: configFile, text: config }]);
      const daemon = planDaemonProcess(
        {
          ...rest,
          folder,
          env,
          programs: (await programs()).folder,
          ...(config === "" ? {} : { config: configFile }),
        },
        probeProcess(env),
      );
      await startDaemonProcess(daemon, {
        exec,
        signal,
        labels,
        onStarted: (started) => {
          removal = started;
          onRemoval(cleanup ? started : { kind: "none" });
        },
      });
      return [{ address: processAddress(daemon) }];
    },
    exposed: () => Promise.resolve(undefined),
    place: async () => ({ kind: "here", emulators: (await programs()).folder }),
    copyBuildctl: undefined,
    reap: () => reapProcesses(now, ports),
    log: async () => {
      const { readProcessLog } = await import("../../buildkit/drivers/process-life.ts");
      return readProcessLog(folder);
    },
    discard: async () => {
      if (removal.kind !== "process") return;
      const { stopDaemonProcess } = await import("../../buildkit/drivers/process-life.ts");
      await stopDaemonProcess(removal, { exec: plainExec });
    },
  };
}

function openRemote({ remote }: RemoteDaemonPlan, ports: Ports): DaemonSession {
  return {
    prepare: async () => {
      const { checkRemoteTls } = await import("../../buildkit/drivers/remote.ts");
      for (const secret of remote.secrets) ports.mask(secret);
      for (const warning of [...remote.warnings, ...checkRemoteTls(remote, new Date())])
        ports.log.warning(warning);
      for (const { path } of remote.files) rmSync(path, { force: true });
      writePrivateFiles(remote.files);
    },
    start: () => Promise.resolve(remote.endpoints),
    exposed: () => Promise.resolve(undefined),
    place: undefined,
    copyBuildctl: undefined,
    reap: () => Promise.resolve(),
    log: () => Promise.resolve(""),
    discard: () => Promise.resolve(),
  };
}

import { readFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { resolve } from "node:path";
import type { ContainerEngine, InspectedDaemon } from "../../buildkit/drivers/container.ts";
import { inspectDaemon } from "../../buildkit/drivers/container.ts";
import type { Removal } from "../../buildkit/drivers/driver.ts";
import type { RunningProcess } from "../../buildkit/drivers/process-life.ts";
import type { EmulationFacts } from "../../emulation/plan.ts";
import { probeEmulation } from "../../emulation/prove.ts";
import type { Inputs } from "../../inputs/field.ts";
import type { Owner } from "../../owner.ts";
import { ownerOf, readStartTime } from "../../owner.ts";
import type { State } from "../../state.ts";
import { jobFolder } from "../../state.ts";
import type { Ports } from "../step.ts";
import type { DriverChoice } from "./choose-driver.ts";
import { chooseDriver } from "./choose-driver.ts";
import type { setupInputs } from "./inputs.ts";
import { processFolder } from "./plan-daemon.ts";

export interface SetupFacts {
  readonly choice: DriverChoice;
  /** What the daemon's machine is, in Go's words: amd64, arm64, …; of a remote one nothing is known. */
  readonly architecture: string;
  /** What is known of emulation where the daemon will run; undefined for remote ones, which are what they are. */
  readonly emulation: EmulationFacts | undefined;
  /** Whether the daemon will be on this machine's kernel, and its engine may see our files; only a try tells for sure. */
  readonly sharesMachine: boolean;
  /** Where this program runs, in Node's words, and its architecture in Go's. */
  readonly host: { readonly platform: string; readonly arch: string; readonly goArch: string };
  readonly user: { readonly name: string; readonly uid: number; readonly gid: number };
  /** This process, and the job that it is part of, where its process is known. */
  readonly owner: Owner;
  readonly jobOwner: Owner | undefined;
  /** The CI's name of this run, "" where there is none. */
  readonly run: string;
  readonly now: number;
  readonly cwd: string;
  /** The system's folder for temporary files. */
  readonly temp: string;
  readonly state: State;
  readonly statePath: string;
  /** Text of the file that buildkitd-config names. */
  readonly config: string;
  /** The container that has the daemon's name already. */
  readonly existing: InspectedDaemon | undefined;
  /** The daemon of this job that runs without a container, where one will. */
  readonly runningProcess: RunningProcess | undefined;
}

export async function probeSetup(inputs: Inputs<typeof setupInputs>, ports: Ports): Promise<SetupFacts> {
  const { cwd, env } = ports;
  const state = ports.state.read();
  const local = canShareMachine(env["DOCKER_HOST"]);
  const inspected = probeExisting(inputs, state, ports);
  const [choice, here, existing] = await Promise.all([
    chooseAgain(inputs, inspected, ports),
    probeEmulationHere(inputs, local, ports),
    inspected,
  ]);
  const isLocal = choice.driver === "docker-container" ? local : choice.driver !== "remote";
  const { gid, uid, username } = userInfo();
  return {
    choice,
    architecture: choice.engine?.info.architecture ?? goArchitecture(process.arch),
    existing,
    runningProcess: choice.driver === "process" ? await probeRunningProcess(state, ports) : undefined,
    emulation: choice.driver === "remote" ? undefined : isLocal ? here : unknownEmulation(here),
    sharesMachine: isLocal,
    host: { platform: process.platform, arch: process.arch, goArch: goArchitecture(process.arch) },
    user: { name: username, uid, gid },
    owner: ownerOf(process.pid),
    jobOwner: ports.jobProcess === undefined ? undefined : ownerOf(ports.jobProcess),
    run: env["GITHUB_RUN_ID"] ?? env["CI_JOB_ID"] ?? env["TRAVIS_JOB_ID"] ?? env["BUILD_TAG"] ?? "",
    now: Date.now(),
    cwd,
    temp: tmpdir(),
    state,
    statePath: ports.state.path,
    config: inputs.buildkitdConfig === "" ? "" : readFileSync(resolve(cwd, inputs.buildkitdConfig), "utf8"),
  };
}

/** A daemon of this job that still runs says all that the engine would be asked for. */
async function chooseAgain(
  inputs: Inputs<typeof setupInputs>,
  inspected: Promise<InspectedDaemon | undefined>,
  ports: Ports,
): Promise<DriverChoice> {
  const { builder } = ports.state.read();
  const canAgree = inputs.driver === "auto" || inputs.driver === builder?.driver;
  const isFree = inputs.endpoint.length === 0 && canAgree;
  if (isFree && builder?.removal.kind === "process" && runsStill(builder.removal)) {
    return { driver: "process", endpoints: [], why: "a daemon of this job runs" };
  }
  if (builder?.removal.kind === "container" && builder.architecture !== undefined && isFree) {
    const { architecture, driver, removal } = builder;
    if ((await inspected)?.running === true) {
      const engine = { name: removal.engine, info: { version: "", architecture } };
      return { driver, engine, endpoints: [], why: "a daemon of this job runs" };
    }
  }
  return chooseDriver(inputs, ports);
}

/** A pid alone may be another process by now. */
function runsStill({ pid, startTime }: Extract<Removal, { readonly kind: "process" }>): boolean {
  return startTime !== "" && readStartTime(pid) === startTime;
}

async function probeRunningProcess(
  state: State,
  ports: Pick<Ports, "state">,
): Promise<RunningProcess | undefined> {
  const { inspectDaemonProcess } = await import("../../buildkit/drivers/process-life.ts");
  return inspectDaemonProcess(processFolder(jobFolder(ports.state.path, state.job)));
}

async function probeExisting(
  inputs: Inputs<typeof setupInputs>,
  state: State,
  { exec }: Ports,
): Promise<InspectedDaemon | undefined> {
  const removal = state.builder?.removal;
  const earlier = removal?.kind === "container" ? removal.name : undefined;
  const name = inputs.name === "" ? earlier : `multiarch-${inputs.name}`;
  const engine = removal?.kind === "container" ? removal.engine : engineOf(inputs.driver);
  return name === undefined || engine === undefined ? undefined : inspectDaemon({ engine, name }, exec);
}

/** With `auto` a named daemon is looked for where most are. */
function engineOf(driver: Inputs<typeof setupInputs>["driver"]): ContainerEngine | undefined {
  if (driver === "podman-container") return "podman";
  return driver === "docker-container" || driver === "auto" ? "docker" : undefined;
}

/** Begun before the driver is known, because what is here is what counts for most of them. */
function probeEmulationHere(
  { emulation: mode, platforms }: Inputs<typeof setupInputs>,
  isLocal: boolean,
  { exec }: Ports,
): Promise<EmulationFacts> {
  return probeEmulation(
    { mode, platforms, hostArchitecture: goArchitecture(process.arch) },
    { isLocal },
    exec,
  );
}

/** Of another machine's kernel nothing can be seen from here. */
function unknownEmulation({ isRoot }: EmulationFacts): EmulationFacts {
  return { binfmt: undefined, proofs: {}, isRoot };
}

/** A Docker Engine on a socket shares our kernel, except Docker Desktop's, which has a virtual machine. */
function canShareMachine(dockerHost: string | undefined): boolean {
  const address = dockerHost === undefined || dockerHost === "" ? "unix://" : dockerHost;
  return process.platform === "linux" && address.startsWith("unix://");
}

function goArchitecture(arch: string): string {
  return { x64: "amd64", ia32: "386", ppc64: "ppc64le" }[arch] ?? arch;
}

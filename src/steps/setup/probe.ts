import { inspectDaemon } from "../../buildkit/drivers/docker-container.ts";
import type { DockerEngine } from "../../docker.ts";
import { probeDocker } from "../../docker.ts";
import type { BinfmtEntry } from "../../emulation/binfmt-misc.ts";
import { readBinfmtEntries } from "../../emulation/binfmt-misc.ts";
import type { Exec } from "../../exec.ts";
import type { State } from "../../state.ts";
import type { Ports } from "../step.ts";

export interface SetupFacts {
  readonly docker: DockerEngine;
  /** Undefined when the engine is on another machine, whose kernel can't be read from here. */
  readonly binfmt: readonly BinfmtEntry[] | undefined;
  /** Where this program runs, in Node's words. */
  readonly host: { readonly platform: string; readonly arch: string };
  readonly cwd: string;
  readonly state: State;
  /** The daemon that an earlier setup of this job started, if its container is still there. */
  readonly earlier: { readonly image: string; readonly running: boolean } | undefined;
}

export async function probeSetup(ports: Ports): Promise<SetupFacts> {
  const { env, exec } = ports;
  const state = ports.state.read();
  const [docker, earlier] = await Promise.all([probeDocker(exec), probeEarlier(state, exec)]);
  return {
    docker,
    earlier,
    binfmt: isLocalEngine(env["DOCKER_HOST"]) ? readBinfmtEntries() : undefined,
    host: { platform: process.platform, arch: process.arch },
    cwd: ports.cwd,
    state,
  };
}

async function probeEarlier(state: State, exec: Exec): Promise<SetupFacts["earlier"]> {
  return state.builder === undefined ? undefined : inspectDaemon(state.builder.container, exec);
}

/** A Docker Engine on a socket shares our kernel, except Docker Desktop's, which has a virtual machine. */
function isLocalEngine(dockerHost: string | undefined): boolean {
  const address = dockerHost === undefined || dockerHost === "" ? "unix://" : dockerHost;
  return process.platform === "linux" && address.startsWith("unix://");
}

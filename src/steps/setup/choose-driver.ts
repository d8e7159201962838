import type { ContainerEngine } from "../../buildkit/drivers/container.ts";
import type { DriverName } from "../../buildkit/drivers/driver.ts";
import type { NamedEndpoint } from "../../buildkit/drivers/endpoint.ts";
import { parseEndpoint } from "../../buildkit/drivers/endpoint.ts";
import type { EngineInfo } from "../../container-engine.ts";
import { probeEngine } from "../../container-engine.ts";
import { WorkError } from "../../errors.ts";
import type { Inputs } from "../../inputs/field.ts";
import type { Ports } from "../step.ts";
import type { setupInputs } from "./inputs.ts";

/** The driver, and why it and not another. */
export interface DriverChoice {
  readonly driver: DriverName;
  /** For the container drivers. */
  readonly engine?: { readonly name: ContainerEngine; readonly info: EngineInfo };
  /** For the remote driver. */
  readonly endpoints: readonly NamedEndpoint[];
  readonly why: string;
}

/** An endpoint that is named counts first, then Docker, then podman, then a daemon without either. */
export async function chooseDriver(inputs: Inputs<typeof setupInputs>, ports: Ports): Promise<DriverChoice> {
  const named = inputs.endpoint.length > 0 ? inputs.endpoint : foreignHost(ports);
  switch (inputs.driver) {
    case "docker-container":
      return chooseEngine("docker", "driver says so", ports);
    case "podman-container":
      return chooseEngine("podman", "driver says so", ports);
    case "process":
      return { driver: "process", endpoints: [], why: "driver says so" };
    case "remote":
      if (named.length > 0) return { driver: "remote", endpoints: named, why: "driver says so" };
      throw new WorkError("the remote driver needs the address of a daemon", {
        fix: "name it with endpoint, or set BUILDKIT_HOST",
      });
    case "auto":
      if (named.length > 0) {
        const source = inputs.endpoint.length > 0 ? "an endpoint is named" : "BUILDKIT_HOST is set";
        return { driver: "remote", endpoints: named, why: source };
      }
      return findDriver(ports);
    default:
      return inputs.driver satisfies never;
  }
}

/** BUILDKIT_HOST, unless an earlier setup of this job exported it. */
function foreignHost({ env, state }: Ports): readonly NamedEndpoint[] {
  const address = env["BUILDKIT_HOST"] ?? "";
  const builder = state.read().builder;
  const isOurs = builder?.driver !== "remote" && builder?.endpoints[0]?.address === address;
  return address === "" || isOurs ? [] : [parseEndpoint(address)];
}

async function chooseEngine(name: ContainerEngine, why: string, ports: Ports): Promise<DriverChoice> {
  const info = await probeEngine(name, ports.exec);
  return { driver: `${name}-container`, engine: { name, info }, endpoints: [], why };
}

async function findDriver(ports: Ports): Promise<DriverChoice> {
  const refusals: WorkError[] = [];
  for (const name of ["docker", "podman"] as const) {
    try {
      const before = refusals.map(({ message }) => message);
      return await chooseEngine(name, [...before, `${name} answers`].join("; "), ports);
    } catch (error) {
      if (!(error instanceof WorkError) || ports.signal.aborted) throw error;
      refusals.push(error);
    }
  }
  const why = refusals.map(({ message }) => message).join("; ");
  // Without a container engine a daemon needs Linux; elsewhere Docker's advice is the best there is.
  if (process.platform !== "linux") throw refusals[0] ?? new WorkError("there is no container engine");
  return { driver: "process", endpoints: [], why };
}

import type { TestProject } from "vitest/node";
import type { LabEnv } from "../lab/lab.ts";
import { labDown, labEnv, labUp } from "../lab/lab.ts";

declare module "vitest" {
  export interface ProvidedContext {
    readonly lab: LabEnv;
  }
}

const log = (line: string): void => void process.stderr.write(`${line}\n`);

/** Brings the lab up for all end-to-end tests, and down again unless somebody had it up before. */
export async function setup(project: TestProject): Promise<void> {
  wasUp = await isUp();
  project.provide(
    "lab",
    await labUp({ log, extras: ["podman", "ssh", "rootless", "buildx", "registry-tools"] }),
  );
}

export async function teardown(): Promise<void> {
  if (!wasUp) await labDown({ log });
}

let wasUp = false;

async function isUp(): Promise<boolean> {
  try {
    await labEnv();
    return true;
  } catch {
    return false;
  }
}

#!/usr/bin/env node
import { run } from "./run.ts";
import { multiarchStep } from "./steps/multiarch/step.ts";

const [word] = process.argv.slice(2);

const steps: Readonly<Record<string, () => Promise<unknown>>> = {
  setup: () => import("./setup.ts"),
  build: () => import("./build.ts"),
  "publish-manifest": () => import("./publish-manifest.ts"),
  teardown: () => import("./teardown.ts"),
};

const step = word === undefined ? undefined : steps[word];
if (step === undefined) {
  await run(multiarchStep);
} else {
  process.argv.splice(2, 1);
  await step();
}

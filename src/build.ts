import { run } from "./run.ts";
import { buildStep } from "./steps/build/step.ts";

await run(buildStep);

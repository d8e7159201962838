import { run } from "./run.ts";
import { buildStep } from "./steps/build/step.ts";
import { stepJob } from "./steps/step.ts";

await run(stepJob(buildStep));

import { run } from "./run.ts";
import { setupStep } from "./steps/setup/step.ts";
import { stepJob } from "./steps/step.ts";

await run(stepJob(setupStep));

import { run } from "./run.ts";
import { stepJob } from "./steps/step.ts";
import { teardownStep } from "./steps/teardown/step.ts";

await run(stepJob(teardownStep));

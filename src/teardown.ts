import { run } from "./run.ts";
import { teardownStep } from "./steps/teardown/step.ts";

await run(teardownStep);

import { run } from "./run.ts";
import { setupStep } from "./steps/setup/step.ts";

await run(setupStep);

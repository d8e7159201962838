import { run } from "./run.ts";
import { publishStep } from "./steps/publish-manifest/step.ts";

await run(publishStep);

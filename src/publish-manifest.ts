import { run } from "./run.ts";
import { publishJob } from "./steps/publish-manifest/step.ts";

await run(publishJob);

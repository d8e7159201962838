import { a as run, c as stepJob, i as setupStep } from "./shared.js";
// src/setup.ts
await run(stepJob(setupStep));
export {};

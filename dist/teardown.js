import { a as run, c as stepJob, t as teardownStep } from "./shared.js";
// src/teardown.ts
await run(stepJob(teardownStep));
export {};

import { S as run, T as stepJob, c as teardownStep } from "./shared.js";
// src/teardown.ts
await run(stepJob(teardownStep));
export {};

import { S as run, T as stepJob, d as setupStep } from "./shared.js";
// src/setup.ts
await run(stepJob(setupStep));
export {};

import { S as run, T as stepJob, u as buildStep } from "./shared.js";
// src/build.ts
await run(stepJob(buildStep));
export {};

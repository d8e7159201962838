import { a as run, c as stepJob, r as buildStep } from "./shared.js";
// src/build.ts
await run(stepJob(buildStep));
export {};

import { G as run, H as buildStep } from "./shared.js";
// src/build.ts
await run(buildStep);
export {};

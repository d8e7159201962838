import { G as setupStep, K as run } from "./shared.js";
// src/setup.ts
await run(setupStep);
export {};

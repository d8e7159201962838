import { G as run, W as setupStep } from "./shared.js";
// src/setup.ts
await run(setupStep);
export {};

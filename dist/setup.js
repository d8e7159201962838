import { at as run, it as setupStep } from "./shared.js";
// src/setup.ts
await run(setupStep);
export {};

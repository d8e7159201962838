import { dt as run, lt as buildStep } from "./shared.js";
// src/build.ts
await run(buildStep);
export {};

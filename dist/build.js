import { K as run, U as buildStep } from "./shared.js";
// src/build.ts
await run(buildStep);
export {};

import { at as run, rt as buildStep } from "./shared.js";
// src/build.ts
await run(buildStep);
export {};

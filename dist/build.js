import { ct as buildStep, ut as run } from "./shared.js";
// src/build.ts
await run(buildStep);
export {};

import { G as run, V as publishStep } from "./shared.js";
// src/publish-manifest.ts
await run(publishStep);
export {};
